#include "weights_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct weights_rule weights_rules[WEIGHTS_RULES] = {
    {.name = "SGD", .sgd = {.learning_rate = 0.1f}},
    {.name = "SGD with decay", .sgd = {.learning_rate = 0.1f, .weight_decay = 0.01f}},
    {.name = "momentum", .has_velocity = 1, .sgd = {.learning_rate = 0.1f, .momentum = 0.9f}},
    {.name = "Nesterov's momentum",
     .has_velocity = 1,
     .sgd = {.learning_rate = 0.1f, .momentum = 0.9f, .weight_decay = 0.02f, .nesterov = 1}},
    {.name = "Adam",
     .is_adam = 1,
     .adam = {.learning_rate = 0.1f, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f, .step = 1}},
    {.name = "Adam with decay",
     .is_adam = 1,
     .adam = {.learning_rate = 0.01f,
              .beta1 = 0.3f,
              .beta2 = 0.9f,
              .epsilon = 1e-3f,
              .weight_decay = 0.1f,
              .step = 3}},
    {.name = "AdamW",
     .is_adam = 1,
     .adam = {.learning_rate = 0.01f,
              .beta1 = 0.9f,
              .beta2 = 0.99f,
              .epsilon = 1e-8f,
              .weight_decay = 0.1f,
              .decoupled = 1,
              .step = 7}},
};

struct weights_functions weights_functions = {
    .forward = lw_weights_forward,
    .backward_input = lw_weights_backward_input,
    .backward_update = lw_weights_backward_update,
    .update = lw_weights_update,
};

static const uint32_t canary = 0x7fabcdefu;

float *weights_floats(size_t count)
{
    float *const x = calloc(count + 1, sizeof *x);
    if (!x)
        abort();
    return x;
}

static float *buffer(struct weights_case *c, size_t count, enum guard_side side)
{
    if (count == 0)
        return NULL;
    struct guard *guard = &c->guard[c->guards++];
    *guard = guard_alloc(count * sizeof(float), side);
    if (c->guards > WEIGHTS_BUFFERS || !guard->data)
        abort();
    return guard->data;
}

static void fill(struct generator *from, size_t count, float *x)
{
    for (size_t i = 0; i < count; i++)
        x[i] = generate_value(from, UNIFORM);
}

static float *random_floats(struct generator *from, size_t count)
{
    float *const x = weights_floats(count);
    fill(from, count, x);
    return x;
}

static size_t extent(size_t rows, size_t cols, size_t ld)
{
    return rows > 0 && cols > 0 ? (rows - 1) * ld + cols : 0;
}

/* Stores row-major values at their indices, with canaries in the padding. */
static void lay_out(const lw_weights *weights, const float *rows, float *stored)
{
    for (size_t i = 0; i < lw_weights_floats(weights); i++)
        stored[i] = float_of(canary);
    for (size_t i = 0; i < weights->in; i++)
        for (size_t j = 0; j < weights->out; j++)
            stored[lw_weights_index(weights, i, j)] = rows[i * weights->out + j];
}

void weights_case_restore(struct weights_case *c)
{
    const size_t bytes = c->weights.out * sizeof(float);
    lay_out(&c->weights, c->start.w, c->weights.w);
    lay_out(&c->weights, c->start.m, c->m);
    lay_out(&c->weights, c->start.v, c->v);
    if (bytes == 0)
        return;
    memcpy(c->b, c->start.b, bytes);
    memcpy(c->b_m, c->start.b_m, bytes);
    memcpy(c->b_v, c->start.b_v, bytes);
}

void weights_case_create(struct weights_case *c, size_t batch, size_t in, size_t out, size_t gap,
                         enum guard_side side)
{
    struct generator from = {batch * 1000003 + in * 1009 + out};
    memset(c, 0, sizeof *c);
    c->weights = lw_weights_of(in, out);
    c->batch = batch;
    c->ldx = in + gap;
    c->lddz = out + 2 * gap;
    const size_t floats = lw_weights_floats(&c->weights);
    c->weights.w = buffer(c, floats, side);
    c->m = buffer(c, floats, side);
    c->v = buffer(c, floats, side);
    c->b = buffer(c, out, side);
    c->b_m = buffer(c, out, side);
    c->b_v = buffer(c, out, side);
    const size_t x_floats = extent(batch, in, c->ldx), dz_floats = extent(batch, out, c->lddz);
    c->x = buffer(c, x_floats, side);
    fill(&from, x_floats, c->x);
    c->dz = buffer(c, dz_floats, side);
    fill(&from, dz_floats, c->dz);
    c->start = (struct weights_values){
        random_floats(&from, in * out), random_floats(&from, in * out),
        random_floats(&from, in * out), random_floats(&from, out),
        random_floats(&from, out),      random_floats(&from, out),
    };
    for (size_t i = 0; i < in * out; i++)
        c->start.v[i] = fabsf(c->start.v[i]);
    for (size_t i = 0; i < out; i++)
        c->start.b_v[i] = fabsf(c->start.b_v[i]);
    weights_case_restore(c);
}

void weights_case_destroy(struct weights_case *c)
{
    for (size_t i = 0; i < c->guards; i++)
        guard_free(&c->guard[i]);
    weights_values_free(&c->start);
}

const char *weights_case_title(const struct weights_case *c)
{
    static char title[100];
    snprintf(title, sizeof title, "%zu x %zu x %zu", c->batch, c->weights.in, c->weights.out);
    return title;
}

float *weights_case_rows(struct weights_case *c, size_t cols, size_t ld)
{
    struct generator from = {cols};
    const size_t count = extent(c->batch, cols, ld);
    float *const x = buffer(c, count, GUARD_AFTER);
    fill(&from, count, x);
    return x;
}

static float *copied(const float *x, size_t count)
{
    float *const copy = weights_floats(count);
    memcpy(copy, x, count * sizeof *copy);
    return copy;
}

struct weights_values weights_values_copy(const struct weights_case *c)
{
    const size_t out = c->weights.out, n = c->weights.in * out;
    const struct weights_values *from = &c->start;
    return (struct weights_values){copied(from->w, n),     copied(from->m, n),
                                   copied(from->v, n),     copied(from->b, out),
                                   copied(from->b_m, out), copied(from->b_v, out)};
}

void weights_values_free(struct weights_values *values)
{
    free(values->w);
    free(values->m);
    free(values->v);
    free(values->b);
    free(values->b_m);
    free(values->b_v);
}

void weights_gradient(struct tally *tally, const struct weights_case *c, float *g, float *gb)
{
    const size_t in = c->weights.in, out = c->weights.out;
    const lw_status status = lw_linear_backward_weights(c->batch, in, out, c->x, c->ldx, c->dz,
                                                        c->lddz, 0.0f, g, out, gb);
    TALLY_CHECK(tally, status == LW_OK, "%s: %s", weights_case_title(c), lw_last_error());
}

static lw_status update_vector(const struct weights_rule *rule, size_t n, const float *g, float *w,
                               float *m, float *v)
{
    return rule->is_adam ? lw_adam_update(n, &rule->adam, g, w, m, v)
                         : lw_sgd_update(n, &rule->sgd, g, w, rule->has_velocity ? m : NULL);
}

void weights_reference(struct tally *tally, const struct weights_case *c,
                       const struct weights_rule *rule, const float *g, const float *gb,
                       size_t first, size_t count, int with_bias, struct weights_values *values)
{
    const size_t out = c->weights.out, at = first * out;
    lw_status status =
        update_vector(rule, count * out, g + at, values->w + at, values->m + at, values->v + at);
    if (status == LW_OK && with_bias)
        status = update_vector(rule, out, gb, values->b, values->b_m, values->b_v);
    TALLY_CHECK(tally, status == LW_OK, "%s: %s", weights_case_title(c), lw_last_error());
}

lw_layer_update weights_update_of(const struct weights_case *c, const struct weights_rule *rule,
                                  int with_bias)
{
    const int moments = rule->is_adam || rule->has_velocity;
    return (lw_layer_update){.sgd = rule->is_adam ? NULL : &rule->sgd,
                             .adam = rule->is_adam ? &rule->adam : NULL,
                             .m = moments ? c->m : NULL,
                             .v = rule->is_adam ? c->v : NULL,
                             .b = with_bias ? c->b : NULL,
                             .b_m = moments ? c->b_m : NULL,
                             .b_v = rule->is_adam ? c->b_v : NULL};
}

void weights_same(struct tally *tally, const struct weights_case *c, const char *what,
                  const char *name, size_t count, const float *got, const float *want)
{
    if (count == 0 || !memcmp(got, want, count * sizeof *got)) {
        tally_pass(tally);
        return;
    }
    for (size_t i = 0; i < count; i++)
        TALLY_CHECK(tally, bits_of(got[i]) == bits_of(want[i]),
                    "%s, %s: %s[%zu] of %zu is %a, not %a", weights_case_title(c), what, name, i,
                    count, (double)got[i], (double)want[i]);
}

static void compare_stored(struct tally *tally, const struct weights_case *c, const char *what,
                           const char *name, const float *got, const float *want_rows)
{
    const size_t floats = lw_weights_floats(&c->weights);
    float *const want = weights_floats(floats);
    lay_out(&c->weights, want_rows, want);
    weights_same(tally, c, what, name, floats, got, want);
    free(want);
}

void weights_compare(struct tally *tally, const struct weights_case *c,
                     const struct weights_values *want, const char *what)
{
    const size_t out = c->weights.out;
    compare_stored(tally, c, what, "w", c->weights.w, want->w);
    compare_stored(tally, c, what, "m", c->m, want->m);
    compare_stored(tally, c, what, "v", c->v, want->v);
    weights_same(tally, c, what, "b", out, c->b, want->b);
    weights_same(tally, c, what, "b_m", out, c->b_m, want->b_m);
    weights_same(tally, c, what, "b_v", out, c->b_v, want->b_v);
}
