#include "bf16_gradient.h"

#include "scratch.h"
#include "size_math.h"

#include <string.h>

/* The columns of C from column j on, which belong to the panel. */
static void pack_strip(const struct lw_bf16_gradient *g, const struct lw_column_panel *panel,
                       size_t j)
{
    struct lw_bf16_block block = *g->pack;
    block.cols = (struct lw_range){j, j + panel->n};
    /* Treats the panel as a part of row-major weights. */
    block.w = panel->c - block.rows.begin * panel->ldc - j;
    block.ldw = panel->ldc;
    g->isa->bf16_pack(&block);
}

static void run_steps(const struct lw_bf16_gradient *g, size_t p, size_t steps, int add_to_c,
                      float *scratch)
{
    const struct lw_isa *isa = g->isa;
    struct lw_column_panel panel = {
        .m = g->in,
        .kc = steps,
        .a = g->x + p * g->ldx,
        .a_row = 1,
        .a_col = g->ldx,
        .a_tile = isa->tile_mr,
        .add_to_c = add_to_c,
        .epilogue = g->epilogue,
    };
    for (size_t j = 0; j < g->out; j += panel.n) {
        panel.n = lw_min_size(isa->tile_nr, g->out - j);
        panel.col = j;
        panel.ldc = g->panel_stride ? panel.n : g->ldc;
        panel.c = g->panel_stride ? g->c + j / isa->tile_nr * g->panel_stride + g->first * panel.n
                                  : g->c + j;
        panel.c_right = panel.c + (g->panel_stride ? g->panel_stride : panel.n);
        panel.b = g->dz + p * g->lddz + j;
        panel.b_row = g->lddz;
        panel.packed = panel.n == isa->tile_nr ? scratch : NULL;
        if (panel.n < isa->bf16_min_n) {
            /* Copied, so that whole vectors can be read. */
            memset(scratch, 0, steps * isa->lanes * sizeof *scratch);
            for (size_t q = 0; q < steps; q++)
                memcpy(scratch + q * isa->lanes, panel.b + q * g->lddz, panel.n * sizeof *scratch);
            panel.b = scratch;
            panel.b_row = isa->lanes;
        }
        isa->bf16_panel(&panel);
        if (g->pack)
            pack_strip(g, &panel, j);
    }
}

lw_status lw_bf16_gradient_run(const char *function, const struct lw_bf16_gradient *g)
{
    float *scratch = lw_scratch_take();
    if (!scratch)
        return lw_fail(LW_ENOMEM, "%s: no memory for a packing buffer", function);
    size_t p = 0;
    do { /* once for an empty batch too: the gradient is 0 */
        const size_t count = lw_min_size(LW_BF16_STEPS, g->steps - p);
        if (g->in > 0)
            run_steps(g, p, count, p > 0 || g->add_to_c, scratch);
        p += count;
    } while (p < g->steps);
    lw_scratch_give(scratch);
    return LW_OK;
}
