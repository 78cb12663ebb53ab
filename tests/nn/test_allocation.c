/*
 * After the first training step, further steps allocate nothing. (Failing allocations are tested in
 * tests/fault_injection.)
 */
#include "allocations.h"
#include "fixture.h"

#include <math.h>
#include <stdlib.h>

/* ---- Steps ----------------------------------------------------------------------------------- */

enum { INPUTS = 40, OUTPUTS = 10, ROWS = 150 };

static const lw_layer_spec layers[] = {
    {.units = 120, .activation = LW_ACTIVATION_RELU},
    {.units = 90, .activation = LW_ACTIVATION_GELU},
    {.units = OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX},
};

typedef struct problem {
    float *x;
    int32_t *labels;
    lw_dataset data;
    lw_net *net;
} problem;

static problem make_problem(unsigned threads)
{
    problem p = {.x = uniform_floats(ROWS * INPUTS, -1.0f, 1.0f, 1),
                 .labels = uniform_labels(ROWS, OUTPUTS, 2),
                 .net = make_net(INPUTS, layers, 3, 3)};
    p.data = (lw_dataset){.rows = ROWS,
                          .inputs = INPUTS,
                          .outputs = OUTPUTS,
                          .x = p.x,
                          .target = {.labels = p.labels}};
    lw_net_set_threads(p.net, threads);
    return p;
}

static void free_problem(problem *p)
{
    free(p->x);
    free(p->labels);
    lw_net_destroy(p->net);
}

START_TEST(the_counter_counts)
{
    lw_net *net;
    ASSERT_OK(WATCHED(lw_net_create_mlp(&net, INPUTS, layers, 3, 1)));
    ck_assert_uint_eq(allocation_count(), 3);
    lw_net_destroy(net);
}
END_TEST

START_TEST(steps_allocate_only_once)
{
    static const lw_optimizer_kind kinds[] = {LW_OPTIMIZER_SGD, LW_OPTIMIZER_ADAM};
    for (unsigned threads = 1; threads <= 3; threads++)
        for (size_t k = 0; k < 2; k++) {
            problem p = make_problem(threads);
            lw_optimizer optimizer =
                kinds[k] == LW_OPTIMIZER_SGD ? lw_sgd_momentum(0.1f, 0.9f) : lw_adam(0.1f);
            size_t after_first = 0;
            for (size_t step = 0; step < 4; step++) {
                ASSERT_OK(WATCHED(lw_train_step(p.net, LW_LOSS_DEFAULT, &optimizer, ROWS - step,
                                                p.x, &p.data.target, NULL)));
                ASSERT_OK(WATCHED(lw_net_forward(p.net, ROWS, p.x, NULL)));
                ASSERT_OK(WATCHED(lw_net_loss(p.net, LW_LOSS_MSE, &p.data.target, NULL)));
                ASSERT_OK(WATCHED(lw_net_backward(p.net, NULL, NULL)));
                ASSERT_OK(WATCHED(lw_net_clip_gradients(p.net, 0.1f, NULL)));
                ASSERT_OK(WATCHED(lw_net_step(p.net, &optimizer)));
                if (step == 0)
                    after_first = allocation_count();
            }
            ck_assert_uint_eq(allocation_count(), after_first);
            free_problem(&p);
        }
}
END_TEST

/* The kernels keep packing buffers between calls. A warm-up allocates them, so that only
 * allocations of the network are counted. */
static void warm_up_kernels(void)
{
    problem p = make_problem(1);
    const lw_optimizer sgd = lw_sgd(0.1f);
    ASSERT_OK(lw_train_step(p.net, LW_LOSS_MSE, &sgd, ROWS, p.x, &p.data.target, NULL));
    free_problem(&p);
}

START_TEST(reserved_memory_is_sufficient)
{
    warm_up_kernels();
    problem p = make_problem(1);
    const lw_optimizer sgd = lw_sgd(0.1f);
    ASSERT_OK(WATCHED(lw_net_reserve(p.net, ROWS)));
    const size_t before = allocation_count();
    ck_assert_uint_gt(before, 0);
    ASSERT_OK(WATCHED(lw_train_step(p.net, LW_LOSS_MSE, &sgd, 3, p.x, &p.data.target, NULL)));
    ASSERT_OK(WATCHED(lw_train_step(p.net, LW_LOSS_MSE, &sgd, ROWS, p.x, &p.data.target, NULL)));
    ck_assert_uint_eq(allocation_count(), before);
    free_problem(&p);
}
END_TEST

/* One row, for which malloc would take a large part of the time; more rows than fit the stack. */
START_TEST(small_predictions_allocate_nothing)
{
    enum { MANY = 2000 };
    const lw_layer_spec policy[] = {{.units = 64, .activation = LW_ACTIVATION_TANH},
                                    {.units = 64, .activation = LW_ACTIVATION_TANH},
                                    {.units = 4}};
    lw_net *net = make_net(17, policy, 3, 1);
    float *x = uniform_floats((size_t)MANY * 17, -1.0f, 1.0f, 2), y[16 * 4];
    float *many = uniform_floats((size_t)MANY * 4, 0.0f, 0.0f, 3);
    int32_t label[16];
    lw_net_set_threads(net, 1);
    ASSERT_OK(lw_predict(net, MANY, x, many)); /* warm up the kernels */
    const size_t before = allocation_count();
    for (size_t rows = 1; rows <= 16; rows++) {
        ASSERT_OK(WATCHED(lw_predict(net, rows, x, y)));
        ASSERT_OK(WATCHED(lw_classify(net, rows, x, label)));
        assert_same_bits("predictions", rows * 4, y, many);
    }
    ck_assert_uint_eq(allocation_count(), before);
    ASSERT_OK(WATCHED(lw_predict(net, MANY, x, many)));
    ck_assert_uint_gt(allocation_count(), before);
    free(x);
    free(many);
    lw_net_destroy(net);
}
END_TEST

/* Outputs may replace the inputs. */
START_TEST(predictions_in_place)
{
    const lw_layer_spec layer = {.units = 9, .activation = LW_ACTIVATION_RELU};
    lw_net *net = make_net(5, &layer, 1, 1);
    float *x = uniform_floats(9 * 40, -1.0f, 1.0f, 2), y[9 * 40];
    ASSERT_OK(lw_predict(net, 40, x, y));
    ASSERT_OK(lw_predict(net, 40, x, x));
    assert_same_bits("in place", 9 * 40, x, y);
    free(x);
    lw_net_destroy(net);
}
END_TEST

typedef struct allocation_log {
    size_t batches, after_first_batch, after_last_batch;
} allocation_log;

static int log_allocations(void *user, const lw_batch_report *report)
{
    allocation_log *log = user;
    (void)report;
    log->after_last_batch = allocation_count();
    if (log->batches++ == 0)
        log->after_first_batch = log->after_last_batch;
    return 0;
}

START_TEST(fit_allocates_nothing_after_its_first_step)
{
    for (unsigned threads = 1; threads <= 3; threads++)
        for (int clipped = 0; clipped < 2; clipped++) {
            problem p = make_problem(threads);
            allocation_log log = {0};
            lw_history history;
            ASSERT_OK(WATCHED(lw_fit(p.net, &p.data,
                                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                                       .batch_size = 64,
                                                       .epochs = 3,
                                                       .clip_norm = clipped ? 1.0f : 0.0f,
                                                       .on_batch = log_allocations,
                                                       .user = &log,
                                                       .history = &history})));
            ck_assert_uint_eq(log.batches, 9);
            ck_assert_uint_eq(log.after_last_batch, log.after_first_batch);
            lw_history_free(&history);
            free_problem(&p);
        }
}
END_TEST

/* Delivers batches of 1, 2, 4, ... rows, then ends the epoch. */
static lw_status growing_batch(void *user, size_t epoch, int first, size_t max_rows, float *x,
                               float *values, int32_t *labels, size_t *rows)
{
    size_t *next = user;
    (void)epoch;
    (void)values;
    *next = first ? 1 : 2 * *next;
    *rows = *next <= max_rows ? *next : 0;
    memset(x, 0, *rows * INPUTS * sizeof *x);
    memset(labels, 0, *rows * sizeof *labels);
    return LW_OK;
}

START_TEST(growing_batches_of_a_source_reallocate)
{
    warm_up_kernels();
    problem p = make_problem(1);
    size_t next = 0;
    const lw_batch_source source = {.size = sizeof source,
                                    .inputs = INPUTS,
                                    .outputs = OUTPUTS,
                                    .has_labels = 1,
                                    .next = growing_batch,
                                    .user = &next};
    allocation_log log = {0};
    ASSERT_OK(WATCHED(lw_fit_source(p.net, &source,
                                    &(lw_fit_options){.size = sizeof(lw_fit_options),
                                                      .batch_size = 16,
                                                      .epochs = 2,
                                                      .on_batch = log_allocations,
                                                      .user = &log})));
    ck_assert_uint_eq(log.batches, 10);
    ck_assert_uint_eq(log.after_last_batch, log.after_first_batch);
    free_problem(&p);
}
END_TEST

/* ---- Many steps ------------------------------------------------------------------------------ */

typedef struct workload {
    size_t inputs, layer_count;
    lw_layer_spec layers[4];
    size_t rows;
} workload;

/* Each has enough work for two threads. */
static const workload workloads[] = {
    {INPUTS, 2, {{.units = 120, .activation = LW_ACTIVATION_RELU}, {.units = OUTPUTS}}, 120},
    {31,
     4,
     {{.units = 16, .activation = LW_ACTIVATION_RELU},
      {.units = 16, .activation = LW_ACTIVATION_GELU},
      {.units = 16, .activation = LW_ACTIVATION_TANH},
      {.units = OUTPUTS}},
     800},
};
enum { WORKLOADS = sizeof workloads / sizeof *workloads };

static lw_status training_step(const workload *c, int custom_loop, lw_net *net, const float *x,
                               const float *y)
{
    const lw_optimizer adam = lw_adam(1e-4f);
    const lw_target target = {.values = y};
    if (!custom_loop)
        return lw_train_step(net, LW_LOSS_MSE, &adam, c->rows, x, &target, NULL);
    lw_status status = lw_net_forward(net, c->rows, x, NULL);
    if (status == LW_OK)
        status = lw_net_loss(net, LW_LOSS_MSE, &target, NULL);
    if (status == LW_OK)
        status = lw_net_backward(net, NULL, NULL);
    return status == LW_OK ? lw_net_step(net, &adam) : status;
}

START_TEST(a_thousand_steps_allocate_nothing)
{
    const workload *c = &workloads[_i / 2];
    const int custom_loop = _i % 2;
    const size_t steps = is_fast_run() ? 100 : 1000;
    float *x = uniform_floats(c->rows * c->inputs, -1.0f, 1.0f, 1);
    float *y = uniform_floats(c->rows * OUTPUTS, 0.0f, 1.0f, 2);
    lw_net *net = make_net(c->inputs, c->layers, c->layer_count, 3);
    lw_net_set_threads(net, 2);
    ASSERT_OK(WATCHED(training_step(c, custom_loop, net, x, y)));
    const size_t after_first = allocation_count();
    ck_assert_uint_gt(after_first, 0);
    for (size_t step = 0; step < steps; step++)
        ASSERT_OK(WATCHED(training_step(c, custom_loop, net, x, y)));
    ck_assert_uint_eq(allocation_count(), after_first);
    lw_net_destroy(net);
    free(x);
    free(y);
}
END_TEST

/* lw_net_memory equals the allocated bytes, except for rounding up to cache lines. */
START_TEST(reported_memory_equals_allocations)
{
    const workload *c = &workloads[_i / 2];
    const int custom_loop = _i % 2;
    float *x = uniform_floats(c->rows * c->inputs, -1.0f, 1.0f, 1);
    float *y = uniform_floats(c->rows * OUTPUTS, 0.0f, 1.0f, 2);
    lw_net *warm_up = make_net(c->inputs, c->layers, c->layer_count, 3), *net = NULL;
    lw_net_set_threads(warm_up, 1);
    ASSERT_OK(training_step(c, custom_loop, warm_up, x, y));
    ASSERT_OK(WATCHED(lw_net_create_mlp(&net, c->inputs, c->layers, c->layer_count, 3)));
    lw_net_set_threads(net, 1);
    ck_assert_uint_le(allocated_bytes() - lw_net_memory(net), 64);
    ASSERT_OK(WATCHED(training_step(c, custom_loop, net, x, y)));
    ck_assert_uint_le(allocated_bytes() - lw_net_memory(net), 512);
    lw_net_destroy(net);
    lw_net_destroy(warm_up);
    free(x);
    free(y);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("allocation");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, the_counter_counts);
    tcase_add_test(tcase, steps_allocate_only_once);
    tcase_add_test(tcase, reserved_memory_is_sufficient);
    tcase_add_test(tcase, small_predictions_allocate_nothing);
    tcase_add_test(tcase, predictions_in_place);
    tcase_add_test(tcase, fit_allocates_nothing_after_its_first_step);
    tcase_add_test(tcase, growing_batches_of_a_source_reallocate);
    tcase_add_loop_test(tcase, a_thousand_steps_allocate_nothing, 0, 2 * WORKLOADS);
    tcase_add_loop_test(tcase, reported_memory_equals_allocations, 0, 2 * WORKLOADS);
    return run_case("allocation", tcase);
}
