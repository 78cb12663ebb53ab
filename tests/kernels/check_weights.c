/* Weights in their internal layout: indices, forward pass and input gradient. */
#include "cases.h"
#include "checks.h"
#include "sizes.h"
#include "weights_case.h"

#include <stdlib.h>
#include <string.h>

static const size_t widths[] = {0,  1,  2,  3,  7,  10,  12,  13,  16,
                                17, 31, 32, 33, 64, 100, 255, 256, 257};
enum { WIDTHS = sizeof widths / sizeof *widths };

static const size_t batches[] = {0, 1, 2, 3, 4, 9, 17, 33, 100};
enum { BATCHES = sizeof batches / sizeof *batches };

/* Layers so large that panels have gaps between them, or that a product divides its steps. */
static const struct {
    size_t batch, in, out;
} large[] = {{3, 2100, 13},  {40, 2100, 70},  {300, 700, 40}, {5, 90, 1100},
             {33, 40, 2500}, {300, 70, 1300}, {4, 17, 65536}, {2, 17, 65537}};
enum { LARGE = sizeof large / sizeof *large };

/* ---- Places ---- */

/* Every element has a distinct index, which pack and unpack use. */
static void check_indices(struct tally *tally, struct weights_case *c)
{
    const lw_weights *weights = &c->weights;
    const size_t n = weights->in * weights->out, floats = lw_weights_floats(weights);
    TALLY_CHECK(tally, floats >= n, "%s: %zu floats", weights_case_title(c), floats);
    if (weights->layout != LW_WEIGHTS_PANELS)
        TALLY_CHECK(tally, floats == n, "%s: %zu floats", weights_case_title(c), floats);
    unsigned char *const taken = calloc(floats + 1, 1);
    if (!taken)
        abort();
    for (size_t i = 0; i < weights->in; i++) {
        for (size_t j = 0; j < weights->out; j++) {
            const size_t place = lw_weights_index(weights, i, j);
            TALLY_CHECK(tally, place < floats && !taken[place], "%s: (%zu, %zu) at %zu",
                        weights_case_title(c), i, j, place);
            taken[place < floats ? place : floats] = 1;
        }
    }
    free(taken);

    float *const rows = weights_floats(n);
    lw_weights_unpack(weights, weights->w, rows);
    weights_same(tally, c, "restored", "w", n, rows, c->start.w);
    lw_weights_pack(weights, c->start.m, weights->w);
    lw_weights_pack(weights, c->start.w, c->m);
    const struct weights_values swapped = {c->start.m, c->start.w,   c->start.v,
                                           c->start.b, c->start.b_m, c->start.b_v};
    weights_compare(tally, c, &swapped, "arranged");
    weights_case_restore(c);
    free(rows);
}

/* ---- Forward pass and input gradient ---- */

struct call {
    const struct weights_case *c;
    lw_activation activation;
    int has_bias, backward;
    float *z, *y; /* outputs of the forward pass; y the input gradient */
    const float *saved;
    size_t ldz, ldy;
    lw_status status;
};

static void run(void *argument)
{
    struct call *call = argument;
    const struct weights_case *c = call->c;
    call->status = call->backward
                       ? weights_functions.backward_input(&c->weights, c->batch, c->dz, c->lddz,
                                                          call->activation, call->saved, call->ldz,
                                                          call->y, call->ldy)
                       : weights_functions.forward(&c->weights, c->batch, c->x, c->ldx,
                                                   call->has_bias ? c->b : NULL, call->activation,
                                                   call->z, call->ldz, call->y, call->ldy);
}

/* Runs the call between guard pages; its output, including gaps between rows, must equal that of
 * the other function. */
static void check_call(struct tally *tally, struct call *call, size_t cols, const char *what)
{
    const struct weights_case *c = call->c;
    const size_t in = c->weights.in, out = c->weights.out;
    const size_t y_floats = c->batch && cols ? (c->batch - 1) * call->ldy + cols : 0;
    const size_t z_floats = call->z && y_floats ? (c->batch - 1) * call->ldz + cols : 0;
    float *const y = weights_floats(y_floats), *const z = weights_floats(z_floats);
    if (y_floats)
        memcpy(y, call->y, y_floats * sizeof *y);
    if (z_floats)
        memcpy(z, call->z, z_floats * sizeof *z);
    const lw_status status =
        call->backward
            ? lw_linear_backward_input(c->batch, in, out, c->dz, c->lddz, c->start.w, out,
                                       call->activation, call->saved, call->ldz, y, call->ldy)
            : lw_linear_forward(c->batch, in, out, c->x, c->ldx, c->start.w, out,
                                call->has_bias ? c->b : NULL, call->activation, call->z ? z : NULL,
                                call->ldz, y, call->ldy);
    const int trapped = guard_trap(run, call);
    TALLY_CHECK(tally, !trapped, "%s: %s touched what it must not", weights_case_title(c), what);
    TALLY_CHECK(tally, status == LW_OK && (trapped || call->status == LW_OK), "%s, %s: %s",
                weights_case_title(c), what, lw_last_error());
    weights_same(tally, c, what, call->backward ? "dx" : "y", y_floats, call->y, y);
    weights_same(tally, c, what, "z", z_floats, call->z, z);
    free(y);
    free(z);
}

static void check_forward(struct tally *tally, struct weights_case *c, size_t variant)
{
    const size_t out = c->weights.out, guards = c->guards;
    const size_t ldz = out + variant % 2, ldy = out + variant % 3;
    struct call call = {.c = c,
                        .activation = (lw_activation)(variant % LW_ACTIVATION_SOFTMAX),
                        .has_bias = variant % 4 != 3,
                        .z = variant % 5 > 2 ? weights_case_rows(c, out, ldz) : NULL,
                        .y = weights_case_rows(c, out, ldy),
                        .ldz = ldz,
                        .ldy = ldy};
    check_call(tally, &call, out, "forward");
    while (c->guards > guards)
        guard_free(&c->guard[--c->guards]);
}

static void check_backward_input(struct tally *tally, struct weights_case *c,
                                 lw_activation activation, size_t variant)
{
    const size_t in = c->weights.in, guards = c->guards;
    const size_t lds = in + variant % 3, lddx = in + variant % 2;
    struct call call = {.c = c,
                        .activation = activation,
                        .backward = 1,
                        .saved = weights_case_rows(c, in, lds),
                        .y = weights_case_rows(c, in, lddx),
                        .ldz = lds,
                        .ldy = lddx};
    check_call(tally, &call, in, "backward input");
    while (c->guards > guards)
        guard_free(&c->guard[--c->guards]);
}

void case_weights_passes(struct tally *tally, size_t batch, size_t in, size_t out, size_t variant)
{
    struct weights_case c;
    weights_case_create(&c, batch, in, out, variant % 3, variant % 2 ? GUARD_AFTER : GUARD_BEFORE);
    if (batch == batches[variant % BATCHES] || in * out > 100000)
        check_indices(tally, &c);
    check_forward(tally, &c, variant);
    check_forward(tally, &c, 3 * variant + 4);
    const lw_activation step = batch == 17 && in * out < 100000 ? 1 : 3;
    for (lw_activation a = (lw_activation)(variant % step); a < LW_ACTIVATION_SOFTMAX; a += step)
        check_backward_input(tally, &c, a, variant);
    weights_case_destroy(&c);
}

static int layouts_seen[LW_WEIGHTS_PANELS + 1];

void check_weights(struct tally *tally, const struct operation *operation)
{
    (void)operation;
    const size_t step = is_fast() ? 7 : 1;
    size_t variant = 0;
    lw_set_threads(1); /* only the calling thread may access a guard page */
    for (size_t i = 0; i < WIDTHS; i++) {
        for (size_t j = i % step; j < WIDTHS; j += step) {
            layouts_seen[lw_weights_of(widths[i], widths[j]).layout] = 1;
            for (size_t b = 0; b < BATCHES; b++)
                case_weights_passes(tally, batches[b], widths[i], widths[j], variant++);
        }
    }
    for (size_t i = 0; i < LARGE; i++)
        case_weights_passes(tally, large[i].batch, large[i].in, large[i].out, variant++);
    for (size_t form = 0; form <= LW_WEIGHTS_PANELS; form++)
        TALLY_CHECK(tally, layouts_seen[form], "no layer has layout %zu", form);
}
