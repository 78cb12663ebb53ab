/* The documented errors of weights.h, which change nothing. */
#include "checks.h"
#include "failure.h"
#include "weights_case.h"

#include <stdlib.h>

static const char backward[] = "lw_weights_backward_update", plain[] = "lw_weights_update";

/* Calls each update; all must fail in the same way. */
static void fails(struct tally *tally, struct weights_case *c, size_t first, size_t count,
                  const float *g, const lw_layer_update *update, lw_status want,
                  const char *argument)
{
    struct weights_values start = weights_values_copy(c);
    failure_check(tally,
                  weights_functions.backward_update(&c->weights, first, count, c->batch, c->x,
                                                    c->ldx, c->dz, c->lddz, update),
                  want, backward, argument);
    weights_compare(tally, c, &start, "failed");
    failure_check(tally,
                  weights_functions.update(&c->weights, first, count, g,
                                           update && update->b ? g : NULL, update),
                  want, plain, argument);
    weights_compare(tally, c, &start, "failed");
    weights_values_free(&start);
}

static void check_updates(struct tally *tally, struct weights_case *c, const float *g)
{
    const size_t in = c->weights.in;
    const struct weights_rule *const sgd = &weights_rules[0], *const momentum = &weights_rules[2],
                                     *const adam = &weights_rules[4];
    const lw_layer_update good = weights_update_of(c, adam, 1);
    lw_layer_update bad = good;
    fails(tally, c, 0, in, g, NULL, LW_EINVAL, "update");
    bad.sgd = &sgd->sgd;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "sgd");
    bad = good;
    bad.adam = NULL;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "adam");
    fails(tally, c, in + 1, 0, g, &good, LW_EINVAL, "rows");
    fails(tally, c, 1, in, g, &good, LW_EINVAL, "rows");
    fails(tally, c, 2, SIZE_MAX, g, &good, LW_EINVAL, "rows");
    fails(tally, c, SIZE_MAX, 2, g, &good, LW_EINVAL, "rows");

    bad = good;
    bad.m = NULL;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "moment");
    bad = good;
    bad.v = NULL;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "moment");
    bad = good;
    bad.b_m = NULL;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "moment");
    bad = good;
    bad.b_v = NULL;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "moment");
    bad = weights_update_of(c, momentum, 1);
    bad.m = NULL;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "velocity");
    bad = weights_update_of(c, momentum, 1);
    bad.b_m = NULL;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "velocity");

    lw_sgd_update_params nesterov = {.learning_rate = 1.0f, .nesterov = 1};
    bad = (lw_layer_update){.sgd = &nesterov};
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "nesterov");
    lw_adam_update_params params = adam->adam;
    params.step = 0;
    bad = good;
    bad.adam = &params;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "step");
    params = adam->adam;
    params.beta2 = 1.0f;
    fails(tally, c, 0, in, g, &bad, LW_EINVAL, "beta2");
}

static void check_operands(struct tally *tally, struct weights_case *c, const float *g)
{
    const lw_weights *const w = &c->weights;
    const size_t in = w->in, out = w->out, batch = c->batch;
    const lw_layer_update update = weights_update_of(c, &weights_rules[4], 1);
    struct weights_values start = weights_values_copy(c);
    failure_check(tally,
                  weights_functions.backward_update(w, 0, in, LW_UPDATE_MAX_BATCH + 1, c->x, c->ldx,
                                                    c->dz, c->lddz, &update),
                  LW_EINVAL, backward, "batch");
    failure_check(
        tally,
        weights_functions.backward_update(w, 0, in, batch, NULL, c->ldx, c->dz, c->lddz, &update),
        LW_EINVAL, backward, "x");
    failure_check(
        tally,
        weights_functions.backward_update(w, 0, in, batch, c->x, in - 1, c->dz, c->lddz, &update),
        LW_EINVAL, backward, "x");
    failure_check(
        tally,
        weights_functions.backward_update(w, 0, in, batch, c->x, c->ldx, NULL, c->lddz, &update),
        LW_EINVAL, backward, "dz");
    failure_check(
        tally,
        weights_functions.backward_update(w, 0, in, batch, c->x, c->ldx, c->dz, out - 1, &update),
        LW_EINVAL, backward, "dz");
    failure_check(tally, weights_functions.update(w, 0, in, NULL, g, &update), LW_EINVAL, plain,
                  "g");
    failure_check(tally, weights_functions.update(w, 0, in, g, NULL, &update), LW_EINVAL, plain,
                  "gb");
    /* Memory that is written and read. */
    float *const written[] = {w->w, c->m, c->v, c->b, c->b_m, c->b_v};
    static const char *const names[] = {"w", "m", "v", "b", "b_m", "b_v"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        failure_check(
            tally,
            weights_functions.backward_update(w, 0, in, 1, written[i], in, c->dz, c->lddz, &update),
            LW_EOVERLAP, backward, names[i]);
        failure_check(
            tally,
            weights_functions.backward_update(w, 0, in, 1, c->x, c->ldx, written[i], out, &update),
            LW_EOVERLAP, backward, names[i]);
        if (i < 3)
            failure_check(tally, weights_functions.update(w, 0, in, written[i], g, &update),
                          LW_EOVERLAP, plain, names[i]);
        failure_check(tally, weights_functions.update(w, 0, in, g, written[i], &update),
                      LW_EOVERLAP, plain, names[i]);
    }
    weights_compare(tally, c, &start, "failed");
    weights_values_free(&start);
}

static void check_passes(struct tally *tally, struct weights_case *c)
{
    const lw_weights *const w = &c->weights;
    const size_t in = w->in, out = w->out, batch = c->batch;
    const int rows = w->layout == LW_WEIGHTS_ROW_MAJOR;
    const char *const forward = rows ? "lw_linear_forward" : "lw_weights_forward";
    const char *const input = rows ? "lw_linear_backward_input" : "lw_weights_backward_input";
    float *const y = weights_case_rows(c, out, out), *const dx = weights_case_rows(c, in, in);
    float *const y_before = weights_case_rows(c, out, out), *const dx_before =
                                                                weights_case_rows(c, in, in);
    struct weights_values start = weights_values_copy(c);
#define FORWARD(x, ldx, activation, y, ldy)                                                        \
    weights_functions.forward(w, batch, x, ldx, c->b, activation, NULL, 0, y, ldy)
#define BACKWARD(dz, lddz, activation, saved, dx, lddx)                                            \
    weights_functions.backward_input(w, batch, dz, lddz, activation, saved, in, dx, lddx)
    failure_check(tally, FORWARD(NULL, in, LW_ACTIVATION_RELU, y, out), LW_EINVAL, forward, "x");
    failure_check(tally, FORWARD(c->x, in - 1, LW_ACTIVATION_RELU, y, out), LW_EINVAL, forward,
                  "x");
    failure_check(tally, FORWARD(c->x, c->ldx, LW_ACTIVATION_RELU, NULL, out), LW_EINVAL, forward,
                  "y");
    failure_check(tally, FORWARD(c->x, c->ldx, LW_ACTIVATION_RELU, y, out - 1), LW_EINVAL, forward,
                  "y");
    failure_check(tally, FORWARD(c->x, c->ldx, LW_ACTIVATION_SOFTMAX, y, out), LW_EINVAL, forward,
                  "activation");
    failure_check(tally, FORWARD(c->x, c->ldx, LW_ACTIVATION_RELU, w->w, out), LW_EOVERLAP, forward,
                  "w");
    failure_check(tally, FORWARD(c->x, c->ldx, LW_ACTIVATION_RELU, c->x, out), LW_EOVERLAP, forward,
                  "x");
    failure_check(tally, BACKWARD(NULL, out, LW_ACTIVATION_RELU, dx_before, dx, in), LW_EINVAL,
                  input, "dz");
    failure_check(tally, BACKWARD(c->dz, out - 1, LW_ACTIVATION_RELU, dx_before, dx, in), LW_EINVAL,
                  input, "dz");
    failure_check(tally, BACKWARD(c->dz, c->lddz, LW_ACTIVATION_RELU, NULL, dx, in), LW_EINVAL,
                  input, "saved");
    failure_check(tally, BACKWARD(c->dz, c->lddz, LW_ACTIVATION_RELU, dx_before, NULL, in),
                  LW_EINVAL, input, "dx");
    failure_check(tally, BACKWARD(c->dz, c->lddz, LW_ACTIVATION_SOFTMAX, dx_before, dx, in),
                  LW_EINVAL, input, "activation");
    failure_check(tally, BACKWARD(c->dz, c->lddz, LW_ACTIVATION_RELU, dx, dx, in), LW_EOVERLAP,
                  input, "saved");
    failure_check(tally, BACKWARD(c->dz, c->lddz, LW_ACTIVATION_RELU, dx_before, w->w, in),
                  LW_EOVERLAP, input, "w");
#undef FORWARD
#undef BACKWARD
    weights_same(tally, c, "failed", "y", batch * out, y, y_before);
    weights_same(tally, c, "failed", "dx", batch * in, dx, dx_before);
    weights_compare(tally, c, &start, "failed");
    weights_values_free(&start);
}

void check_weights_errors(struct tally *tally, const struct operation *operation)
{
    (void)operation;
    static const size_t layers[][2] = {{7, 20}, {40, 5}, {45, 70}}; /* one of each layout */
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct weights_case c;
        weights_case_create(&c, 9, layers[i][0], layers[i][1], 1, GUARD_AFTER);
        TALLY_CHECK(tally, c.weights.layout == (lw_weights_layout)i, "%s has layout %d",
                    weights_case_title(&c), (int)c.weights.layout);
        float *const g = weights_floats(layers[i][0] * layers[i][1] + layers[i][1]);
        check_updates(tally, &c, g);
        check_operands(tally, &c, g);
        check_passes(tally, &c);
        free(g);
        weights_case_destroy(&c);
    }
}
