/* Steps, optimizers, schedules, clipping, and lw_fit with its callbacks and refusals. */
#include "fixture.h"
#include "schedule.h"

#include <math.h>
#include <stdlib.h>

/* 4-6-3 on 10 rows: enough for a partial batch of 4. */
enum { ROWS = 10, INPUTS = 4, OUTPUTS = 3 };

typedef struct problem {
    float *x, *values;
    int32_t *labels;
    lw_dataset data; /* with labels */
} problem;

static problem make_problem(size_t rows)
{
    problem p = {.x = uniform_floats(rows * INPUTS, -1.0f, 1.0f, 1),
                 .values = uniform_floats(rows * OUTPUTS, 0.0f, 1.0f, 2),
                 .labels = uniform_labels(rows, OUTPUTS, 3)};
    p.data = (lw_dataset){.rows = rows,
                          .inputs = INPUTS,
                          .outputs = OUTPUTS,
                          .x = p.x,
                          .target = {.labels = p.labels}};
    return p;
}

static void free_problem(problem *p)
{
    free(p->x);
    free(p->values);
    free(p->labels);
}

static lw_net *net_with_output(lw_activation activation)
{
    const lw_layer_spec layers[] = {{.units = 6, .activation = LW_GELU},
                                    {.units = OUTPUTS, .activation = activation}};
    return make_net(INPUTS, layers, 2, 7);
}

/* ---- One step ------------------------------------------------------------------------------ */

START_TEST(fused_step_has_the_bits_of_the_single_calls)
{
    static const struct {
        lw_loss loss;
        lw_activation output;
        int labels;
    } cases[] = {
        {LW_CROSS_ENTROPY, LW_SOFTMAX, 1},
        {LW_CROSS_ENTROPY, LW_SOFTMAX, 0},
        {LW_BINARY_CROSS_ENTROPY, LW_SIGMOID, 0},
        {LW_MSE, LW_SOFTMAX, 1},
        {LW_HALF_MSE, LW_SIGMOID, 0},
        {LW_SSE, LW_SILU, 0},
        {LW_MSE, LW_LINEAR, 1},
    };
    const lw_optimizer optimizers[] = {
        lw_sgd(0.1f), lw_sgd_momentum(0.1f, 0.9f), lw_adam(0.01f), lw_adamw(0.01f, 0.1f), {0}};
    problem p = make_problem(ROWS);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t o = 0; o < sizeof optimizers / sizeof *optimizers; o++) {
            lw_net *fused = net_with_output(cases[c].output),
                   *single = net_with_output(cases[c].output);
            const lw_target target = {cases[c].labels ? NULL : p.values,
                                      cases[c].labels ? p.labels : NULL};
            for (size_t step = 0; step < 3; step++) {
                /* A different number of rows each time. */
                const size_t rows = ROWS - step;
                double fused_loss = -1.0, single_loss = -2.0;
                ASSERT_OK(lw_train_step(fused, cases[c].loss, &optimizers[o], rows, p.x, &target,
                                        &fused_loss));
                ASSERT_OK(lw_net_forward(single, rows, p.x, NULL));
                ASSERT_OK(lw_net_loss(single, cases[c].loss, &target, &single_loss));
                ASSERT_OK(lw_net_backward(single, NULL));
                ASSERT_OK(lw_net_step(single, &optimizers[o]));
                ck_assert(fused_loss == single_loss);
            }
            const size_t n = lw_net_parameter_count(fused);
            float *of_fused = parameters_of(fused), *of_single = parameters_of(single);
            float *gradients_fused = gradients_of(fused), *gradients_single = gradients_of(single);
            assert_same_bits("parameters", n, of_fused, of_single);
            assert_same_bits("gradients", n, gradients_fused, gradients_single);
            free(of_fused);
            free(of_single);
            free(gradients_fused);
            free(gradients_single);
            lw_net_destroy(fused);
            lw_net_destroy(single);
        }
    free_problem(&p);
}
END_TEST

/* The caller's dy for the mean squared error is the loss's own. */
START_TEST(own_loss_gradient_equals_the_built_in_one)
{
    static const lw_activation outputs[] = {LW_LINEAR, LW_TANH, LW_SOFTMAX, LW_SILU};
    problem p = make_problem(ROWS);
    for (size_t a = 0; a < sizeof outputs / sizeof *outputs; a++) {
        lw_net *net = net_with_output(outputs[a]);
        float y[ROWS * OUTPUTS], dy[ROWS * OUTPUTS];
        ASSERT_OK(lw_net_forward(net, ROWS, p.x, y));
        ASSERT_OK(lw_net_loss(net, LW_MSE, &(lw_target){.values = p.values}, NULL));
        ASSERT_OK(lw_net_backward(net, NULL));
        float *built_in = gradients_of(net);
        for (size_t i = 0; i < ROWS * OUTPUTS; i++)
            dy[i] = (float)(2.0 / (ROWS * OUTPUTS)) * (y[i] - p.values[i]);
        ASSERT_OK(lw_net_backward(net, dy));
        float *own = gradients_of(net);
        assert_same_bits("gradients", lw_net_parameter_count(net), own, built_in);
        free(built_in);
        free(own);
        lw_net_destroy(net);
    }
    free_problem(&p);
}
END_TEST

START_TEST(single_output_takes_labels_as_values)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_SIGMOID};
    const float x[] = {1, 2, 3, 4}, values[] = {1, 0, 0, 1};
    const int32_t labels[] = {1, 0, 0, 1}, bad[] = {1, 0, 2, 1};
    const lw_optimizer sgd = lw_sgd(0.5f);
    static const lw_loss losses[] = {LW_BINARY_CROSS_ENTROPY, LW_MSE};
    for (size_t i = 0; i < 2; i++) {
        lw_net *a = make_net(1, &layer, 1, 1), *b = make_net(1, &layer, 1, 1);
        double loss_a, loss_b;
        ASSERT_OK(lw_train_step(a, losses[i], &sgd, 4, x, &(lw_target){.values = values}, &loss_a));
        ASSERT_OK(lw_train_step(b, losses[i], &sgd, 4, x, &(lw_target){.labels = labels}, &loss_b));
        ck_assert(loss_a == loss_b);
        float *of_a = parameters_of(a), *of_b = parameters_of(b);
        assert_same_bits("parameters", 2, of_b, of_a);
        ASSERT_FAILS(LW_EDATA, "row 2",
                     lw_train_step(b, losses[i], &sgd, 4, x, &(lw_target){.labels = bad}, &loss_b));
        free(of_a);
        free(of_b);
        lw_net_destroy(a);
        lw_net_destroy(b);
    }
}
END_TEST

START_TEST(bad_steps_are_refused_and_change_nothing)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_SOFTMAX), *sigmoid = net_with_output(LW_SIGMOID);
    float *before = parameters_of(net);
    const lw_target labels = {.labels = p.labels}, values = {.values = p.values}, none = {0},
                    both = {p.values, p.labels};
    const lw_optimizer sgd = lw_sgd(0.1f);
    double value = -7.0;
    const struct {
        lw_status status;
        const char *message;
        lw_net *net;
        lw_loss loss;
        size_t rows;
        const float *x;
        const lw_target *target;
    } cases[] = {
        {LW_EINVAL, "net", NULL, LW_MSE, ROWS, p.x, &labels},
        {LW_EINVAL, "x", net, LW_MSE, ROWS, NULL, &labels},
        {LW_EINVAL, "no rows", net, LW_MSE, 0, p.x, &labels},
        {LW_EINVAL, "loss", net, (lw_loss)99, ROWS, p.x, &labels},
        {LW_EINVAL, "target", net, LW_MSE, ROWS, p.x, NULL},
        {LW_EINVAL, "no target", net, LW_MSE, ROWS, p.x, &none},
        {LW_EINVAL, "two targets", net, LW_MSE, ROWS, p.x, &both},
        {LW_ESHAPE, "sigmoid", net, LW_BINARY_CROSS_ENTROPY, ROWS, p.x, &values},
        {LW_ESHAPE, "softmax", sigmoid, LW_CROSS_ENTROPY, ROWS, p.x, &values},
        {LW_ESHAPE, "labels", sigmoid, LW_LOSS_DEFAULT, ROWS, p.x, &labels},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ASSERT_FAILS(cases[i].status, cases[i].message,
                     lw_train_step(cases[i].net, cases[i].loss, &sgd, cases[i].rows, cases[i].x,
                                   cases[i].target, &value));
    static const int32_t out_of_range[] = {-1, OUTPUTS, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof out_of_range / sizeof *out_of_range; i++) {
        p.labels[ROWS - 1] = out_of_range[i];
        ASSERT_FAILS(LW_EDATA, "row 9",
                     lw_train_step(net, LW_LOSS_DEFAULT, &sgd, ROWS, p.x, &labels, &value));
    }
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    ck_assert_double_eq(value, -7.0);
    free(before);
    free(after);
    lw_net_destroy(net);
    lw_net_destroy(sigmoid);
    free_problem(&p);
}
END_TEST

/* ---- Optimizers ---------------------------------------------------------------------------- */

/* Parameters after two steps with the gradients 1, 2, 3, ... */
static float *after_two_steps(const lw_optimizer *first, const lw_optimizer *second)
{
    lw_net *net = net_with_output(LW_LINEAR);
    const size_t n = lw_net_parameter_count(net);
    float *flat = uniform_floats(n, 0.0f, 0.0f, 1);
    ASSERT_OK(lw_net_set_parameters(net, flat));
    for (size_t i = 0; i < n; i++)
        flat[i] = (float)(i + 1);
    ASSERT_OK(lw_net_set_gradients(net, flat));
    ASSERT_OK(lw_net_step(net, first));
    ASSERT_OK(lw_net_step(net, second));
    ASSERT_OK(lw_net_get_parameters(net, flat));
    lw_net_destroy(net);
    return flat;
}

START_TEST(state_lives_in_the_network)
{
    const lw_optimizer sgd = lw_sgd(0.5f), momentum = lw_sgd_momentum(0.5f, 0.5f),
                       adam = lw_adam(0.25f), adamw = lw_adamw(0.25f, 0.0f);
    const struct {
        const lw_optimizer *first, *second;
        double of_first, of_last; /* change of the parameter whose gradient is 1 */
    } cases[] = {
        {&sgd, &sgd, 0.5, 0.5},
        {&momentum, &momentum, 0.5, 0.75}, /* velocity 1, then 0.5 + 1 */
        {&sgd, &momentum, 0.5, 0.5},
        {&adam, &adam, 0.25, 0.25},
        {&momentum, &adam, 0.5, 0.25}, /* a new kind starts anew: its first step is one of 1 * lr */
        {&adam, &adamw, 0.25, 0.25},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float *flat = after_two_steps(cases[i].first, cases[i].second);
        ck_assert_double_eq_tol((double)flat[0], -(cases[i].of_first + cases[i].of_last), 1e-6);
        free(flat);
    }
}
END_TEST

/* Two steps of the kernels on flat vectors. */
static void update_flat(const lw_optimizer *o, size_t n, const float *g, float *w)
{
    float *velocity = uniform_floats(n, 0.0f, 0.0f, 1),
          *variance = uniform_floats(n, 0.0f, 0.0f, 1);
    const lw_sgd_update_params sgd = {o->learning_rate, o->momentum, o->weight_decay, o->nesterov};
    lw_adam_update_params adam = {
        o->learning_rate, o->beta1, o->beta2, o->epsilon, o->weight_decay, o->kind == LW_ADAMW, 0};
    for (adam.step = 1; adam.step <= 2; adam.step++)
        ASSERT_OK(o->kind == LW_SGD ? lw_sgd_update(n, &sgd, g, w, velocity)
                                    : lw_adam_update(n, &adam, g, w, velocity, variance));
    free(velocity);
    free(variance);
}

START_TEST(steps_are_those_of_the_kernels)
{
    const lw_optimizer cases[] = {
        {.kind = LW_SGD, .learning_rate = 0.1f, .weight_decay = 0.2f},
        {.kind = LW_SGD, .learning_rate = 0.1f, .momentum = 0.7f, .weight_decay = 0.2f},
        {.kind = LW_SGD, .learning_rate = 0.1f, .momentum = 0.7f, .nesterov = 1},
        {LW_ADAM, 0.1f, 0.0f, 0, 0.3f, 0.8f, 0.95f, 1e-2f},
        {LW_ADAMW, 0.1f, 0.0f, 0, 0.3f, 0.8f, 0.95f, 1e-2f},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lw_net *net = net_with_output(LW_LINEAR);
        const size_t n = lw_net_parameter_count(net);
        float *w = parameters_of(net), *g = uniform_floats(n, -1.0f, 1.0f, 8);
        for (size_t step = 0; step < 2; step++) {
            ASSERT_OK(lw_net_set_gradients(net, g));
            ASSERT_OK(lw_net_step(net, &cases[i]));
        }
        update_flat(&cases[i], n, g, w);
        float *got = parameters_of(net);
        assert_same_bits("parameters", n, got, w);
        free(w);
        free(g);
        free(got);
        lw_net_destroy(net);
    }
}
END_TEST

START_TEST(momentum_is_forgotten_by_a_new_start)
{
    const lw_optimizer momentum = lw_sgd_momentum(0.5f, 0.5f);
    lw_net *net = net_with_output(LW_LINEAR);
    const size_t n = lw_net_parameter_count(net);
    float *ones = uniform_floats(n, 1.0f, 1.0f, 1), *flat = parameters_of(net);
    ASSERT_OK(lw_net_set_gradients(net, ones));
    ASSERT_OK(lw_net_step(net, &momentum));
    ASSERT_OK(lw_net_initialize(net, 7));
    ASSERT_OK(lw_net_set_gradients(net, ones));
    ASSERT_OK(lw_net_step(net, &momentum));
    const float expected = flat[0] - 0.5f;
    ASSERT_OK(lw_net_get_parameters(net, flat));
    ck_assert_float_eq_tol(flat[0], expected, 1e-6f);
    free(ones);
    free(flat);
    lw_net_destroy(net);
}
END_TEST

START_TEST(bad_optimizers_are_refused)
{
    const struct {
        lw_optimizer optimizer;
        const char *message;
    } cases[] = {
        {{.kind = (lw_optimizer_kind)99}, "optimizer"},
        {{.kind = LW_SGD, .learning_rate = -1.0f}, "learning rate"},
        {{.kind = LW_SGD, .learning_rate = NAN}, "learning rate"},
        {{.kind = LW_SGD, .momentum = INFINITY}, "momentum"},
        {{.kind = LW_SGD, .nesterov = 1}, "Nesterov"},
        {{.kind = LW_SGD, .weight_decay = -1.0f}, "weight decay"},
        {{.kind = LW_ADAM, .beta1 = 1.0f, .beta2 = 0.9f}, "betas"},
        {{.kind = LW_ADAMW, .beta1 = 0.9f, .beta2 = NAN}, "betas"},
        {{.kind = LW_ADAM, .epsilon = -1.0f}, "epsilon"},
    };
    lw_net *net = net_with_output(LW_LINEAR);
    float *flat = parameters_of(net);
    ASSERT_OK(lw_net_set_gradients(net, flat));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ASSERT_FAILS(LW_EINVAL, cases[i].message, lw_net_step(net, &cases[i].optimizer));
    ASSERT_FAILS(LW_EINVAL, "optimizer", lw_net_step(net, NULL));
    const lw_optimizer sgd = lw_sgd(0.1f);
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_step(NULL, &sgd));
    free(flat);
    lw_net_destroy(net);
}
END_TEST

START_TEST(clipping)
{
    lw_net *net = net_with_output(LW_LINEAR);
    const size_t n = lw_net_parameter_count(net);
    float *flat = uniform_floats(n, 0.0f, 0.0f, 1);
    double norm = -7.0;
    flat[0] = 3.0f;
    flat[n - 1] = -4.0f;
    ASSERT_OK(lw_net_set_gradients(net, flat));
    ASSERT_OK(lw_net_clip_gradients(net, 5.0f, &norm));
    ck_assert_double_eq_tol(norm, 5.0, 1e-9);
    float *clipped = gradients_of(net);
    assert_same_bits("gradients", n, clipped, flat);
    ASSERT_OK(lw_net_clip_gradients(net, 50.0f, NULL));
    ASSERT_OK(lw_net_get_gradients(net, clipped));
    assert_same_bits("gradients", n, clipped, flat);
    ASSERT_OK(lw_net_clip_gradients(net, 0.5f, NULL));
    ASSERT_OK(lw_net_get_gradients(net, clipped));
    ck_assert_float_eq_tol(clipped[0], 0.3f, 1e-7f);
    ck_assert_float_eq_tol(clipped[n - 1], -0.4f, 1e-7f);

    flat[1] = NAN;
    ASSERT_OK(lw_net_set_gradients(net, flat));
    norm = -7.0;
    ASSERT_FAILS(LW_EDATA, "finite", lw_net_clip_gradients(net, 1.0f, &norm));
    ASSERT_FAILS(LW_EINVAL, "max_norm", lw_net_clip_gradients(net, 0.0f, &norm));
    ASSERT_FAILS(LW_EINVAL, "max_norm", lw_net_clip_gradients(net, NAN, &norm));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_clip_gradients(NULL, 1.0f, &norm));
    ck_assert_double_eq(norm, -7.0);
    ASSERT_OK(lw_net_get_gradients(net, clipped));
    ck_assert(clipped[0] == 3.0f && clipped[n - 1] == -4.0f);
    free(flat);
    free(clipped);
    lw_net_destroy(net);
}
END_TEST

/* ---- Schedules ------------------------------------------------------------------------------ */

START_TEST(schedule_values)
{
    const lw_schedule constant = {.factor = 0.1f},
                      step = {.kind = LW_SCHEDULE_STEP, .every = 3, .factor = 0.5f},
                      cosine = {.kind = LW_SCHEDULE_COSINE, .factor = 0.5f};
    static const double of_step[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.25};
    for (size_t epoch = 0; epoch < 7; epoch++) {
        ck_assert_double_eq(lw_schedule_factor(&constant, epoch, 0.3), 1.0);
        ck_assert_double_eq(lw_schedule_factor(&step, epoch, 0.3), of_step[epoch]);
    }
    ck_assert_double_eq(lw_schedule_factor(&cosine, 9, 0.0), 1.0);
    ck_assert_double_eq_tol(lw_schedule_factor(&cosine, 0, 0.5), 0.75, 1e-15);
    ck_assert_double_eq_tol(lw_schedule_factor(&cosine, 0, 1.0), 0.5, 1e-15);
    ck_assert_double_eq_tol(lw_schedule_factor(&cosine, 0, 0.25), 0.5 + 0.25 * (1.0 + sqrt(0.5)),
                            1e-15);
}
END_TEST

static void learning_rates(const lw_schedule *schedule, size_t epochs, double *rates)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_SOFTMAX);
    lw_history history;
    ASSERT_OK(lw_fit(net, &p.data,
                     &(lw_fit_options){.optimizer = lw_sgd(0.5f),
                                       .batch_size = 4,
                                       .epochs = epochs,
                                       .schedule = *schedule,
                                       .history = &history}));
    for (size_t i = 0; i < epochs; i++)
        rates[i] = history.epochs[i].learning_rate;
    lw_history_free(&history);
    lw_net_destroy(net);
    free_problem(&p);
}

START_TEST(schedules_steer_the_fit)
{
    double rates[4];
    learning_rates(&(lw_schedule){.kind = LW_SCHEDULE_STEP, .every = 2, .factor = 0.25f}, 4, rates);
    ck_assert(rates[0] == 0.5 && rates[1] == 0.5 && rates[2] == 0.125 && rates[3] == 0.125);
    learning_rates(&(lw_schedule){0}, 2, rates);
    ck_assert(rates[0] == 0.5 && rates[1] == 0.5);
    /* Two epochs of three batches: the last steps are number 2 and 5 of 6. */
    learning_rates(&(lw_schedule){.kind = LW_SCHEDULE_COSINE}, 2, rates);
    const double pi = acos(-1.0);
    ck_assert_double_eq_tol(rates[0], 0.25 * (1.0 + cos(pi * 2.0 / 6.0)), 1e-7);
    ck_assert_double_eq_tol(rates[1], 0.25 * (1.0 + cos(pi * 5.0 / 6.0)), 1e-7);
}
END_TEST

/* ---- lw_fit -------------------------------------------------------------------------------- */

/* What the callbacks saw. */
typedef struct observer {
    size_t epochs, batches, rows_done[64];
    size_t stop_after_epochs, stop_after_batches; /* 0: never */
} observer;

static int see_epoch(void *user, const lw_epoch_report *report)
{
    observer *seen = user;
    ck_assert_uint_eq(report->epoch, ++seen->epochs);
    return seen->epochs == seen->stop_after_epochs;
}

static int see_batch(void *user, const lw_batch_report *report)
{
    observer *seen = user;
    seen->rows_done[seen->batches++ % 64] = report->rows_done;
    return seen->batches == seen->stop_after_batches;
}

START_TEST(unshuffled_fit_is_the_loop_written_out)
{
    problem p = make_problem(ROWS);
    const lw_optimizer adam = lw_adam(0.01f);
    lw_net *fitted = net_with_output(LW_SOFTMAX), *looped = net_with_output(LW_SOFTMAX);
    observer seen = {0};
    lw_history history;
    ASSERT_OK(lw_fit(fitted, &p.data,
                     &(lw_fit_options){.optimizer = adam,
                                       .batch_size = 4,
                                       .epochs = 3,
                                       .no_shuffle = 1,
                                       .on_epoch = see_epoch,
                                       .on_batch = see_batch,
                                       .user = &seen,
                                       .history = &history}));
    for (size_t epoch = 0; epoch < 3; epoch++) {
        double mean = 0.0;
        for (size_t at = 0; at < ROWS; at += 4) {
            const size_t rows = at + 4 < ROWS ? 4 : ROWS - at;
            double loss;
            ASSERT_OK(lw_train_step(looped, LW_CROSS_ENTROPY, &adam, rows, p.x + at * INPUTS,
                                    &(lw_target){.labels = p.labels + at}, &loss));
            mean += loss * (double)rows;
        }
        const lw_epoch_report *report = &history.epochs[epoch];
        ck_assert_double_eq(report->train_loss, mean / ROWS);
        ck_assert_uint_eq(report->epoch, epoch + 1);
        ck_assert_uint_eq(report->epochs, 3);
        ck_assert(isnan(report->validation_loss) && isnan(report->validation_accuracy));
        ck_assert(report->seconds > 0.0 && report->samples_per_second > 0.0);
    }
    float *of_fitted = parameters_of(fitted), *of_looped = parameters_of(looped);
    assert_same_bits("parameters", lw_net_parameter_count(fitted), of_fitted, of_looped);
    ck_assert_uint_eq(history.count, 3);
    ck_assert_int_eq(history.stopped, 0);
    ck_assert_uint_eq(seen.epochs, 3);
    ck_assert_uint_eq(seen.batches, 9);
    ck_assert(seen.rows_done[0] == 4 && seen.rows_done[1] == 8 && seen.rows_done[2] == ROWS);
    lw_history_free(&history);
    ck_assert_ptr_null(history.epochs);
    free(of_fitted);
    free(of_looped);
    lw_net_destroy(fitted);
    lw_net_destroy(looped);
    free_problem(&p);
}
END_TEST

/* Each row of one input i adds (y - t) * i to the gradient: with zero weights, no update (rate 0)
 * and target -1, the batches' gradients tell which rows they held. */
typedef struct row_watcher {
    lw_net *net;
    unsigned seen; /* bit i: row i was in a batch of this epoch */
    size_t orders[4];
} row_watcher;

static int watch_row(void *user, const lw_batch_report *report)
{
    row_watcher *watcher = user;
    float dw;
    ASSERT_OK(lw_net_get_layer_gradients(watcher->net, 0, &dw, NULL));
    const unsigned row = (unsigned)lround((double)dw);
    ck_assert_uint_lt(row, 8);
    ck_assert_msg(!(watcher->seen & 1u << row), "row %u came twice", row);
    watcher->seen |= 1u << row;
    watcher->orders[report->epoch - 1] = watcher->orders[report->epoch - 1] * 8 + row;
    if (watcher->seen == 255)
        watcher->seen = 0;
    return 0;
}

static void watch_orders(uint64_t seed, size_t orders[4])
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_LINEAR, .init = LW_INIT_ZEROS};
    float x[8], values[8];
    for (size_t i = 0; i < 8; i++) {
        x[i] = (float)i;
        values[i] = -1.0f;
    }
    const lw_dataset data = {
        .rows = 8, .inputs = 1, .outputs = 1, .x = x, .target = {.values = values}};
    row_watcher watcher = {.net = make_net(1, &layer, 1, seed)};
    ASSERT_OK(lw_fit(watcher.net, &data,
                     &(lw_fit_options){.loss = LW_HALF_MSE,
                                       .optimizer = lw_sgd(0.0f),
                                       .batch_size = 1,
                                       .epochs = 4,
                                       .on_batch = watch_row,
                                       .user = &watcher}));
    ck_assert_uint_eq(watcher.seen, 0);
    memcpy(orders, watcher.orders, sizeof watcher.orders);
    lw_net_destroy(watcher.net);
}

START_TEST(shuffling_takes_each_row_once_in_a_new_order)
{
    size_t a[4], again[4], b[4];
    watch_orders(1, a);
    watch_orders(1, again);
    watch_orders(2, b);
    ck_assert_mem_eq(a, again, sizeof a);
    ck_assert_mem_ne(a, b, sizeof a);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(a[i], a[j]);
}
END_TEST

START_TEST(full_batch_is_the_plain_step)
{
    problem p = make_problem(ROWS);
    static const size_t sizes[] = {LW_FULL_BATCH, ROWS, ROWS + 1};
    const lw_optimizer sgd = lw_sgd(0.1f);
    lw_net *stepped = net_with_output(LW_SOFTMAX);
    for (size_t i = 0; i < 2; i++)
        ASSERT_OK(lw_train_step(stepped, LW_LOSS_DEFAULT, &sgd, ROWS, p.x, &p.data.target, NULL));
    float *want = parameters_of(stepped);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        lw_net *net = net_with_output(LW_SOFTMAX);
        ASSERT_OK(lw_fit(net, &p.data,
                         &(lw_fit_options){.optimizer = sgd, .batch_size = sizes[i], .epochs = 2}));
        float *got = parameters_of(net);
        assert_same_bits("parameters", lw_net_parameter_count(net), got, want);
        free(got);
        lw_net_destroy(net);
    }
    free(want);
    lw_net_destroy(stepped);
    free_problem(&p);
}
END_TEST

START_TEST(clipped_fit_steps_by_at_most_the_norm)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_SOFTMAX);
    const size_t n = lw_net_parameter_count(net);
    float *before = parameters_of(net);
    ASSERT_OK(lw_fit(net, &p.data,
                     &(lw_fit_options){.optimizer = lw_sgd(1.0f),
                                       .batch_size = LW_FULL_BATCH,
                                       .epochs = 1,
                                       .clip_norm = 0.01f}));
    float *after = parameters_of(net);
    double squares = 0.0;
    for (size_t i = 0; i < n; i++)
        squares += pow((double)after[i] - (double)before[i], 2.0);
    ck_assert_double_eq_tol(sqrt(squares), 0.01, 1e-6);
    free(before);
    free(after);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

START_TEST(callbacks_stop_the_run)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_SOFTMAX);
    lw_history history;
    observer seen = {.stop_after_epochs = 2};
    lw_fit_options options = {.batch_size = 4,
                              .on_epoch = see_epoch,
                              .on_batch = see_batch,
                              .user = &seen,
                              .history = &history};
    ASSERT_OK(lw_fit(net, &p.data, &options));
    ck_assert_uint_eq(seen.epochs, 2);
    ck_assert_uint_eq(history.count, 2);
    ck_assert_int_eq(history.stopped, 1);
    lw_history_free(&history);

    seen = (observer){.stop_after_batches = 5};
    ASSERT_OK(lw_fit(net, &p.data, &options));
    ck_assert_uint_eq(seen.batches, 5);
    ck_assert_uint_eq(seen.epochs, 1);
    ck_assert_uint_eq(history.count, 1);
    ck_assert_int_eq(history.stopped, 1);
    lw_history_free(&history);

    /* Ten epochs by default. */
    seen = (observer){0};
    ASSERT_OK(lw_fit(net, &p.data, &options));
    ck_assert_uint_eq(history.count, 10);
    ck_assert_int_eq(history.stopped, 0);
    lw_history_free(&history);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

START_TEST(validation_is_an_evaluation)
{
    problem p = make_problem(100);
    const lw_dataset first = {
        .rows = 60, .inputs = INPUTS, .outputs = OUTPUTS, .x = p.x, .target = {.labels = p.labels}};
    const lw_dataset second = {.rows = 40,
                               .inputs = INPUTS,
                               .outputs = OUTPUTS,
                               .x = p.x + 60 * INPUTS,
                               .target = {.labels = p.labels + 60}};
    lw_net *net = net_with_output(LW_SOFTMAX);
    lw_history history;
    ASSERT_OK(lw_fit(net, &first,
                     &(lw_fit_options){.epochs = 2, .validation = &second, .history = &history}));
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &second, LW_LOSS_DEFAULT, &e));
    ck_assert_double_eq(history.epochs[1].validation_loss, e.loss);
    ck_assert_double_eq(history.epochs[1].validation_accuracy, e.accuracy);
    ck_assert_double_ne(history.epochs[0].validation_loss, e.loss);
    lw_evaluation_free(&e);
    lw_history_free(&history);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

START_TEST(bad_fits_are_refused_and_change_nothing)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_SOFTMAX);
    float *before = parameters_of(net);
    lw_history history = {.count = 77};
    const lw_fit_options with_history = {.history = &history};

    ASSERT_FAILS(LW_EINVAL, "net", lw_fit(NULL, &p.data, NULL));
    ASSERT_FAILS(LW_EINVAL, "data", lw_fit(net, NULL, &with_history));
    const struct {
        lw_fit_options options;
        const char *message;
    } cases[] = {
        {{.loss = (lw_loss)99}, "loss"},
        {{.optimizer = {.kind = LW_SGD, .learning_rate = NAN}}, "learning rate"},
        {{.schedule = {.kind = (lw_schedule_kind)9}}, "schedule"},
        {{.schedule = {.kind = LW_SCHEDULE_STEP, .factor = 0.5f}}, "step schedule"},
        {{.schedule = {.kind = LW_SCHEDULE_COSINE, .factor = NAN}}, "factor"},
        {{.clip_norm = -1.0f}, "clip_norm"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ASSERT_FAILS(LW_EINVAL, cases[i].message, lw_fit(net, &p.data, &cases[i].options));

    lw_dataset data = p.data;
    data.rows = 0;
    ASSERT_FAILS(LW_EDATA, "rows", lw_fit(net, &data, &with_history));
    data = p.data;
    data.inputs = INPUTS - 1;
    ASSERT_FAILS(LW_ESHAPE, "inputs", lw_fit(net, &data, &with_history));
    data = p.data;
    data.target = (lw_target){0};
    ASSERT_FAILS(LW_EINVAL, "target", lw_fit(net, &data, &with_history));
    data.target = (lw_target){.values = p.values};
    data.outputs = OUTPUTS - 1;
    ASSERT_FAILS(LW_ESHAPE, "outputs", lw_fit(net, &data, &with_history));
    ASSERT_FAILS(LW_ESHAPE, "outputs",
                 lw_fit(net, &p.data, &(lw_fit_options){.validation = &data}));

    p.labels[6] = OUTPUTS;
    ASSERT_FAILS(LW_EDATA, "row 6", lw_fit(net, &p.data, &with_history));
    p.labels[6] = 0;
    p.x[3 * INPUTS + 2] = NAN;
    ASSERT_FAILS(LW_EDATA, "row 3, column 2", lw_fit(net, &p.data, &with_history));
    p.x[3 * INPUTS + 2] = -INFINITY;
    ASSERT_FAILS(LW_EDATA, "row 3, column 2", lw_fit(net, &p.data, &with_history));

    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    ck_assert_uint_eq(history.count, 77);
    free(before);
    free(after);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

/* ---- Batches from a callback ----------------------------------------------------------------- */

typedef struct stream {
    const problem *problem;
    size_t at, total;
    size_t too_many; /* rows said to be delivered beyond max_rows */
    lw_status status;
    int poison; /* a NaN in row 2 of the second batch */
} stream;

static lw_status next_batch(void *user, size_t epoch, int first, size_t max_rows, float *x,
                            float *values, int32_t *labels, size_t *rows)
{
    stream *s = user;
    (void)epoch;
    if (s->status != LW_OK)
        return lw_fail(s->status, "the stream broke");
    ck_assert_ptr_null(values);
    if (first)
        s->at = 0;
    const size_t left = s->total - s->at;
    *rows = left < max_rows ? left : max_rows;
    memcpy(x, s->problem->x + s->at * INPUTS, *rows * INPUTS * sizeof *x);
    memcpy(labels, s->problem->labels + s->at, *rows * sizeof *labels);
    if (s->poison && s->at > 0 && *rows > 2)
        x[2 * INPUTS + 1] = NAN;
    s->at += *rows;
    *rows += s->too_many;
    return LW_OK;
}

START_TEST(stream_trains_like_the_data_set)
{
    problem p = make_problem(ROWS);
    stream s = {.problem = &p, .total = ROWS};
    const lw_batch_source source = {
        .inputs = INPUTS, .outputs = OUTPUTS, .has_labels = 1, .next = next_batch, .user = &s};
    observer seen = {0};
    const lw_fit_options options = {
        .batch_size = 4, .epochs = 3, .no_shuffle = 1, .on_batch = see_batch, .user = &seen};
    lw_net *streamed = net_with_output(LW_SOFTMAX), *whole = net_with_output(LW_SOFTMAX);
    ASSERT_OK(lw_fit_source(streamed, &source, &options));
    ck_assert_uint_eq(seen.batches, 9);
    ASSERT_OK(lw_fit(whole, &p.data, &options));
    float *of_streamed = parameters_of(streamed), *of_whole = parameters_of(whole);
    assert_same_bits("parameters", lw_net_parameter_count(whole), of_streamed, of_whole);
    free(of_streamed);
    free(of_whole);
    lw_net_destroy(streamed);
    lw_net_destroy(whole);
    free_problem(&p);
}
END_TEST

START_TEST(bad_streams_end_the_run)
{
    problem p = make_problem(ROWS);
    stream s = {.problem = &p, .total = ROWS};
    lw_batch_source source = {
        .inputs = INPUTS, .outputs = OUTPUTS, .has_labels = 1, .next = next_batch, .user = &s};
    const lw_fit_options options = {.batch_size = 4};
    lw_net *net = net_with_output(LW_SOFTMAX), *sigmoid = net_with_output(LW_SIGMOID);
    ASSERT_FAILS(LW_EINVAL, "source", lw_fit_source(net, NULL, &options));
    ASSERT_FAILS(LW_EINVAL, "full batch",
                 lw_fit_source(net, &source, &(lw_fit_options){.batch_size = LW_FULL_BATCH}));
    ASSERT_FAILS(LW_ENOMEM, "memory",
                 lw_fit_source(net, &source, &(lw_fit_options){.batch_size = SIZE_MAX / 8}));
    ASSERT_FAILS(LW_ESHAPE, "labels", lw_fit_source(sigmoid, &source, &options));
    source.inputs = INPUTS + 1;
    ASSERT_FAILS(LW_ESHAPE, "inputs", lw_fit_source(net, &source, &options));
    source.inputs = INPUTS;
    source.outputs = OUTPUTS + 1;
    ASSERT_FAILS(LW_ESHAPE, "classes", lw_fit_source(net, &source, &options));
    source.outputs = OUTPUTS;

    s.status = LW_EIO;
    ASSERT_FAILS(LW_EIO, "broke", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = 0};
    ASSERT_FAILS(LW_EDATA, "no rows", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = ROWS, .too_many = 1};
    ASSERT_FAILS(LW_EDATA, "5 rows where 4 fit", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = ROWS, .poison = 1};
    ASSERT_FAILS(LW_EDATA, "row 2, column 1", lw_fit_source(net, &source, &options));
    s = (stream){.problem = &p, .total = ROWS};
    p.labels[9] = OUTPUTS;
    ASSERT_FAILS(LW_EDATA, "row 1", lw_fit_source(net, &source, &options));
    lw_net_destroy(net);
    lw_net_destroy(sigmoid);
    free_problem(&p);
}
END_TEST

/* ---- Learning ------------------------------------------------------------------------------- */

START_TEST(xor_is_learnt_with_32_hidden_units)
{
    static const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, values[] = {0, 1, 1, 0};
    const lw_dataset data = {
        .rows = 4, .inputs = 2, .outputs = 1, .x = x, .target = {.values = values}};
    const lw_layer_spec layers[] = {
        {.units = 32, .activation = LW_RELU, .init = LW_INIT_HE},
        {.units = 1, .activation = LW_SIGMOID, .init = LW_INIT_HE},
    };
    /* Ten seeds of the hundred in each loop. */
    for (uint64_t seed = 10 * (uint64_t)_i; seed < 10 * (uint64_t)_i + 10; seed++) {
        lw_net *net = make_net(2, layers, 2, seed);
        ASSERT_OK(lw_fit(net, &data,
                         &(lw_fit_options){.optimizer = lw_sgd(0.1f),
                                           .batch_size = LW_FULL_BATCH,
                                           .epochs = 10000}));
        float y[4];
        ASSERT_OK(lw_predict(net, 4, x, y));
        for (size_t i = 0; i < 4; i++)
            ck_assert_msg(fabsf(y[i] - values[i]) < 0.1f, "seed %d: output %zu is %g", (int)seed, i,
                          (double)y[i]);
        lw_net_destroy(net);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("training");
    TCase *steps = tcase_create("steps");
    tcase_add_test(steps, fused_step_has_the_bits_of_the_single_calls);
    tcase_add_test(steps, own_loss_gradient_equals_the_built_in_one);
    tcase_add_test(steps, single_output_takes_labels_as_values);
    tcase_add_test(steps, bad_steps_are_refused_and_change_nothing);
    tcase_add_test(steps, state_lives_in_the_network);
    tcase_add_test(steps, steps_are_those_of_the_kernels);
    tcase_add_test(steps, momentum_is_forgotten_by_a_new_start);
    tcase_add_test(steps, bad_optimizers_are_refused);
    tcase_add_test(steps, clipping);
    suite_add_tcase(suite, steps);
    TCase *fit = tcase_create("fit");
    tcase_set_timeout(fit, 60);
    tcase_add_test(fit, schedule_values);
    tcase_add_test(fit, schedules_steer_the_fit);
    tcase_add_test(fit, unshuffled_fit_is_the_loop_written_out);
    tcase_add_test(fit, shuffling_takes_each_row_once_in_a_new_order);
    tcase_add_test(fit, full_batch_is_the_plain_step);
    tcase_add_test(fit, clipped_fit_steps_by_at_most_the_norm);
    tcase_add_test(fit, callbacks_stop_the_run);
    tcase_add_test(fit, validation_is_an_evaluation);
    tcase_add_test(fit, bad_fits_are_refused_and_change_nothing);
    tcase_add_test(fit, stream_trains_like_the_data_set);
    tcase_add_test(fit, bad_streams_end_the_run);
    suite_add_tcase(suite, fit);
    TCase *learning = tcase_create("learning");
    tcase_set_timeout(learning, 120);
    tcase_add_loop_test(learning, xor_is_learnt_with_32_hidden_units, 0, 10);
    suite_add_tcase(suite, learning);
    return run_suite(suite);
}
