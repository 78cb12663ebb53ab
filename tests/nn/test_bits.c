/*
 * The bits of an epoch are the same for any number of threads, with fused updates and with stored
 * gradients, and on every instruction set with FMA.
 */
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct scenario {
    const char *name;
    size_t inputs, layer_count;
    lw_layer_spec layers[4];
    lw_loss loss;
    size_t rows, batch;
    lw_precision precision;
} scenario;

/* Each ends with a partial batch. All but the third have enough work for several threads. */
static const scenario scenarios[] = {
    {"70-100-64-10",
     70,
     3,
     {{.units = 100, .activation = LW_ACTIVATION_RELU},
      {.units = 64, .activation = LW_ACTIVATION_GELU},
      {.units = 10, .activation = LW_ACTIVATION_SOFTMAX}},
     LW_LOSS_CROSS_ENTROPY,
     730,
     100,
     LW_PRECISION_FP32},
    {"70-100-64-10, squared error",
     70,
     3,
     {{.units = 100, .activation = LW_ACTIVATION_RELU},
      {.units = 64, .activation = LW_ACTIVATION_RELU},
      {.units = 10}},
     LW_LOSS_MSE,
     730,
     100,
     LW_PRECISION_FP32},
    {"2-10-5-1, six blocks",
     2,
     3,
     {{.units = 10, .activation = LW_ACTIVATION_RELU},
      {.units = 5, .activation = LW_ACTIVATION_TANH},
      {.units = 1, .activation = LW_ACTIVATION_SIGMOID}},
     LW_LOSS_BINARY_CROSS_ENTROPY,
     2000,
     1999,
     LW_PRECISION_FP32},
    {"31-16-16-16-10, four blocks",
     31,
     4,
     {{.units = 16, .activation = LW_ACTIVATION_RELU},
      {.units = 16, .activation = LW_ACTIVATION_SILU},
      {.units = 16, .activation = LW_ACTIVATION_LEAKY_RELU},
      {.units = 10, .activation = LW_ACTIVATION_SOFTMAX}},
     LW_LOSS_CROSS_ENTROPY,
     2000,
     1201,
     LW_PRECISION_FP32},
    {"31-16-16-16-10, squared error",
     31,
     4,
     {{.units = 16, .activation = LW_ACTIVATION_RELU},
      {.units = 16, .activation = LW_ACTIVATION_RELU},
      {.units = 16, .activation = LW_ACTIVATION_RELU},
      {.units = 10}},
     LW_LOSS_MSE,
     2000,
     1201,
     LW_PRECISION_FP32},
    {"40-50-33-5, more rows than a fused update takes",
     40,
     3,
     {{.units = 50, .activation = LW_ACTIVATION_RELU},
      {.units = 33, .activation = LW_ACTIVATION_RELU},
      {.units = 5}},
     LW_LOSS_MSE,
     3100,
     1500,
     LW_PRECISION_FP32},
    {"70-100-64-10 in bf16",
     70,
     3,
     {{.units = 100, .activation = LW_ACTIVATION_RELU},
      {.units = 64, .activation = LW_ACTIVATION_GELU},
      {.units = 10, .activation = LW_ACTIVATION_SOFTMAX}},
     LW_LOSS_CROSS_ENTROPY,
     731,
     101,
     LW_PRECISION_BF16},
    {"31-45-3 in bf16, more rows than a fused update takes",
     31,
     2,
     {{.units = 45, .activation = LW_ACTIVATION_TANH},
      {.units = 3, .activation = LW_ACTIVATION_SIGMOID}},
     LW_LOSS_MSE,
     3101,
     1501,
     LW_PRECISION_BF16},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

static const lw_optimizer optimizers[] = {
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.05f},
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.05f, .weight_decay = 0.01f},
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.02f, .momentum = 0.9f},
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.02f, .momentum = 0.9f, .nesterov = 1},
    {LW_OPTIMIZER_ADAM, 0.01f, 0.0f, 0, 0.0f, 0.9f, 0.999f, 1e-8f},
    {LW_OPTIMIZER_ADAMW, 0.01f, 0.0f, 0, 0.1f, 0.9f, 0.999f, 1e-8f},
};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

/* Never reached; clipping requires stored gradients. */
static const float no_clip = 1e30f;

typedef struct result {
    size_t count;
    float *initial, *parameters;
    double loss;
} result;

static void free_result(result *r)
{
    free(r->initial);
    free(r->parameters);
}

static result train(const scenario *s, const lw_optimizer *optimizer, unsigned threads,
                    float clip_norm)
{
    const size_t outputs = s->layers[s->layer_count - 1].units;
    float *x = uniform_floats(s->rows * s->inputs, -1.0f, 1.0f, 11);
    float *values = uniform_floats(s->rows * outputs, 0.0f, 1.0f, 12);
    int32_t *labels = uniform_labels(s->rows, (int32_t)outputs, 13);
    const lw_target target = {.values = s->loss == LW_LOSS_CROSS_ENTROPY ? NULL : values,
                              .labels = s->loss == LW_LOSS_CROSS_ENTROPY ? labels : NULL};
    const lw_dataset data = {
        .rows = s->rows, .inputs = s->inputs, .outputs = outputs, .x = x, .target = target};
    lw_net *net = make_net(s->inputs, s->layers, s->layer_count, 5);
    ASSERT_OK(lw_net_set_precision(net, s->precision));
    lw_net_set_threads(net, threads);
    lw_history history;
    result r = {.count = lw_net_parameter_count(net), .initial = parameters_of(net)};
    ASSERT_OK(lw_fit(net, &data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .loss = s->loss,
                                       .optimizer = *optimizer,
                                       .batch_size = s->batch,
                                       .epochs = 2,
                                       .clip_norm = clip_norm,
                                       .history = &history}));
    r.parameters = parameters_of(net);
    r.loss = history.epochs[1].train_loss;
    lw_history_free(&history);
    lw_net_destroy(net);
    free(x);
    free(values);
    free(labels);
    return r;
}

static void assert_same(const char *what, const result *got, const result *want)
{
    assert_same_bits(what, want->count, got->parameters, want->parameters);
    ck_assert_msg(got->loss == want->loss, "%s: loss %.17g, not %.17g", what, got->loss,
                  want->loss);
}

/* Training without effect, or to infinity, would also give equal bits. */
static void assert_trained(const result *r)
{
    size_t moved = 0;
    for (size_t i = 0; i < r->count; i++) {
        ck_assert(isfinite(r->parameters[i]));
        moved += r->parameters[i] != r->initial[i];
    }
    ck_assert_uint_gt(moved, r->count / 2);
}

START_TEST(bits_do_not_depend_on_threads_or_stored_gradients)
{
    if (is_skipped(_i, OPTIMIZERS))
        return;
    static const unsigned threads[] = {2, 5, 1, 3, 8};
    const size_t counts = is_fast_run() ? 2 : sizeof threads / sizeof *threads;
    const scenario *s = &scenarios[_i / OPTIMIZERS];
    const lw_optimizer *optimizer = &optimizers[_i % OPTIMIZERS];
    result want = train(s, optimizer, 1, 0.0f);
    assert_trained(&want);
    for (size_t i = 0; i < counts; i++) {
        for (int stored = 0; stored < 2; stored++) {
            char what[100];
            snprintf(what, sizeof what, "%s, %u threads, %s", s->name, threads[i],
                     stored ? "stored gradients" : "fused");
            result got = train(s, optimizer, threads[i], stored ? no_clip : 0.0f);
            assert_same(what, &got, &want);
            free_result(&got);
        }
    }
    free_result(&want);
}
END_TEST

/* The exponential function is part of the library, so the bits hold for softmax as well. The set
 * "scalar" has no FMA; its difference is bounded. */
static const double scalar_tolerance = 1e-5;

static void assert_near_scalar(const result *scalar, const result *want)
{
    double largest = 0.0;
    for (size_t i = 0; i < want->count; i++)
        largest = fmax(largest, fabs((double)scalar->parameters[i] - (double)want->parameters[i]));
    ck_assert_double_le(largest, scalar_tolerance);
    ck_assert_double_eq_tol(scalar->loss, want->loss, scalar_tolerance);
}

START_TEST(bits_do_not_depend_on_the_instruction_set)
{
    if (is_skipped(_i, OPTIMIZERS))
        return;
    const scenario *s = &scenarios[_i / OPTIMIZERS];
    const lw_optimizer *optimizer = &optimizers[_i % OPTIMIZERS];
    result want = {0}, scalar = {0};
    for (size_t i = 0; lw_isa_available(i); i++) {
        const char *name = lw_isa_available(i);
        ASSERT_OK(lw_isa_select(name));
        result got = train(s, optimizer, 2, 0.0f);
        if (!strcmp(name, "scalar")) {
            scalar = got;
            continue;
        }
        if (!want.parameters) {
            want = got;
            continue;
        }
        assert_same(name, &got, &want);
        free_result(&got);
    }
    /* Different rounding to bf16 exceeds this bound by far. */
    if (want.parameters && scalar.parameters && optimizer->kind == LW_OPTIMIZER_SGD &&
        s->precision == LW_PRECISION_FP32)
        assert_near_scalar(&scalar, &want);
    free_result(&want);
    free_result(&scalar);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("bits");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, bits_do_not_depend_on_threads_or_stored_gradients, 0,
                        SCENARIOS * OPTIMIZERS);
    tcase_add_loop_test(tcase, bits_do_not_depend_on_the_instruction_set, 0,
                        SCENARIOS * OPTIMIZERS);
    return run_case("bits", tcase);
}
