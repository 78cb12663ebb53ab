/* Bad arguments of narrow.h, which does not check whether buffers overlap. */
#include "cases_kernels.h"

#include <lanewise/internal/small_net.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

enum { ROWS = 5, IN = 3, OUT = 2, LONG = 1024, WORK = 65536 };

static struct {
    float x[LONG], values[LONG], gradient[LONG], y[LONG], loss[LONG];
    float parameters[LONG], sums[LONG], m[LONG], v[LONG];
    int32_t labels[LONG];
    size_t index[LONG];
    lw_small_net plan;
    lw_small_net_batch batch;
} s;
static float work[WORK]; /* workspace, inputs and outputs */

static const lw_small_net_layer layers[2] = {{4, LW_ACTIVATION_RELU}, {OUT, LW_ACTIVATION_LINEAR}};

static void prepare(void)
{
    ck_assert_int_eq(lw_small_net_plan(&s.plan, IN, 2, layers), LW_OK);
    ck_assert_uint_le(s.plan.workspace, WORK);
    s.batch = (lw_small_net_batch){.rows = ROWS,
                                   .x = s.x,
                                   .loss = LW_SMALL_NET_LOSS_SQUARED_ERROR,
                                   .values = s.values,
                                   .scale = 1.0f,
                                   .y = s.y,
                                   .row_loss = s.loss};
    watch_memory(&s, sizeof s);
}

void bad_small_net_blocks(void)
{
    HOLDS(lw_small_net_blocks(0) == 0);
    HOLDS(lw_small_net_blocks(SIZE_MAX) == SIZE_MAX / LW_SMALL_NET_BLOCK_ROWS + 1);
}

void bad_small_net_fits(void)
{
    lw_small_net_layer bad[2] = {layers[0], layers[1]};
    HOLDS(lw_small_net_fits(IN, 2, layers));
    HOLDS(!lw_small_net_fits(IN, 2, NULL) && !lw_small_net_fits(IN, 0, NULL));
    HOLDS(!lw_small_net_fits(0, 2, layers) && !lw_small_net_fits(IN, 0, layers));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        bad[1].units = huge_sizes[i];
        HOLDS(!lw_small_net_fits(huge_sizes[i], 2, layers) &&
              !lw_small_net_fits(IN, huge_sizes[i], layers) && !lw_small_net_fits(IN, 2, bad));
    }
}

void bad_small_net_plan(void)
{
    prepare();
    lw_small_net_layer bad[2] = {layers[0], layers[1]};
    REFUSES(LW_EINVAL, "plan", lw_small_net_plan(NULL, IN, 2, layers));
    REFUSES(LW_EINVAL, "layers", lw_small_net_plan(&s.plan, IN, 2, NULL));
    REFUSES(LW_ESHAPE, "inputs", lw_small_net_plan(&s.plan, 0, 2, layers));
    REFUSES(LW_ESHAPE, "layers", lw_small_net_plan(&s.plan, IN, 0, layers));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_ESHAPE, "inputs", lw_small_net_plan(&s.plan, huge, 2, layers));
        REFUSES(LW_ESHAPE, "layers", lw_small_net_plan(&s.plan, IN, huge, layers));
        bad[0].units = huge;
        REFUSES(LW_ESHAPE, "layers", lw_small_net_plan(&s.plan, IN, 2, bad));
    }
    for (int i = 0; i < BAD_ENUMS; i++) {
        bad[0] = layers[0];
        bad[1].activation = (lw_activation)BAD_ENUM(LW_ACTIVATION_SOFTMAX, i);
        REFUSES(LW_EINVAL, "activation", lw_small_net_plan(&s.plan, IN, 2, bad));
    }
    bad[0].activation = LW_ACTIVATION_SOFTMAX;
    REFUSES(LW_EINVAL, "activation", lw_small_net_plan(&s.plan, IN, 2, bad));
}

/* A copy of the batch with one field changed. */
#define BATCH(field, value) (bad = s.batch, bad.field = (value), &bad)

void bad_small_net_pass(void)
{
    prepare();
    lw_small_net_batch bad;
    const lw_small_net none = {0};
#define CALL(plan, batch, first, count)                                                            \
    lw_small_net_pass(plan, batch, first, count, s.parameters, s.sums, work)
    REFUSES(LW_EINVAL, "plan", CALL(NULL, &s.batch, 0, 1));
    REFUSES(LW_EINVAL, "plan", CALL(&none, &s.batch, 0, 1));
    REFUSES(LW_EINVAL, "batch", CALL(&s.plan, NULL, 0, 1));
    REFUSES(LW_EINVAL, "parameters",
            lw_small_net_pass(&s.plan, &s.batch, 0, 1, NULL, s.sums, work));
    REFUSES(LW_EINVAL, "workspace",
            lw_small_net_pass(&s.plan, &s.batch, 0, 1, s.parameters, s.sums, NULL));
    REFUSES(LW_EINVAL, "x", CALL(&s.plan, BATCH(x, NULL), 0, 1));
    REFUSES(LW_EINVAL, "values", CALL(&s.plan, BATCH(values, NULL), 0, 1));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "loss",
                CALL(&s.plan,
                     BATCH(loss, (lw_small_net_loss)BAD_ENUM(LW_SMALL_NET_LOSS_LOGIT_GRADIENT, i)),
                     0, 1));
    REFUSES(LW_EINVAL, "sigmoid",
            CALL(&s.plan, BATCH(loss, LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY), 0, 1));
    REFUSES(LW_EINVAL, "softmax",
            CALL(&s.plan, BATCH(loss, LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY), 0, 1));
    REFUSES(LW_EINVAL, "gradient",
            CALL(&s.plan, BATCH(loss, LW_SMALL_NET_LOSS_OUTPUT_GRADIENT), 0, 1));
    REFUSES(LW_EINVAL, "gradient",
            CALL(&s.plan, BATCH(loss, LW_SMALL_NET_LOSS_LOGIT_GRADIENT), 0, 1));
    REFUSES(LW_EINVAL, "sums", CALL(&s.plan, BATCH(loss, LW_SMALL_NET_LOSS_NONE), 0, 1));
    REFUSES(LW_EINVAL, "first", CALL(&s.plan, &s.batch, 2, 0));
    REFUSES(LW_EINVAL, "count", CALL(&s.plan, &s.batch, 0, 2));
    REFUSES(LW_EINVAL, "count", CALL(&s.plan, BATCH(rows, 0), 0, 1));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "rows", CALL(&s.plan, BATCH(rows, huge), 0, 1));
        REFUSES(LW_EINVAL, "first", CALL(&s.plan, &s.batch, huge, 1));
        REFUSES(LW_EINVAL, "count", CALL(&s.plan, &s.batch, 1, huge));
    }
    IDLE(CALL(&s.plan, &s.batch, 1, 0));
    IDLE(CALL(&s.plan, BATCH(rows, 0), 0, 0));
    ACCEPTS(CALL(&s.plan, &s.batch, 0, 1));
#undef CALL
}

void bad_small_net_step(void)
{
    prepare();
    lw_small_net_batch bad;
    const lw_small_net no_plan = {0};
    const lw_sgd_update_params sgd = {.learning_rate = 1.0f, .momentum = 0.5f},
                               nesterov = {.nesterov = 1};
    const lw_adam_update_params adam = {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 0, 1},
                                no_step = {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 0, 0},
                                beta = {1e-3f, 1.0f, 0.999f, 1e-8f, 0.0f, 0, 1};
    const lw_small_net_update by_sgd = {.sgd = &sgd}, by_adam = {.adam = &adam},
                              both = {&sgd, &adam}, none = {0}, by_nesterov = {.sgd = &nesterov},
                              by_no_step = {.adam = &no_step}, by_beta = {.adam = &beta};
#define CALL(plan, batch, update, m, v)                                                            \
    lw_small_net_step(plan, batch, update, s.parameters, s.sums, m, v, work)
    REFUSES(LW_EINVAL, "plan", CALL(NULL, &s.batch, &by_sgd, s.m, NULL));
    REFUSES(LW_EINVAL, "plan", CALL(&no_plan, &s.batch, &by_sgd, s.m, NULL));
    REFUSES(LW_EINVAL, "batch", CALL(&s.plan, NULL, &by_sgd, s.m, NULL));
    REFUSES(LW_EINVAL, "update", CALL(&s.plan, &s.batch, NULL, s.m, NULL));
    REFUSES(LW_EINVAL, "update", CALL(&s.plan, &s.batch, &none, s.m, NULL));
    REFUSES(LW_EINVAL, "update", CALL(&s.plan, &s.batch, &both, s.m, NULL));
    REFUSES(LW_EINVAL, "velocity", CALL(&s.plan, &s.batch, &by_sgd, NULL, NULL));
    REFUSES(LW_EINVAL, "nesterov", CALL(&s.plan, &s.batch, &by_nesterov, s.m, NULL));
    REFUSES(LW_EINVAL, "m", CALL(&s.plan, &s.batch, &by_adam, NULL, s.v));
    REFUSES(LW_EINVAL, "v", CALL(&s.plan, &s.batch, &by_adam, s.m, NULL));
    REFUSES(LW_EINVAL, "step", CALL(&s.plan, &s.batch, &by_no_step, s.m, s.v));
    REFUSES(LW_EINVAL, "beta1", CALL(&s.plan, &s.batch, &by_beta, s.m, s.v));
    REFUSES(LW_EINVAL, "parameters",
            lw_small_net_step(&s.plan, &s.batch, &by_sgd, NULL, s.sums, s.m, NULL, work));
    REFUSES(LW_EINVAL, "gradients",
            lw_small_net_step(&s.plan, &s.batch, &by_sgd, s.parameters, NULL, s.m, NULL, work));
    REFUSES(LW_EINVAL, "workspace",
            lw_small_net_step(&s.plan, &s.batch, &by_sgd, s.parameters, s.sums, s.m, NULL, NULL));
    REFUSES(LW_EINVAL, "rows",
            CALL(&s.plan, BATCH(rows, LW_SMALL_NET_BLOCK_ROWS + 1), &by_sgd, s.m, NULL));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "rows", CALL(&s.plan, BATCH(rows, huge_sizes[i]), &by_sgd, s.m, NULL));
    REFUSES(LW_EINVAL, "x", CALL(&s.plan, BATCH(x, NULL), &by_sgd, s.m, NULL));
    ACCEPTS(CALL(&s.plan, BATCH(rows, 0), &by_sgd, s.m, NULL));
    ACCEPTS(CALL(&s.plan, &s.batch, &by_adam, s.m, s.v));
#undef CALL
}
