/* Updates of weights in their internal layout: by a stored gradient, and fused with its
 * computation. */
#include "cases.h"
#include "checks.h"
#include "sizes.h"
#include "weights_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t widths[] = {0,  1,  2,  3,  7,  10,  12,  13,  16,
                                17, 31, 32, 33, 64, 100, 255, 256, 257};
enum { WIDTHS = sizeof widths / sizeof *widths };

static const size_t batches[] = {0, 1, 2, 3, 5, 8, 10, 16, 17, 33, 100, LW_UPDATE_MAX_BATCH};
enum { BATCHES = sizeof batches / sizeof *batches };

/* Rows that one call updates. */
struct range {
    size_t first, count;
    int with_bias;
};

struct call {
    const struct weights_case *c;
    const struct weights_rule *rule;
    const float *g, *gb; /* NULL: the fused function */
    const struct range *ranges;
    size_t range_count;
    lw_status status;
};

static void run(void *argument)
{
    struct call *call = argument;
    const struct weights_case *c = call->c;
    for (size_t i = 0; i < call->range_count && call->status == LW_OK; i++) {
        const struct range *range = &call->ranges[i];
        const lw_layer_update update = weights_update_of(c, call->rule, range->with_bias);
        call->status =
            call->g ? weights_functions.update(&c->weights, range->first, range->count, call->g,
                                               range->with_bias ? call->gb : NULL, &update)
                    : weights_functions.backward_update(&c->weights, range->first, range->count,
                                                        c->batch, c->x, c->ldx, c->dz, c->lddz,
                                                        &update);
    }
}

/* Updates the ranges between guard pages; requires that all other rows are unchanged. */
static void check_ranges(struct tally *tally, struct weights_case *c,
                         const struct weights_rule *rule, const float *g, const float *gb,
                         const struct range *ranges, size_t count, int fused)
{
    char what[100];
    snprintf(what, sizeof what, "%s %s, %zu ranges", fused ? "fused" : "plain", rule->name, count);
    struct weights_values want = weights_values_copy(c);
    for (size_t i = 0; i < count; i++)
        weights_reference(tally, c, rule, g, gb, ranges[i].first, ranges[i].count,
                          ranges[i].with_bias, &want);
    struct call call = {.c = c,
                        .rule = rule,
                        .g = fused ? NULL : g,
                        .gb = gb,
                        .ranges = ranges,
                        .range_count = count};
    weights_case_restore(c);
    const int trapped = guard_trap(run, &call);
    TALLY_CHECK(tally, !trapped, "%s, %s: touched what it must not", weights_case_title(c), what);
    TALLY_CHECK(tally, trapped || call.status == LW_OK, "%s, %s: %s", weights_case_title(c), what,
                lw_last_error());
    weights_compare(tally, c, &want, what);
    weights_values_free(&want);
}

enum { MOST_PARTS = 3 };

/* All rows in several parts, the last one first. */
static void check_parts(struct tally *tally, struct weights_case *c,
                        const struct weights_rule *rule, const float *g, const float *gb,
                        size_t parts, int with_bias, int fused)
{
    const size_t in = c->weights.in;
    struct range ranges[MOST_PARTS];
    for (size_t i = 0; i < parts; i++) {
        const size_t part = parts - 1 - i, first = in * part / parts;
        ranges[i] = (struct range){first, in * (part + 1) / parts - first, with_bias && part == 0};
    }
    check_ranges(tally, c, rule, g, gb, ranges, parts, fused);
}

void case_weights_update(struct tally *tally, size_t batch, size_t in, size_t out, size_t variant,
                         size_t rules)
{
    struct weights_case c;
    weights_case_create(&c, batch, in, out, variant % 3, variant % 2 ? GUARD_AFTER : GUARD_BEFORE);
    float *const g = weights_floats(in * out), *const gb = weights_floats(out);
    weights_gradient(tally, &c, g, gb);
    for (size_t i = 0; i < rules; i++) {
        const struct weights_rule *rule = &weights_rules[(variant + i) % WEIGHTS_RULES];
        check_parts(tally, &c, rule, g, gb, 1 + (variant + i) % MOST_PARTS, variant % 4 != 0, 1);
        if (batch % 8 == 1)
            check_parts(tally, &c, rule, g, gb, 1 + (variant + i + 1) % MOST_PARTS,
                        variant % 4 != 1, 0);
        const struct range middle = {in / 3, in / 2, 0};
        check_ranges(tally, &c, rule, g, gb, &middle, 1, (variant + i) % 5 != 0);
    }
    free(g);
    free(gb);
    weights_case_destroy(&c);
}

void check_weights_update(struct tally *tally, const struct operation *operation)
{
    (void)operation;
    /* Layers of each layout, with every rule: row-major, transposed, in panels with a narrow last
     * one. */
    static const size_t each_rule[][3] = {{17, 10, 33},   {9, 70, 10},   {33, 45, 70},
                                          {64, 300, 45},  {1, 1, 1},     {3, 40, 1},
                                          {130, 33, 101}, {25, 2100, 13}};
    const size_t step = is_fast() ? 7 : 1;
    size_t variant = 0;
    lw_set_threads(1);
    for (size_t i = 0; i < WIDTHS; i++) {
        for (size_t j = i % step; j < WIDTHS; j += step) {
            for (size_t b = 0; b < BATCHES; b++)
                case_weights_update(tally, batches[b], widths[i], widths[j], variant++, 1);
        }
    }
    for (size_t i = 0; i < sizeof each_rule / sizeof *each_rule; i++) {
        for (size_t v = 0; v < 3; v++)
            case_weights_update(tally, each_rule[i][0], each_rule[i][1], each_rule[i][2], variant++,
                                WEIGHTS_RULES);
    }
}

/* ---- Threads ---- */

/* All outputs of the four functions for one number of threads. */
struct outcome {
    struct weights_values after[2]; /* of the fused update and of the plain one */
    float *y, *dx;
};

static struct weights_values stored_copy(struct weights_case *c)
{
    struct weights_values values = weights_values_copy(c);
    lw_weights_unpack(&c->weights, c->weights.w, values.w);
    lw_weights_unpack(&c->weights, c->m, values.m);
    lw_weights_unpack(&c->weights, c->v, values.v);
    memcpy(values.b, c->b, c->weights.out * sizeof *c->b);
    memcpy(values.b_m, c->b_m, c->weights.out * sizeof *c->b);
    memcpy(values.b_v, c->b_v, c->weights.out * sizeof *c->b);
    return values;
}

static struct outcome run_on(struct tally *tally, struct weights_case *c,
                             const struct weights_rule *rule, const float *g, const float *gb,
                             const float *saved, int threads)
{
    const size_t in = c->weights.in, out = c->weights.out;
    const lw_layer_update update = weights_update_of(c, rule, 1);
    struct outcome o = {.y = weights_floats(c->batch * out), .dx = weights_floats(c->batch * in)};
    lw_set_threads(threads);
    weights_case_restore(c);
    lw_status status = weights_functions.forward(&c->weights, c->batch, c->x, c->ldx, c->b,
                                                 LW_ACTIVATION_RELU, NULL, 0, o.y, out);
    if (status == LW_OK)
        status = weights_functions.backward_input(&c->weights, c->batch, c->dz, c->lddz,
                                                  LW_ACTIVATION_RELU, saved, in, o.dx, in);
    if (status == LW_OK)
        status = weights_functions.backward_update(&c->weights, 0, in, c->batch, c->x, c->ldx,
                                                   c->dz, c->lddz, &update);
    o.after[0] = stored_copy(c);
    weights_case_restore(c);
    if (status == LW_OK)
        status = weights_functions.update(&c->weights, 0, in, g, gb, &update);
    o.after[1] = stored_copy(c);
    lw_set_threads(1);
    TALLY_CHECK(tally, status == LW_OK, "%s on %d threads: %s", weights_case_title(c), threads,
                lw_last_error());
    return o;
}

static void compare_values(struct tally *tally, const struct weights_case *c, const char *what,
                           const struct weights_values *got, const struct weights_values *want)
{
    const size_t out = c->weights.out, n = c->weights.in * out;
    weights_same(tally, c, what, "w", n, got->w, want->w);
    weights_same(tally, c, what, "m", n, got->m, want->m);
    weights_same(tally, c, what, "v", n, got->v, want->v);
    weights_same(tally, c, what, "b", out, got->b, want->b);
    weights_same(tally, c, what, "b_m", out, got->b_m, want->b_m);
    weights_same(tally, c, what, "b_v", out, got->b_v, want->b_v);
}

static void outcome_free(struct outcome *o)
{
    free(o->y);
    free(o->dx);
    weights_values_free(&o->after[0]);
    weights_values_free(&o->after[1]);
}

static void check_all_thread_counts(struct tally *tally, struct weights_case *c,
                                    const struct weights_rule *rule)
{
    static const int teams[] = {2, 3, 5, 8};
    const size_t in = c->weights.in, out = c->weights.out;
    float *const g = weights_floats(in * out), *const gb = weights_floats(out);
    float *const saved = weights_floats(c->batch * in);
    struct generator from = {in};
    for (size_t i = 0; i < c->batch * in; i++)
        saved[i] = generate_value(&from, UNIFORM);
    lw_set_threads(1);
    weights_gradient(tally, c, g, gb);
    struct outcome want = run_on(tally, c, rule, g, gb, saved, 1);
    compare_values(tally, c, "fused against plain", &want.after[0], &want.after[1]);
    for (size_t i = 0; i < sizeof teams / sizeof *teams; i++) {
        char what[40];
        snprintf(what, sizeof what, "%d threads against 1", teams[i]);
        struct outcome got = run_on(tally, c, rule, g, gb, saved, teams[i]);
        weights_same(tally, c, what, "y", c->batch * out, got.y, want.y);
        weights_same(tally, c, what, "dx", c->batch * in, got.dx, want.dx);
        compare_values(tally, c, what, &got.after[0], &want.after[0]);
        compare_values(tally, c, what, &got.after[1], &want.after[1]);
        outcome_free(&got);
    }
    outcome_free(&want);
    free(g);
    free(gb);
    free(saved);
}

void check_weights_threads(struct tally *tally, const struct operation *operation)
{
    (void)operation;
    /* Large enough for several threads: in panels, row-major, transposed. */
    static const size_t layers[][3] = {
        {100, 301, 131}, {257, 65, 97},  {33, 787, 45}, {1000, 16, 101},
        {700, 9, 257},   {300, 301, 10}, {1023, 77, 3}, {1024, 501, 1},
    };
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct weights_case c;
        weights_case_create(&c, layers[i][0], layers[i][1], layers[i][2], i % 2, GUARD_AFTER);
        for (size_t rule = i % 2; rule < WEIGHTS_RULES; rule += 2)
            check_all_thread_counts(tally, &c, &weights_rules[rule]);
        weights_case_destroy(&c);
    }
}
