#include "cases.h"
#include "checks.h"
#include "dispatch.h"
#include "failure.h"
#include "sizes.h"
#include "small_net_case.h"

#include <math.h>
#include <string.h>

extern const struct lw_isa lw_isa_fmaf_reference;

static const struct small_net_shape shapes[] = {
    {1, 1, {{1, LW_ACTIVATION_LINEAR}}},
    {2, 1, {{1, LW_ACTIVATION_SIGMOID}}},
    {6, 1, {{1, LW_ACTIVATION_SIGMOID}}},
    {1, 2, {{1, LW_ACTIVATION_GELU}, {1, LW_ACTIVATION_SOFTMAX}}},
    {2, 2, {{2, LW_ACTIVATION_SIGMOID}, {1, LW_ACTIVATION_SIGMOID}}},
    {2, 3, {{10, LW_ACTIVATION_RELU}, {5, LW_ACTIVATION_LEAKY_RELU}, {1, LW_ACTIVATION_SIGMOID}}},
    {24, 2, {{8, LW_ACTIVATION_TANH}, {2, LW_ACTIVATION_LINEAR}}},
    {31, 3, {{16, LW_ACTIVATION_SILU}, {16, LW_ACTIVATION_RELU}, {16, LW_ACTIVATION_SIGMOID}}},
    {3, 1, {{16, LW_ACTIVATION_SOFTMAX}}},
    {4, 2, {{7, LW_ACTIVATION_GELU}, {3, LW_ACTIVATION_SOFTMAX}}},
    {5, 2, {{3, LW_ACTIVATION_SILU}, {2, LW_ACTIVATION_SIGMOID}}},
    {17, 3, {{13, LW_ACTIVATION_LEAKY_RELU}, {11, LW_ACTIVATION_TANH}, {9, LW_ACTIVATION_SOFTMAX}}},
    {3,
     8,
     {{2, LW_ACTIVATION_TANH},
      {3, LW_ACTIVATION_RELU},
      {4, LW_ACTIVATION_SIGMOID},
      {5, LW_ACTIVATION_GELU},
      {6, LW_ACTIVATION_SILU},
      {4, LW_ACTIVATION_LEAKY_RELU},
      {3, LW_ACTIVATION_LINEAR},
      {2, LW_ACTIVATION_SOFTMAX}}},
    {2, 2, {{2, LW_ACTIVATION_RELU}, {1, LW_ACTIVATION_GELU}}},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static const size_t row_counts[] = {
    0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 100, 255, 383, 384, 385, 769, 1000,
};
enum { ROW_COUNTS = sizeof row_counts / sizeof *row_counts };

static int fits(const struct small_net_shape *shape, lw_small_net_loss loss,
                enum small_net_target target)
{
    const lw_small_net_layer *last = &shape->layers[shape->layer_count - 1];
    switch (loss) {
    case LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY:
        return last->activation == LW_ACTIVATION_SIGMOID &&
               (target == TARGET_VALUES || last->units == 1);
    case LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY:
        return last->activation == LW_ACTIVATION_SOFTMAX;
    case LW_SMALL_NET_LOSS_SQUARED_ERROR:
        return 1;
    default:
        return target == TARGET_VALUES;
    }
}

/* Against the general kernels and plain sums; in parts; and with the fmaf reference. */
static void check_pass(struct tally *tally, const struct small_net_case *c)
{
    const struct lw_isa *const isa = lw_isa_current();
    struct small_net_results want, got;
    small_net_reference(c, &want);
    for (size_t parts = 1; parts <= (c->batch.rows > LW_SMALL_NET_BLOCK_ROWS ? 3u : 1u); parts++) {
        small_net_run(tally, c, parts, &got);
        small_net_compare(tally, c, &got, &want, parts == 1 ? "the general kernels" : "in parts");
        small_net_results_free(&got);
    }
    if (strcmp(isa->name, "scalar") != 0 && !is_fast()) {
        lw_isa_use(&lw_isa_fmaf_reference);
        small_net_run(tally, c, 1, &got);
        lw_isa_use(isa);
        small_net_compare(tally, c, &got, &want, "fmaf");
        small_net_results_free(&got);
    }
    small_net_results_free(&want);
}

static void check_updates(struct tally *tally, const struct small_net_case *c);

void case_small_net(struct tally *tally, const struct small_net_shape *shape, size_t rows,
                    lw_small_net_loss loss, enum small_net_target target, int picked)
{
    struct small_net_case c;
    if (!fits(shape, loss, target))
        return;
    small_net_case_create(&c, shape, rows, loss, target, picked);
    check_pass(tally, &c);
    if (rows <= LW_SMALL_NET_BLOCK_ROWS && loss != LW_SMALL_NET_LOSS_NONE)
        check_updates(tally, &c);
    small_net_case_destroy(&c);
}

void check_small_net(struct tally *tally, const struct operation *operation)
{
    (void)operation;
    /* In fast mode each shape runs a third of the row counts, different ones from the next. */
    const size_t step = is_fast() ? 3 : 1;
    for (size_t s = 0; s < SHAPES; s++) {
        for (size_t i = s % step; i < ROW_COUNTS; i += step) {
            for (lw_small_net_loss loss = LW_SMALL_NET_LOSS_NONE;
                 loss <= LW_SMALL_NET_LOSS_LOGIT_GRADIENT; loss++) {
                for (int kind = 0; kind < 4; kind++)
                    case_small_net(tally, &shapes[s], row_counts[i], loss,
                                   kind & 1 ? TARGET_LABELS : TARGET_VALUES, kind / 2);
            }
        }
    }
}

/* ---- Steps ---- */

static const lw_sgd_update_params sgd[] = {
    {.learning_rate = 0.1f},
    {.learning_rate = 0.1f, .momentum = 0.9f, .weight_decay = 0.01f},
    {.learning_rate = 0.1f, .momentum = 0.9f, .nesterov = 1},
};
static const lw_adam_update_params adam[] = {
    {.learning_rate = 0.1f, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f, .step = 1},
    {.learning_rate = 0.1f,
     .beta1 = 0.8f,
     .beta2 = 0.99f,
     .epsilon = 1e-8f,
     .weight_decay = 0.1f,
     .decoupled = 1,
     .step = 7},
};

enum { LONGEST = 2048 };

static void same(struct tally *tally, const struct small_net_case *c, const char *name,
                 const float *got, const float *want)
{
    for (size_t i = 0; i < c->plan.parameter_count; i++)
        TALLY_CHECK(tally, bits_of(got[i]) == bits_of(want[i]), "%s, step: %s[%zu] is %a, not %a",
                    small_net_case_title(c), name, i, (double)got[i], (double)want[i]);
}

/* A step is a pass and an update. */
static void check_update(struct tally *tally, const struct small_net_case *c,
                         const lw_small_net_update *update)
{
    const size_t n = c->plan.parameter_count, bytes = n * sizeof(float);
    float w[LONGEST], m[LONGEST], v[LONGEST], g[LONGEST] = {0.0f}, old[3][LONGEST];
    memcpy(old[0], c->parameters, bytes);
    memcpy(old[1], c->m, bytes);
    memcpy(old[2], c->v, bytes);
    memcpy(w, c->parameters, bytes);
    memcpy(m, c->m, bytes);
    memcpy(v, c->v, bytes);
    int failed = 0;
    if (c->batch.rows > 0)
        failed |= lw_small_net_pass(&c->plan, &c->batch, 0, 1, w, g, c->workspace) != LW_OK;
    if (update->sgd)
        failed |= lw_sgd_update(n, update->sgd, g, w, m) != LW_OK;
    else
        failed |= lw_adam_update(n, update->adam, g, w, m, v) != LW_OK;
    failed |= lw_small_net_step(&c->plan, &c->batch, update, c->parameters, c->sums, c->m,
                                update->adam ? c->v : NULL, c->workspace) != LW_OK;
    TALLY_CHECK(tally, !failed, "%s: %s", small_net_case_title(c), lw_last_error());
    same(tally, c, "gradients", c->sums, g);
    same(tally, c, "parameters", c->parameters, w);
    same(tally, c, "m", c->m, m);
    same(tally, c, "v", c->v, v);
    memcpy(c->parameters, old[0], bytes);
    memcpy(c->m, old[1], bytes);
    memcpy(c->v, old[2], bytes);
}

static void check_updates(struct tally *tally, const struct small_net_case *c)
{
    for (size_t i = 0; i < sizeof sgd / sizeof *sgd; i++)
        check_update(tally, c, &(lw_small_net_update){.sgd = &sgd[i]});
    for (size_t i = 0; i < sizeof adam / sizeof *adam; i++)
        check_update(tally, c, &(lw_small_net_update){.adam = &adam[i]});
}

/* ---- Special numbers ---- */

/* Row `row` of one input is special; losses and gradients must equal those of the general kernels.
 */
static void check_special(struct tally *tally, const struct small_net_shape *shape,
                          lw_small_net_loss loss, size_t rows, size_t row, float special)
{
    struct small_net_case c;
    small_net_case_create(&c, shape, rows, loss, TARGET_VALUES, 0);
    c.x[row * shape->inputs + shape->inputs - 1] = special;
    check_pass(tally, &c);
    if (isnan(special)) {
        TALLY_CHECK(tally, isnan(c.row_loss[row]), "%s: NaN does not reach the loss",
                    small_net_case_title(&c));
        TALLY_CHECK(tally, isnan(c.sums[(shape->inputs - 1) * shape->layers[0].units]),
                    "%s: NaN does not reach the gradient", small_net_case_title(&c));
    }
    small_net_case_destroy(&c);
}

/* The contents of lanes past the last row must not matter: biases that overflow where inputs are 0.
 */
static void check_idle_lanes(struct tally *tally)
{
    struct small_net_case c;
    small_net_case_create(&c, &shapes[5], 3, LW_SMALL_NET_LOSS_SQUARED_ERROR, TARGET_VALUES, 0);
    for (size_t j = 0; j < 10; j++) {
        c.parameters[c.plan.b[0] + j] = 3e38f;
        c.parameters[c.plan.w[0] + j] = -3e38f;
        c.parameters[c.plan.w[0] + 10 + j] = 0.0f;
    }
    for (size_t i = 0; i < 3; i++)
        c.x[i * 2] = 1.0f;
    check_pass(tally, &c);
    for (size_t i = 0; i < c.plan.parameter_count; i++)
        TALLY_CHECK(tally, isfinite(c.sums[i]), "idle lanes reach gradient %zu: %g", i,
                    (double)c.sums[i]);
    small_net_case_destroy(&c);
}

void check_special_small_net(struct tally *tally, const struct operation *operation)
{
    (void)operation;
    static const float specials[] = {NAN, INFINITY, -INFINITY, 0x1p-149f, -0.0f, 3e38f};
    static const size_t rows[] = {1, 4, 17, 40};
    for (size_t s = 0; s < SHAPES; s++) {
        const lw_activation last = shapes[s].layers[shapes[s].layer_count - 1].activation;
        for (size_t i = 0; i < 4; i++) {
            for (size_t k = 0; k < sizeof specials / sizeof *specials; k++) {
                check_special(tally, &shapes[s], LW_SMALL_NET_LOSS_SQUARED_ERROR, rows[i],
                              rows[i] - 1, specials[k]);
                if (last == LW_ACTIVATION_SIGMOID || last == LW_ACTIVATION_SOFTMAX)
                    check_special(tally, &shapes[s],
                                  last == LW_ACTIVATION_SIGMOID
                                      ? LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY
                                      : LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY,
                                  rows[i], 0, specials[k]);
            }
        }
    }
    check_idle_lanes(tally);
}

/* ---- Errors ---- */

static void check_plan_errors(struct tally *tally)
{
    static const char name[] = "lw_small_net_plan";
    const lw_small_net_layer good[] = {{3, LW_ACTIVATION_RELU}, {2, LW_ACTIVATION_SOFTMAX}};
    lw_small_net_layer bad[9] = {{3, LW_ACTIVATION_RELU}, {2, LW_ACTIVATION_SOFTMAX}};
    lw_small_net plan;
    TALLY_CHECK(tally, lw_small_net_plan(&plan, 2, 2, good) == LW_OK, "%s", lw_last_error());
    TALLY_CHECK(tally,
                plan.parameter_count == 64 && plan.w[1] == 32 && plan.b[0] == 16 && plan.b[1] == 48,
                "sections overlap or have other offsets");
    failure_check(tally, lw_small_net_plan(NULL, 2, 2, good), LW_EINVAL, name, "plan");
    failure_check(tally, lw_small_net_plan(&plan, 2, 2, NULL), LW_EINVAL, name, "layers");
    failure_check(tally, lw_small_net_plan(&plan, 0, 2, good), LW_ESHAPE, name, "inputs");
    failure_check(tally, lw_small_net_plan(&plan, 33, 2, good), LW_ESHAPE, name, "inputs");
    failure_check(tally, lw_small_net_plan(&plan, 2, 0, good), LW_ESHAPE, name, "layers");
    failure_check(tally, lw_small_net_plan(&plan, 2, 9, bad), LW_ESHAPE, name, "layers");
    bad[0].units = 9;
    failure_check(tally, lw_small_net_plan(&plan, 15, 1, bad), LW_ESHAPE, name, "layers");
    TALLY_CHECK(tally, !lw_small_net_fits(15, 1, bad) && lw_small_net_fits(14, 1, bad),
                "one layer");
    bad[0].units = 3;
    bad[1].units = 17;
    failure_check(tally, lw_small_net_plan(&plan, 2, 2, bad), LW_ESHAPE, name, "layers");
    bad[1].units = 0;
    failure_check(tally, lw_small_net_plan(&plan, 2, 2, bad), LW_ESHAPE, name, "layers");
    bad[1] = (lw_small_net_layer){2, (lw_activation)77};
    failure_check(tally, lw_small_net_plan(&plan, 2, 2, bad), LW_EINVAL, name, "layers");
    bad[1].activation = LW_ACTIVATION_RELU;
    bad[0].activation = LW_ACTIVATION_SOFTMAX;
    failure_check(tally, lw_small_net_plan(&plan, 2, 2, bad), LW_EINVAL, name, "layers");
    TALLY_CHECK(tally, plan.parameter_count == 64, "a failure changed the plan");
    TALLY_CHECK(tally,
                lw_small_net_blocks(0) == 0 && lw_small_net_blocks(1) == 1 &&
                    lw_small_net_blocks(LW_SMALL_NET_BLOCK_ROWS) == 1 &&
                    lw_small_net_blocks(LW_SMALL_NET_BLOCK_ROWS + 1) == 2 &&
                    lw_small_net_blocks(SIZE_MAX) == SIZE_MAX / LW_SMALL_NET_BLOCK_ROWS + 1,
                "lw_small_net_blocks is off");
}

static void check_batch_errors(struct tally *tally, struct small_net_case *c)
{
    static const char pass[] = "lw_small_net_pass", step[] = "lw_small_net_step";
    const lw_small_net *p = &c->plan;
    const lw_small_net_batch good = c->batch;
    lw_small_net_batch *b = &c->batch;
    float *w = c->parameters, *g = c->sums, *ws = c->workspace;
    const lw_small_net_update update = {.sgd = &sgd[0]}, momentum = {.sgd = &sgd[1]}, none = {0},
                              both = {.sgd = &sgd[0], .adam = &adam[0]},
                              second = {.adam = &adam[0]};
    failure_check(tally, lw_small_net_pass(NULL, b, 0, 1, w, g, ws), LW_EINVAL, pass, "plan");
    failure_check(tally, lw_small_net_pass(p, NULL, 0, 1, w, g, ws), LW_EINVAL, pass, "batch");
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, NULL, g, ws), LW_EINVAL, pass, "parameters");
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, NULL), LW_EINVAL, pass, "workspace");
    failure_check(tally, lw_small_net_pass(p, b, 1, 2, w, g, ws), LW_EINVAL, pass, "count");
    failure_check(tally, lw_small_net_pass(p, b, 3, 0, w, g, ws), LW_EINVAL, pass, "first");
    b->x = NULL;
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, ws), LW_EINVAL, pass, "x");
    *b = good;
    b->values = NULL;
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, ws), LW_EINVAL, pass, "values");
    b->loss = LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY;
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, ws), LW_EINVAL, pass, "loss");
    b->loss = LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY;
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, ws), LW_EINVAL, pass, "loss");
    b->loss = (lw_small_net_loss)9;
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, ws), LW_EINVAL, pass, "loss");
    b->loss = LW_SMALL_NET_LOSS_NONE;
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, ws), LW_EINVAL, pass, "sums");
    b->loss = LW_SMALL_NET_LOSS_OUTPUT_GRADIENT;
    b->gradient = NULL;
    failure_check(tally, lw_small_net_pass(p, b, 0, 1, w, g, ws), LW_EINVAL, pass, "gradient");
    *b = good;
    failure_check(tally, lw_small_net_step(p, b, &update, w, g, NULL, NULL, ws), LW_EINVAL, step,
                  "rows");
    b->rows = LW_SMALL_NET_BLOCK_ROWS;
    failure_check(tally, lw_small_net_step(p, b, &update, w, NULL, NULL, NULL, ws), LW_EINVAL, step,
                  "gradients");
    failure_check(tally, lw_small_net_step(p, b, NULL, w, g, NULL, NULL, ws), LW_EINVAL, step,
                  "update");
    failure_check(tally, lw_small_net_step(p, b, &none, w, g, NULL, NULL, ws), LW_EINVAL, step,
                  "update");
    failure_check(tally, lw_small_net_step(p, b, &both, w, g, NULL, NULL, ws), LW_EINVAL, step,
                  "update");
    failure_check(tally, lw_small_net_step(p, b, &momentum, w, g, NULL, NULL, ws), LW_EINVAL, step,
                  "velocity");
    failure_check(tally, lw_small_net_step(p, b, &second, w, g, c->m, NULL, ws), LW_EINVAL, step,
                  "v");
    *b = good;
}

void check_small_net_errors(struct tally *tally, const struct operation *operation)
{
    (void)operation;
    check_plan_errors(tally);
    struct small_net_case c, before;
    const size_t rows = LW_SMALL_NET_BLOCK_ROWS + 1;
    small_net_case_create(&c, &shapes[6], rows, LW_SMALL_NET_LOSS_SQUARED_ERROR, TARGET_VALUES, 0);
    small_net_case_create(&before, &shapes[6], rows, LW_SMALL_NET_LOSS_SQUARED_ERROR, TARGET_VALUES,
                          0);
    check_batch_errors(tally, &c);
    const size_t n = c.plan.parameter_count * sizeof(float);
    TALLY_CHECK(tally,
                !memcmp(c.parameters, before.parameters, n) && !memcmp(c.sums, before.sums, n) &&
                    !memcmp(c.m, before.m, n) && !memcmp(c.v, before.v, n) &&
                    !memcmp(c.y, before.y, rows * 2 * sizeof(float)) &&
                    !memcmp(c.row_loss, before.row_loss, rows * sizeof(float)),
                "a failure changed an output");
    small_net_case_destroy(&c);
    small_net_case_destroy(&before);
}
