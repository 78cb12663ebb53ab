/* Bad arguments of nn.h: training, evaluation and gradient checks. */
#include "net_operands.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

void bad_train_step(void)
{
    lw_net *net = watched_net();
    const lw_optimizer adam = lw_adam(0.01f), bad = lw_adam(NAN);
#define STEP(net, loss, optimizer, rows, x, target)                                                \
    lw_train_step(net, (lw_loss)(loss), optimizer, rows, x, target, &s.value)
    REFUSES(LW_EINVAL, "net", STEP(NULL, LW_LOSS_MSE, &adam, ROWS, s.x, &s.target));
    REFUSES(LW_EINVAL, "optimizer", STEP(net, LW_LOSS_MSE, NULL, ROWS, s.x, &s.target));
    REFUSES(LW_EINVAL, "rate", STEP(net, LW_LOSS_MSE, &bad, ROWS, s.x, &s.target));
    REFUSES(LW_EINVAL, "x", STEP(net, LW_LOSS_MSE, &adam, ROWS, NULL, &s.target));
    REFUSES(LW_EINVAL, "rows", STEP(net, LW_LOSS_MSE, &adam, 0, s.x, &s.target));
    REFUSES(LW_EINVAL, "target", STEP(net, LW_LOSS_MSE, &adam, ROWS, s.x, NULL));
    REFUSES(LW_EINVAL, "targets", STEP(net, LW_LOSS_MSE, &adam, ROWS, s.x, &s.both));
    REFUSES(LW_ESHAPE, "sigmoid",
            STEP(net, LW_LOSS_BINARY_CROSS_ENTROPY, &adam, ROWS, s.x, &s.target));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "loss",
                STEP(net, BAD_ENUM(LW_LOSS_CROSS_ENTROPY, i), &adam, ROWS, s.x, &s.target));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        REFUSES(LW_EINVAL, "rows", STEP(net, LW_LOSS_MSE, &adam, huge_sizes[i], s.x, &s.target));
        REFUSES(LW_EINVAL, "rows", STEP(net, LW_LOSS_MSE, &adam, huge_sizes[i], s.x, &s.by_label));
    }
    REFUSES(LW_ENOMEM, "memory", STEP(net, LW_LOSS_MSE, &adam, (size_t)1 << 50, s.x, &s.target));
    s.labels[2] = OUTPUTS;
    REFUSES(LW_EDATA, "row", STEP(net, LW_LOSS_DEFAULT, &adam, ROWS, s.x, &s.by_label));
    s.labels[2] = 0;
#undef STEP
    expect_usable(net);
}

void bad_evaluate(void)
{
    lw_net *net = watched_net();
    lw_dataset bad;
#define WITH(field, value) (bad = s.data, bad.field = (value), &bad)
#define EVALUATE(data)     lw_evaluate(net, data, LW_LOSS_DEFAULT, &s.evaluation)
    REFUSES(LW_EINVAL, "net", lw_evaluate(NULL, &s.data, LW_LOSS_DEFAULT, &s.evaluation));
    REFUSES(LW_EINVAL, "data", EVALUATE(NULL));
    REFUSES(LW_EINVAL, "evaluation", lw_evaluate(net, &s.data, LW_LOSS_DEFAULT, NULL));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(
            LW_EINVAL, "loss",
            lw_evaluate(net, &s.data, (lw_loss)BAD_ENUM(LW_LOSS_CROSS_ENTROPY, i), &s.evaluation));
    REFUSES(LW_EINVAL, "target", EVALUATE(WITH(target, (lw_target){0})));
    REFUSES(LW_ESHAPE, "inputs", EVALUATE(WITH(inputs, INPUTS - 1)));
    REFUSES(LW_ESHAPE, "classes", EVALUATE(WITH(outputs, OUTPUTS + 1)));
    REFUSES(LW_EDATA, "rows", EVALUATE(WITH(rows, 0)));
    REFUSES(LW_EINVAL, "x", EVALUATE(WITH(x, NULL)));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        REFUSES(LW_EINVAL, "rows", EVALUATE(WITH(rows, huge_sizes[i])));
        REFUSES(LW_EINVAL, "columns", EVALUATE(WITH(inputs, huge_sizes[i])));
        REFUSES(LW_ESHAPE, "classes", EVALUATE(WITH(outputs, huge_sizes[i])));
    }
#undef EVALUATE
    expect_usable(net);
}

void bad_evaluation_free(void)
{
    lw_evaluation none = {0};
    watch_memory(&none, sizeof none);
    HARMLESS(lw_evaluation_free(NULL));
    HARMLESS(lw_evaluation_free(&none));
}

void bad_history_free(void)
{
    lw_history none = {0};
    watch_memory(&none, sizeof none);
    HARMLESS(lw_history_free(NULL));
    HARMLESS(lw_history_free(&none));
}

/* Options that lw_fit and lw_fit_source shard. */
static void bad_options(lw_status (*fit)(lw_net *net, const lw_fit_options *options))
{
    lw_net *net = watched_net();
    const lw_fit_options good = {
        .size = sizeof good, .epochs = 1, .batch_size = 4, .history = &s.history};
    lw_fit_options bad;
    lw_dataset data = s.data;
    static const float wrong[] = {NAN, INFINITY, -1.0f, -INFINITY};
    static const size_t sizes[] = {0, 1, sizeof good - 1, SIZE_MAX};
#define OPTION(field, value) (bad = good, bad.field = (value), &bad)
    REFUSES(LW_EINVAL, "net", fit(NULL, &good));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        REFUSES(LW_EINVAL, "lw_fit_options", fit(net, OPTION(size, sizes[i])));
    for (int i = 0; i < BAD_ENUMS; i++) {
        REFUSES(LW_EINVAL, "loss",
                fit(net, OPTION(loss, (lw_loss)BAD_ENUM(LW_LOSS_CROSS_ENTROPY, i))));
        REFUSES(
            LW_EINVAL, "optimizer",
            fit(net, OPTION(optimizer.kind, (lw_optimizer_kind)BAD_ENUM(LW_OPTIMIZER_ADAMW, i))));
        REFUSES(LW_EINVAL, "schedule",
                fit(net, OPTION(schedule.kind, (lw_schedule_kind)BAD_ENUM(LW_SCHEDULE_COSINE, i))));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        REFUSES(LW_EINVAL, "clip_norm", fit(net, OPTION(clip_norm, wrong[i])));
        REFUSES(LW_EINVAL, "factor",
                fit(net, OPTION(schedule, ((lw_schedule){LW_SCHEDULE_COSINE, 0, wrong[i]}))));
        REFUSES(LW_EINVAL, "rate", fit(net, OPTION(optimizer, lw_sgd(wrong[i]))));
    }
    REFUSES(LW_EINVAL, "epochs",
            fit(net, OPTION(schedule, ((lw_schedule){LW_SCHEDULE_STEP, 0, 0.5f}))));
    REFUSES(LW_EINVAL, "start", fit(net, OPTION(start.epochs, 2)));
    REFUSES(LW_EINVAL, "start", fit(net, OPTION(start.epochs, SIZE_MAX)));
    REFUSES(LW_EINVAL, "start", fit(net, OPTION(start, ((lw_position){1, 1, 0.0}))));
    REFUSES(LW_EINVAL, "start", fit(net, OPTION(start, ((lw_position){0, 1, NAN}))));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_ENOMEM, "epochs", fit(net, OPTION(epochs, huge_sizes[i])));
    data.inputs = INPUTS - 1;
    REFUSES(LW_ESHAPE, "inputs", fit(net, OPTION(validation, &data)));
    data.inputs = INPUTS;
    data.rows = SIZE_MAX;
    REFUSES(LW_EINVAL, "rows", fit(net, OPTION(validation, &data)));
    data.rows = 0;
    REFUSES(LW_EDATA, "rows", fit(net, OPTION(validation, &data)));
    expect_usable(net);
}

static lw_status fit_data(lw_net *net, const lw_fit_options *options)
{
    return lw_fit(net, &s.data, options);
}

void bad_fit(void)
{
    bad_options(fit_data);
    lw_net *net = watched_net();
    lw_dataset bad;
    const lw_fit_options good = {.size = sizeof good, .history = &s.history};
#define FIT(data) lw_fit(net, data, &good)
    REFUSES(LW_EINVAL, "data", FIT(NULL));
    REFUSES(LW_EINVAL, "target", FIT(WITH(target, (lw_target){0})));
    REFUSES(LW_EINVAL, "target", FIT(WITH(target, s.both)));
    REFUSES(LW_ESHAPE, "inputs", FIT(WITH(inputs, INPUTS + 1)));
    REFUSES(LW_ESHAPE, "classes", FIT(WITH(outputs, OUTPUTS + 1)));
    REFUSES(LW_EDATA, "rows", FIT(WITH(rows, 0)));
    REFUSES(LW_EINVAL, "x", FIT(WITH(x, NULL)));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        REFUSES(LW_EINVAL, "rows", FIT(WITH(rows, huge_sizes[i])));
        REFUSES(LW_EINVAL, "columns", FIT(WITH(inputs, huge_sizes[i])));
    }
    s.x[3] = NAN;
    REFUSES(LW_EDATA, "row", FIT(&s.data));
    s.x[3] = 0.25f;
    s.labels[3] = -1;
    REFUSES(LW_EDATA, "row", FIT(&s.data));
    s.labels[3] = 1;
#undef FIT
    expect_usable(net);
}
#undef WITH

/* A source that delivers no more rows after the first ROWS, or `said` rows if that is set. */
static size_t said;
static lw_status answer;

static lw_status deliver(void *user, size_t epoch, int first, size_t max_rows, float *x,
                         float *values, int32_t *labels, size_t *rows)
{
    (void)user;
    (void)epoch;
    (void)values;
    ck_assert_uint_ge(max_rows, 4);
    for (size_t i = 0; i < 4; i++)
        labels[i] = 0;
    for (size_t i = 0; i < (size_t)4 * INPUTS; i++)
        x[i] = 0.5f;
    *rows = first ? said : 0;
    return answer == LW_OK ? LW_OK : lw_fail(answer, "said %s", "no");
}

static const lw_batch_source source = {
    .size = sizeof source, .inputs = INPUTS, .outputs = OUTPUTS, .has_labels = 1, .next = deliver};

static lw_status fit_source(lw_net *net, const lw_fit_options *options)
{
    said = 4;
    return lw_fit_source(net, &source, options);
}

void bad_fit_source(void)
{
    bad_options(fit_source);
    lw_net *net = watched_net();
    static const size_t sizes[] = {0, sizeof source - 1, SIZE_MAX};
    const lw_fit_options good = {
        .size = sizeof good, .batch_size = 4, .epochs = 1, .history = &s.history};
    lw_fit_options options;
    lw_batch_source bad;
#define WITH(field, value) (bad = source, bad.field = (value), &bad)
#define BATCH(rows)        (options = good, options.batch_size = (rows), &options)
#define FIT(source)        lw_fit_source(net, source, &good)
    REFUSES(LW_EINVAL, "source", FIT(NULL));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        REFUSES(LW_EINVAL, "lw_batch_source", FIT(WITH(size, sizes[i])));
    REFUSES(LW_EINVAL, "callback", FIT(WITH(next, NULL)));
    REFUSES(LW_ESHAPE, "inputs", FIT(WITH(inputs, 0)));
    REFUSES(LW_ESHAPE, "inputs", FIT(WITH(inputs, SIZE_MAX)));
    REFUSES(LW_ESHAPE, "classes", FIT(WITH(outputs, SIZE_MAX)));
    REFUSES(LW_EINVAL, "outputs", FIT(WITH(outputs, 0)));
    REFUSES(LW_ESHAPE, "outputs", (bad = source, bad.has_labels = 0, bad.outputs = 3, FIT(&bad)));
    REFUSES(LW_EINVAL, "batch", lw_fit_source(net, &source, BATCH(LW_FULL_BATCH)));
    for (size_t i = 1; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "rows", lw_fit_source(net, &source, BATCH(huge_sizes[i])));
    REFUSES(LW_ENOMEM, "memory", lw_fit_source(net, &source, BATCH((size_t)1 << 50)));
    said = 0;
    REFUSES(LW_EDATA, "rows", FIT(&source));
    said = 5;
    REFUSES(LW_EDATA, "rows", FIT(&source));
    said = SIZE_MAX;
    REFUSES(LW_EDATA, "rows", FIT(&source));
    said = 4;
    answer = LW_EIO;
    REFUSES(LW_EIO, "no", FIT(&source));
    answer = (lw_status)-1;
    REFUSES((lw_status)-1, "no", FIT(&source));
    answer = LW_OK;
#undef WITH
#undef FIT
#undef BATCH
    expect_usable(net);
}

/* ---- Gradient checks ------------------------------------------------------------------------- */

static double half_of_squares(const double *parameters, void *user)
{
    (void)user;
    return 0.5 * (parameters[0] * parameters[0] + parameters[1] * parameters[1]);
}

static double not_finite(const double *parameters, void *user)
{
    (void)parameters;
    (void)user;
    return (double)NAN;
}

void bad_gradient_check(void)
{
    static const double steps[] = {-1.0, (double)NAN, (double)INFINITY};
    watch_operands();
#define CHECK(n, parameters, gradient, f, step)                                                    \
    lw_gradient_check(n, parameters, gradient, f, NULL, step, &s.report)
    REFUSES(LW_EINVAL, "parameters", CHECK(2, NULL, s.gradient, half_of_squares, 0.0));
    REFUSES(LW_EINVAL, "gradient", CHECK(2, s.parameters, NULL, half_of_squares, 0.0));
    REFUSES(LW_EINVAL, "f", CHECK(2, s.parameters, s.gradient, NULL, 0.0));
    REFUSES(LW_EINVAL, "report",
            lw_gradient_check(2, s.parameters, s.gradient, half_of_squares, NULL, 0.0, NULL));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        REFUSES(LW_EINVAL, "step", CHECK(2, s.parameters, s.gradient, half_of_squares, steps[i]));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "parameters",
                CHECK(huge_sizes[i], s.parameters, s.gradient, half_of_squares, 0.0));
    REFUSES(LW_EDATA, "finite", CHECK(2, s.parameters, s.gradient, not_finite, 0.0));
    REFUSES(LW_EDATA, "zero", CHECK(0, NULL, NULL, half_of_squares, 0.0));
    s.gradient[1] = (double)INFINITY;
    REFUSES(LW_EDATA, "gradient", CHECK(2, s.parameters, s.gradient, half_of_squares, 0.0));
#undef CHECK
}

void bad_net_gradient_check(void)
{
    lw_net *net = watched_net();
#define CHECK(net, loss, rows, x, target)                                                          \
    lw_net_gradient_check(net, (lw_loss)(loss), rows, x, target, &s.report)
    REFUSES(LW_EINVAL, "net", CHECK(NULL, LW_LOSS_MSE, ROWS, s.x, &s.target));
    REFUSES(LW_EINVAL, "x", CHECK(net, LW_LOSS_MSE, ROWS, NULL, &s.target));
    REFUSES(LW_EINVAL, "target", CHECK(net, LW_LOSS_MSE, ROWS, s.x, NULL));
    REFUSES(LW_EINVAL, "rows", CHECK(net, LW_LOSS_MSE, 0, s.x, &s.target));
    REFUSES(LW_EINVAL, "report",
            lw_net_gradient_check(net, LW_LOSS_MSE, ROWS, s.x, &s.target, NULL));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "loss",
                CHECK(net, BAD_ENUM(LW_LOSS_CROSS_ENTROPY, i), ROWS, s.x, &s.target));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "rows", CHECK(net, LW_LOSS_MSE, huge_sizes[i], s.x, &s.target));
#undef CHECK
    expect_usable(net);
}
