#include "small_net_case.h"

#include "problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *buffer(struct small_net_case *c, size_t bytes)
{
    struct guard *guard = &c->guard[c->guards++];
    *guard = guard_alloc(bytes, GUARD_AFTER);
    if (!guard->data)
        abort();
    return guard->data;
}

static float *floats(struct small_net_case *c, struct generator *from, size_t count)
{
    float *const x = buffer(c, count * sizeof *x);
    for (size_t i = 0; i < count; i++)
        x[i] = generate_value(from, UNIFORM);
    return x;
}

/* The sections contain random numbers, the padding between them zeros. */
static float *sections(struct small_net_case *c, struct generator *from, float low)
{
    const lw_small_net *plan = &c->plan;
    float *const x = buffer(c, plan->parameter_count * sizeof *x);
    memset(x, 0, plan->parameter_count * sizeof *x);
    for (size_t l = 0, in = plan->inputs; l < plan->layer_count; in = plan->layers[l++].units) {
        const size_t out = plan->layers[l].units;
        for (size_t i = 0; i < in * out + out; i++)
            x[i < in * out ? plan->w[l] + i : plan->b[l] + i - in * out] =
                fmaxf(low, generate_value(from, UNIFORM));
    }
    return x;
}

void small_net_case_create(struct small_net_case *c, const struct small_net_shape *shape,
                           size_t rows, lw_small_net_loss loss, enum small_net_target target,
                           int picked)
{
    struct generator from = {rows * 1000 + shape->inputs};
    memset(c, 0, sizeof *c);
    if (lw_small_net_plan(&c->plan, shape->inputs, shape->layer_count, shape->layers) != LW_OK)
        abort();
    c->outputs = shape->layers[shape->layer_count - 1].units;
    c->given_rows = picked ? rows + rows / 2 + 1 : rows;
    c->x = floats(c, &from, c->given_rows * shape->inputs);
    c->values = floats(c, &from, c->given_rows * c->outputs);
    for (size_t i = 0; loss != LW_SMALL_NET_LOSS_SQUARED_ERROR && i < c->given_rows * c->outputs;
         i++)
        c->values[i] = fabsf(c->values[i]);
    const uint32_t classes = c->outputs == 1 ? 2 : (uint32_t)c->outputs;
    c->labels = buffer(c, c->given_rows * sizeof *c->labels);
    for (size_t i = 0; i < c->given_rows; i++)
        c->labels[i] = (int32_t)(generate_bits(&from) % classes);
    c->index = buffer(c, rows * sizeof *c->index);
    for (size_t i = 0; i < rows; i++)
        c->index[i] = i == 0 ? c->given_rows - 1 : generate_bits(&from) % c->given_rows;
    c->gradient = floats(c, &from, rows * c->outputs);
    c->y = floats(c, &from, rows * c->outputs);
    c->row_loss = floats(c, &from, rows);
    c->parameters = sections(c, &from, -1.0f);
    c->m = sections(c, &from, -1.0f);
    c->v = sections(c, &from, 0.0f);
    c->sums = floats(c, &from, (lw_small_net_blocks(rows) + 1) * c->plan.parameter_count);
    c->workspace = floats(c, &from, c->plan.workspace);
    for (size_t i = 0; i < c->plan.workspace; i++)
        c->workspace[i] = NAN;
    c->batch = (lw_small_net_batch){.rows = rows,
                                    .x = c->x,
                                    .index = picked ? c->index : NULL,
                                    .loss = loss,
                                    .values = target == TARGET_VALUES ? c->values : NULL,
                                    .labels = target == TARGET_LABELS ? c->labels : NULL,
                                    .gradient = c->gradient,
                                    .scale = 0.3f,
                                    .y = c->y,
                                    .row_loss = c->row_loss};
}

void small_net_case_destroy(struct small_net_case *c)
{
    for (size_t i = 0; i < c->guards; i++)
        guard_free(&c->guard[i]);
}

const char *small_net_case_title(const struct small_net_case *c)
{
    static char title[200];
    int at = snprintf(title, sizeof title, "%zu", c->plan.inputs);
    for (size_t l = 0; l < c->plan.layer_count; l++)
        at += snprintf(title + at, sizeof title - (size_t)at, "-%zu(%d)", c->plan.layers[l].units,
                       (int)c->plan.layers[l].activation);
    snprintf(title + at, sizeof title - (size_t)at, ", %zu rows%s, loss %d of %s", c->batch.rows,
             c->batch.index ? " by index" : "", (int)c->batch.loss,
             c->batch.labels ? "labels" : "values");
    return title;
}

static float *copied(const float *x, size_t count)
{
    float *const copy = malloc((count + 1) * sizeof *copy);
    if (!copy)
        abort();
    if (count > 0)
        memcpy(copy, x, count * sizeof *copy);
    return copy;
}

struct pass {
    const struct small_net_case *c;
    size_t parts;
    lw_status status;
};

static void run_parts(void *argument)
{
    struct pass *pass = argument;
    const struct small_net_case *c = pass->c;
    const size_t blocks = lw_small_net_blocks(c->batch.rows);
    /* The last part first. */
    for (size_t part = pass->parts; part-- > 0 && pass->status == LW_OK;) {
        const size_t first = blocks * part / pass->parts;
        const size_t count = blocks * (part + 1) / pass->parts - first;
        float *const sums = c->sums + first * c->plan.parameter_count;
        pass->status =
            lw_small_net_pass(&c->plan, &c->batch, first, count, c->parameters,
                              c->batch.loss == LW_SMALL_NET_LOSS_NONE ? NULL : sums, c->workspace);
    }
}

void small_net_run(struct tally *tally, const struct small_net_case *c, size_t parts,
                   struct small_net_results *got)
{
    struct pass pass = {.c = c, .parts = parts};
    const int trapped = guard_trap(run_parts, &pass);
    TALLY_CHECK(tally, !trapped, "%s: touched what it must not", small_net_case_title(c));
    TALLY_CHECK(tally, pass.status == LW_OK, "%s: %s", small_net_case_title(c), lw_last_error());
    got->y = copied(c->y, c->batch.rows * c->outputs);
    got->row_loss = copied(c->row_loss, c->batch.rows);
    got->sums = copied(c->sums, lw_small_net_blocks(c->batch.rows) * c->plan.parameter_count);
}

void small_net_results_free(struct small_net_results *results)
{
    free(results->y);
    free(results->row_loss);
    free(results->sums);
}

static int both_nan(float x, float y)
{
    return isnan(x) && isnan(y);
}

static void compare(struct tally *tally, const struct small_net_case *c, const char *what,
                    const char *name, size_t count, const float *got, const float *want)
{
    for (size_t i = 0; i < count; i++)
        TALLY_CHECK(tally, same_bits(got[i], want[i]) || both_nan(got[i], want[i]),
                    "%s, %s: %s[%zu] is %a, not %a", small_net_case_title(c), what, name, i,
                    (double)got[i], (double)want[i]);
}

/* The gradients of a block are specified only if the losses of its rows are finite; otherwise they
 * are not finite either. */
static void compare_sums(struct tally *tally, const struct small_net_case *c, const char *what,
                         int has_losses, const struct small_net_results *got,
                         const struct small_net_results *want)
{
    const size_t rows = c->batch.rows, count = c->plan.parameter_count;
    for (size_t block = 0; block < lw_small_net_blocks(rows); block++) {
        const size_t first = block * LW_SMALL_NET_BLOCK_ROWS;
        int finite = 1;
        for (size_t r = first; has_losses && r < rows && r < first + LW_SMALL_NET_BLOCK_ROWS; r++)
            finite &= isfinite(want->row_loss[r]) != 0;
        if (finite)
            compare(tally, c, what, "sums", count, got->sums + block * count,
                    want->sums + block * count);
        if (has_losses)
            TALLY_CHECK(tally, lw_small_net_diverged(&c->plan, got->sums + block * count) != finite,
                        "%s, %s: block %zu diverged: %d", small_net_case_title(c), what, block,
                        !finite);
    }
}

void small_net_compare(struct tally *tally, const struct small_net_case *c,
                       const struct small_net_results *got, const struct small_net_results *want,
                       const char *what)
{
    const size_t rows = c->batch.rows;
    compare(tally, c, what, "y", rows * c->outputs, got->y, want->y);
    const int has_losses = c->batch.loss != LW_SMALL_NET_LOSS_NONE &&
                           c->batch.loss < LW_SMALL_NET_LOSS_OUTPUT_GRADIENT;
    if (has_losses)
        compare(tally, c, what, "row_loss", rows, got->row_loss, want->row_loss);
    if (c->batch.loss != LW_SMALL_NET_LOSS_NONE)
        compare_sums(tally, c, what, has_losses, got, want);
}
