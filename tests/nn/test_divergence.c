/* Training that diverges: the error names the step and the layer, and the network is as before that
 * step. */
#include "train/parameters.h"
#include "training_problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct scenario {
    const char *name;
    size_t units, rows, batch; /* units of the hidden layer */
    float rate;
    lw_precision precision;
    float clip_norm;
} scenario;

/* Squared errors of linear outputs, with learning rates that make them grow. */
static const scenario scenarios[] = {
    {"layered", 40, 90, 20, 30.0f, LW_PRECISION_FP32, 0.0f},
    {"layered, gradients stored", 40, 2100, 1100, 30.0f, LW_PRECISION_FP32, 0.0f},
    {"layered, full batch", 40, 90, LW_FULL_BATCH, 30.0f, LW_PRECISION_FP32, 0.0f},
    {"bf16", 40, 90, 20, 30.0f, LW_PRECISION_BF16, 0.0f},
    {"bf16, gradients stored", 40, 2100, 1100, 30.0f, LW_PRECISION_BF16, 0.0f},
    {"small net", 6, 90, 20, 30.0f, LW_PRECISION_FP32, 0.0f},
    {"small net, several blocks", 6, 900, 400, 30.0f, LW_PRECISION_FP32, 0.0f},
    {"small net, full batch", 6, 90, LW_FULL_BATCH, 30.0f, LW_PRECISION_FP32, 0.0f},
    {"layered, clipped", 40, 90, 20, 1e30f, LW_PRECISION_FP32, 1.0f},
    {"small net, clipped", 6, 90, 20, 1e30f, LW_PRECISION_FP32, 1.0f},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios, EPOCHS = 400 };

static lw_net *new_net(const scenario *s)
{
    const lw_layer_spec layers[] = {{.units = s->units, .activation = LW_ACTIVATION_RELU},
                                    {.units = OUTPUTS, .activation = LW_ACTIVATION_LINEAR}};
    lw_net *net = make_net(INPUTS, layers, 2, 7);
    ASSERT_OK(lw_net_set_precision(net, s->precision));
    return net;
}

static lw_fit_options options_of(const scenario *s)
{
    return (lw_fit_options){.size = sizeof(lw_fit_options),
                            .optimizer = lw_sgd_momentum(s->rate, 0.5f),
                            .batch_size = s->batch,
                            .epochs = EPOCHS,
                            .clip_norm = s->clip_norm};
}

/* Reads epoch and batch from the beginning of the message. */
static void position_in_message(size_t *epoch, size_t *batch)
{
    ck_assert_msg(sscanf(lw_last_error(), "lw_fit: epoch %zu, batch %zu: ", epoch, batch) == 2,
                  "\"%s\" names no step", lw_last_error());
}

static int stop_there(void *user, const lw_batch_report *report)
{
    const lw_position *there = user;
    return report->position.epochs == there->epochs && report->position.batches == there->batches;
}

static void assert_same_networks(const char *what, const lw_net *net, const lw_net *other)
{
    float *got = parameters_of(net), *want = parameters_of(other);
    const size_t n = lw_net_parameter_count(net);
    assert_same_bits(what, n, got, want);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(isfinite(got[i]), "%s: parameter %zu is %g", what, i, (double)got[i]);
    ck_assert_uint_eq(net->optimizer.steps, other->optimizer.steps);
    ck_assert_uint_eq(net->random.state, other->random.state);
    lw_view_get(net, LW_VIEW_VELOCITY, got);
    lw_view_get(other, LW_VIEW_VELOCITY, want);
    assert_same_bits(what, n, got, want);
    free(got);
    free(want);
}

/* Trains without callbacks, and with callbacks on three threads. Both runs stop at the same step
 * with the same message, and so does a resumed run. */
START_TEST(a_nonfinite_loss_stops_the_run_before_the_update)
{
    const scenario *s = &scenarios[_i];
    problem p = make_problem(s->rows);
    const lw_dataset data = {.rows = s->rows,
                             .inputs = INPUTS,
                             .outputs = OUTPUTS,
                             .x = p.x,
                             .target = {.values = p.values}};
    lw_fit_options options = options_of(s);
    lw_net *unseen = new_net(s), *watched = new_net(s), *stopped = new_net(s);
    size_t epoch, batch, again_epoch, again_batch;
    char message[512];
    ASSERT_FAILS(LW_EDIVERGED, "not finite: ", lw_fit(unseen, &data, &options));
    position_in_message(&epoch, &batch);
    snprintf(message, sizeof message, "%s", lw_last_error());
    ck_assert_msg(strstr(message, "layer ") || strstr(message, "all parameters and outputs are"),
                  "%s: \"%s\" names no layer", s->name, message);

    observer seen = {0};
    lw_history history = {.count = 77};
    options.on_epoch = see_epoch;
    options.user = &seen;
    options.history = &history;
    lw_net_set_threads(watched, 3);
    ASSERT_FAILS(LW_EDIVERGED, "not finite: ", lw_fit(watched, &data, &options));
    position_in_message(&again_epoch, &again_batch);
    ck_assert(epoch == again_epoch && batch == again_batch);
    ck_assert_str_eq(lw_last_error(), message);
    ck_assert_uint_eq(seen.epochs, epoch - 1);
    ck_assert_uint_eq(history.count, 77);

    lw_position there = {.epochs = epoch - 1, .batches = batch - 1};
    ck_assert_uint_gt(there.epochs + there.batches, 0);
    lw_fit_options until = options_of(s);
    until.on_batch = stop_there;
    until.user = &there;
    ASSERT_OK(lw_fit(stopped, &data, &until));
    assert_same_networks(s->name, unseen, stopped);
    assert_same_networks(s->name, watched, stopped);
    lw_net_destroy(unseen);
    lw_net_destroy(watched);
    lw_net_destroy(stopped);
    free_problem(&p);
}
END_TEST

/* 1-1, linear: w and b change by -1.022 times the output in a step, so that squares overflow after
 * 1042 steps and parameters long after them. Alone, as a step that is repeated and as one of
 * several blocks of rows. */
START_TEST(a_loss_that_overflows_before_the_parameters_ends_the_run)
{
    static const size_t rows[] = {1, 20, 900};
    const size_t n = rows[_i % 3];
    const int is_repeated = _i < 3;
    const lw_layer_spec layer = {.units = 1, .init = LW_INIT_ZEROS};
    float *x = uniform_floats(n, 1.0f, 1.0f, 1), *zeros = uniform_floats(n, 0.0f, 0.0f, 1);
    const lw_dataset data = {
        .rows = n, .inputs = 1, .outputs = 1, .x = x, .target = {.values = zeros}};
    lw_fit_options options = {.size = sizeof options,
                              .loss = LW_LOSS_MSE,
                              .optimizer = lw_sgd(0.511f),
                              .batch_size = is_repeated ? LW_FULL_BATCH : (n + 1) / 2,
                              .epochs = 2000};
    lw_history history;
    char messages[2][512];
    float parameters[2][2];
    for (int watched = 0; watched < 2; watched++) {
        lw_net *net = make_net(1, &layer, 1, 1);
        ASSERT_OK(lw_net_set_parameters(net, (float[]){0.5f, 0.5f}));
        options.history = watched ? &history : NULL;
        ASSERT_FAILS(LW_EDIVERGED, "the loss is not finite: all parameters and outputs are",
                     lw_fit(net, &data, &options));
        snprintf(messages[watched], sizeof messages[watched], "%s", lw_last_error());
        ASSERT_OK(lw_net_get_parameters(net, parameters[watched]));
        lw_net_destroy(net);
    }
    ck_assert_str_eq(messages[0], messages[1]);
    assert_same_bits("parameters", 2, parameters[0], parameters[1]);
    free(x);
    free(zeros);
}
END_TEST

typedef struct extreme {
    size_t units;
    lw_activation activation;
    lw_loss loss;
    int labels;
} extreme;

static const extreme extremes[] = {
    {1, LW_ACTIVATION_LINEAR, LW_LOSS_MSE, 0},
    {1, LW_ACTIVATION_RELU, LW_LOSS_SSE, 0},
    {1, LW_ACTIVATION_SIGMOID, LW_LOSS_BINARY_CROSS_ENTROPY, 0},
    {1, LW_ACTIVATION_SIGMOID, LW_LOSS_MSE, 1},
    {3, LW_ACTIVATION_LINEAR, LW_LOSS_HALF_MSE, 0},
    {3, LW_ACTIVATION_SIGMOID, LW_LOSS_BINARY_CROSS_ENTROPY, 0},
    {3, LW_ACTIVATION_SOFTMAX, LW_LOSS_CROSS_ENTROPY, 1},
    {3, LW_ACTIVATION_SOFTMAX, LW_LOSS_CROSS_ENTROPY, 0},
    {3, LW_ACTIVATION_SOFTMAX, LW_LOSS_MSE, 1},
};
enum { EXTREMES = sizeof extremes / sizeof *extremes };

/* Random numbers of magnitudes up to that of the largest float. */
static void fill_extremes(size_t n, float *x, uint64_t *state, int exponents)
{
    for (size_t i = 0; i < n; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        const int exponent = (int)(*state >> 40) % exponents;
        x[i] = ldexpf((float)(int32_t)(*state >> 32) * 0x1p-31f, exponent);
    }
}

/* With its loss, without it, and by general kernels, a step ends alike. */
START_TEST(a_step_whose_loss_is_not_wanted_checks_it)
{
    static const size_t rows[] = {1, 3, 8, 17, 384, 500};
    enum { ROWS_MAX = 500, IN = 2, OUT_MAX = 3 };
    const extreme *e = &extremes[_i];
    const lw_optimizer sgd = lw_sgd(0.1f);
    static float x[ROWS_MAX * IN], values[ROWS_MAX * OUT_MAX];
    static int32_t labels[ROWS_MAX];
    uint64_t state = (uint64_t)_i + 1;
    size_t failures = 0, trials = 0;
    for (size_t trial = 0; trial < 60; trial++)
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
            const lw_layer_spec layer = {.units = e->units, .activation = e->activation};
            const size_t n = rows[r], parameters = (IN + 1) * e->units;
            float before[(IN + 1) * OUT_MAX], after[3][(IN + 1) * OUT_MAX];
            lw_status status[3];
            fill_extremes(parameters, before, &state, 20 + (int)trial);
            fill_extremes(n * IN, x, &state, 60);
            fill_extremes(n * e->units, values, &state, e->loss == LW_LOSS_MSE ? 64 : 1);
            for (size_t i = 0; i < n; i++)
                labels[i] = (int32_t)(i % (e->units == 1 ? 2 : e->units));
            const lw_target target = {.values = e->labels ? NULL : values,
                                      .labels = e->labels ? labels : NULL};
            for (int way = 0; way < 3; way++) {
                lw_net *net = make_net(IN, &layer, 1, 1);
                double value;
                if (way == 2)
                    use_general_kernels(net);
                ASSERT_OK(lw_net_set_parameters(net, before));
                status[way] = lw_train_step(net, e->loss, &sgd, n, x, &target, way ? &value : NULL);
                ASSERT_OK(lw_net_get_parameters(net, after[way]));
                lw_net_destroy(net);
            }
            ck_assert_msg(status[0] == status[1] && status[1] == status[2],
                          "%zu rows, trial %zu: %s, %s, %s", n, trial, lw_status_name(status[0]),
                          lw_status_name(status[1]), lw_status_name(status[2]));
            if (status[0] == LW_EDIVERGED)
                assert_same_bits("after failure", parameters, after[0], before);
            failures += status[0] == LW_EDIVERGED;
            trials++;
        }
    const int is_bounded = e->activation == LW_ACTIVATION_SIGMOID && e->loss == LW_LOSS_MSE;
    ck_assert((is_bounded || failures > 0) && failures < trials);
}
END_TEST

/* ---- Error messages -------------------------------------------------------------------------- */

/* A 1-2-1 network with given parameters, on the general kernels or as a small net. */
static lw_net *tiny_net(int general, float w0, float b0, float w1)
{
    const lw_layer_spec layers[] = {{.units = 2, .activation = LW_ACTIVATION_RELU},
                                    {.units = 1, .activation = LW_ACTIVATION_LINEAR}};
    lw_net *net = make_net(1, layers, 2, 1);
    if (general)
        use_general_kernels(net);
    ASSERT_OK(lw_net_set_layer(net, 0, (float[]){1.0f, w0}, (float[]){0.0f, b0}));
    ASSERT_OK(lw_net_set_layer(net, 1, (float[]){1.0f, w1}, (float[]){0.0f}));
    return net;
}

typedef struct named {
    float w0, b0, w1, x, rate, clip_norm;
    lw_status status;
    const char *message;
} named;

static const named names[] = {
    {NAN, 0, 1, 1, 1, 0, LW_EDATA,
     "before the first step: layer 0 (1 -> 2, relu): weight [0][1] is nan"},
    {1, INFINITY, 1, 1, 1, 0, LW_EDATA,
     "before the first step: layer 0 (1 -> 2, relu): bias [1] is inf"},
    {1, 0, -INFINITY, 1, 1, 0, LW_EDATA, "layer 1 (2 -> 1, linear): weight [1][0] is -inf"},
    {1e30f, 0, 1, 1e20f, 1, 0, LW_EDIVERGED,
     "epoch 1, batch 1: the loss is not finite: layer 0 (1 -> 2, relu): output 1 is not finite for "
     "row 0 of the batch"},
    {1e20f, 0, 1e20f, 1, 1, 0, LW_EDIVERGED,
     "epoch 1, batch 1: the loss is not finite: layer 1 (2 -> 1, linear): output 0 is not finite "
     "for row 0"},
    {1e10f, 0, 1e15f, 1, 1, 0, LW_EDIVERGED,
     "epoch 1, batch 1: the loss is not finite: all parameters and outputs are finite"},
    {1, 0, 1, 1e18f, 1e10f, 0, LW_EDIVERGED,
     "after epoch 1 and batch 0: layer 0 (1 -> 2, relu): weight [0][0] is -inf"},
    {1e-10f, 0, 1e5f, 1e18f, 1, 1, LW_EDIVERGED,
     "epoch 1, batch 1: the norm of the gradients is not finite: layer 0 (1 -> 2, relu): the "
     "gradient of weight [0][1] is inf"},
};
enum { NAMES = sizeof names / sizeof *names };

/* Each case with general kernels and as a small net, on a data set and a source, with and without
 * callbacks. */
static lw_status deliver_once(void *user, size_t epoch, int first, size_t max_rows, float *x,
                              float *values, int32_t *labels, size_t *rows)
{
    (void)epoch;
    (void)labels;
    *rows = first && max_rows > 0;
    *x = *(const float *)user;
    *values = 0.0f;
    return LW_OK;
}

START_TEST(errors_name_step_and_layer)
{
    const named *c = &names[_i / 8];
    const int general = _i & 1, by_source = _i & 2, watched = _i & 4;
    const float zero = 0.0f;
    float x = c->x;
    const lw_dataset data = {
        .rows = 1, .inputs = 1, .outputs = 1, .x = &x, .target = {.values = &zero}};
    const lw_batch_source source = {sizeof source, 1, 1, 0, deliver_once, &x};
    lw_net *net = tiny_net(general, c->w0, c->b0, c->w1);
    lw_history history;
    const lw_fit_options options = {.size = sizeof options,
                                    .loss = LW_LOSS_MSE,
                                    .optimizer = lw_sgd(c->rate),
                                    .epochs = 1,
                                    .clip_norm = c->clip_norm,
                                    .history = watched ? &history : NULL};
    float *before = parameters_of(net);
    if (by_source)
        ASSERT_FAILS(c->status, c->message, lw_fit_source(net, &source, &options));
    else
        ASSERT_FAILS(c->status, c->message, lw_fit(net, &data, &options));
    if (!strstr(c->message, "after epoch")) {
        float *after = parameters_of(net);
        assert_same_bits(c->message, lw_net_parameter_count(net), after, before);
        free(after);
    }
    free(before);
    lw_net_destroy(net);
}
END_TEST

/* A validation loss that is not finite is also reported, and an infinite parameter before on_epoch
 * is called. */
START_TEST(validation_loss_and_parameters_are_checked_after_an_epoch)
{
    static const float x[] = {1.0f, 1e20f, 1e18f}, zero = 0.0f;
    lw_dataset data = {.rows = 1, .inputs = 1, .outputs = 1, .x = x, .target = {.values = &zero}};
    lw_dataset far = data;
    far.x = x + 1;
    lw_net *net = tiny_net(_i, 1.0f, 0.0f, 1.0f);
    observer seen = {0};
    lw_fit_options options = {.size = sizeof options,
                              .loss = LW_LOSS_MSE,
                              .optimizer = lw_sgd(0.001f),
                              .epochs = 2,
                              .validation = &far,
                              .on_epoch = see_epoch,
                              .user = &seen};
    ASSERT_FAILS(LW_EDIVERGED,
                 "epoch 1, validation: the loss is not finite: all parameters and outputs are",
                 lw_fit(net, &data, &options));
    options.validation = NULL;
    options.optimizer = lw_sgd(1e10f);
    data.x = x + 2;
    ASSERT_FAILS(LW_EDIVERGED, "after epoch 1: layer 0 (1 -> 2, relu): weight [0][0] is -inf",
                 lw_fit(net, &data, &options));
    ck_assert_uint_eq(seen.epochs, 0);
    lw_net_destroy(net);
}
END_TEST

/* ---- Custom training loops ------------------------------------------------------------------- */

START_TEST(a_diverging_single_step_changes_nothing)
{
    const scenario *s = &scenarios[_i];
    problem p = make_problem(s->rows);
    const lw_optimizer momentum = lw_sgd_momentum(0.01f, 0.5f);
    const lw_target target = {.values = p.values};
    lw_net *net = new_net(s), *other = new_net(s);
    double value = 5.0;
    ASSERT_OK(lw_train_step(net, LW_LOSS_MSE, &momentum, s->rows, p.x, &target, NULL));
    ASSERT_OK(lw_train_step(other, LW_LOSS_MSE, &momentum, s->rows, p.x, &target, NULL));
    p.x[5] = 1e30f;
    ASSERT_FAILS(LW_EDIVERGED, "the loss is not finite: all parameters and outputs are finite",
                 lw_train_step(net, LW_LOSS_MSE, &momentum, s->rows, p.x, &target, &value));
    ck_assert_double_eq(value, 5.0);
    if (!net->small_net)
        ASSERT_FAILS(LW_EDIVERGED, "the loss is not finite",
                     lw_train_step(net, LW_LOSS_MSE, &momentum, s->rows, p.x, &target, NULL));
    assert_same_networks(s->name, net, other);
    ASSERT_FAILS(LW_ESTATE, "no gradients", lw_net_step(net, &momentum));
    p.x[5] = 0.0f;
    ASSERT_OK(lw_train_step(net, LW_LOSS_MSE, &momentum, s->rows, p.x, &target, &value));
    ASSERT_OK(lw_train_step(other, LW_LOSS_MSE, &momentum, s->rows, p.x, &target, &value));
    assert_same_networks(s->name, net, other);
    lw_net_destroy(net);
    lw_net_destroy(other);
    free_problem(&p);
}
END_TEST

/* An input that only bf16 rounds to infinity: the search for it has to round too. */
START_TEST(the_search_has_the_precision_of_the_step)
{
    const lw_layer_spec layer = {.units = 1};
    const float x = 3.4e38f, t = 0.0f, w = 1e-35f;
    const lw_target target = {.values = &t};
    const lw_optimizer sgd = lw_sgd(0.1f);
    double loss = 0.0;
    lw_net *net = make_net(1, &layer, 1, 1);
    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_BF16));
    ASSERT_OK(lw_net_set_layer(net, 0, &w, &t));
    ASSERT_FAILS(LW_EDIVERGED, "layer 0 (1 -> 1, linear): output 0 is not finite for row 0",
                 lw_train_step(net, LW_LOSS_MSE, &sgd, 1, &x, &target, &loss));
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *divergence = tcase_create("divergence");
    tcase_set_timeout(divergence, 120);
    tcase_add_test(divergence, the_search_has_the_precision_of_the_step);
    tcase_add_loop_test(divergence, a_nonfinite_loss_stops_the_run_before_the_update, 0, SCENARIOS);
    tcase_add_loop_test(divergence, errors_name_step_and_layer, 0, 8 * NAMES);
    tcase_add_loop_test(divergence, validation_loss_and_parameters_are_checked_after_an_epoch, 0,
                        2);
    tcase_add_loop_test(divergence, a_diverging_single_step_changes_nothing, 0, SCENARIOS);
    tcase_add_loop_test(divergence, a_loss_that_overflows_before_the_parameters_ends_the_run, 0, 6);
    tcase_add_loop_test(divergence, a_step_whose_loss_is_not_wanted_checks_it, 0, EXTREMES);
    return run_case("divergence", divergence);
}
