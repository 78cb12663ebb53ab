#include "bf16_gradient.h"

#include "scratch.h"

#include <string.h>

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The columns of C from column j on, which the strip was made of. */
static void pack_strip(const struct lw_bf16_gradient *g, const struct lw_strip *strip, size_t j)
{
    struct lw_bf16_block block = *g->pack;
    block.cols = (struct lw_range){j, j + strip->n};
    /* As if the strip were a part of weights that lie by rows. */
    block.w = strip->c - block.rows.begin * strip->ldc - j;
    block.ldw = strip->ldc;
    g->isa->bf16_pack(&block);
}

static void run_steps(const struct lw_bf16_gradient *g, size_t p, size_t steps, int add_to_c,
                      float *scratch)
{
    const struct lw_isa *isa = g->isa;
    struct lw_strip strip = {
        .m = g->in,
        .kc = steps,
        .a = g->x + p * g->ldx,
        .a_row = 1,
        .a_col = g->ldx,
        .a_tile = isa->tile_mr,
        .add_to_c = add_to_c,
        .end = g->end,
    };
    for (size_t j = 0; j < g->out; j += strip.n) {
        strip.n = min_size(isa->tile_nr, g->out - j);
        strip.col = j;
        strip.ldc = g->panel ? strip.n : g->ldc;
        strip.c = g->panel ? g->c + j / isa->tile_nr * g->panel + g->first * strip.n : g->c + j;
        strip.c_right = strip.c + (g->panel ? g->panel : strip.n);
        strip.b = g->dz + p * g->lddz + j;
        strip.b_row = g->lddz;
        strip.packed = strip.n == isa->tile_nr ? scratch : NULL;
        if (strip.n < isa->bf16_least_n) {
            /* Copied, so that whole vectors can be read. */
            memset(scratch, 0, steps * isa->lanes * sizeof *scratch);
            for (size_t q = 0; q < steps; q++)
                memcpy(scratch + q * isa->lanes, strip.b + q * g->lddz, strip.n * sizeof *scratch);
            strip.b = scratch;
            strip.b_row = isa->lanes;
        }
        isa->bf16_strip(&strip);
        if (g->pack)
            pack_strip(g, &strip, j);
    }
}

lw_status lw_bf16_gradient_run(const char *function, const struct lw_bf16_gradient *g)
{
    float *scratch = lw_scratch_take();
    if (!scratch)
        return lw_fail(LW_ENOMEM, "%s: no memory for a packing buffer", function);
    size_t p = 0;
    do { /* once for an empty batch too: the gradient is 0 */
        const size_t count = min_size(LW_BF16_STEPS, g->steps - p);
        if (g->in > 0)
            run_steps(g, p, count, p > 0 || g->add_to_c, scratch);
        p += count;
    } while (p < g->steps);
    lw_scratch_give(scratch);
    return LW_OK;
}
