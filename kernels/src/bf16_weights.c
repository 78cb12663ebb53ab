/* Master weights in floats and their working copies in bf16. */
#include "bf16_gradient.h"
#include "bf16_operand.h"
#include "dispatch.h"
#include "gemm_dot.h"
#include "optimizer.h"
#include "weights_update.h"

_Static_assert(LW_UPDATE_MAX_BATCH <= 2 * LW_BF16_STEPS,
               "the gradient of a tile has to be complete when it is used");

lw_weights lw_bf16_weights_of(size_t in, size_t out)
{
    lw_weights weights = lw_weights_of(in, out);
    /* Panels, if they have the width of the copies' panels; otherwise row-major, of which any part
     * can be packed. Also row-major if the fp32 products, which prediction runs on these weights,
     * are dot-product GEMMs, which do not read panels. */
    weights.layout = weights.isa->tile_nr == LW_BF16_PANEL && !lw_gemm_prefers_dot(out, in) &&
                             !lw_gemm_prefers_dot(in, out)
                         ? LW_WEIGHTS_PANELS
                         : LW_WEIGHTS_ROW_MAJOR;
    if (weights.layout == LW_WEIGHTS_PANELS)
        weights.panel_stride = lw_panel_stride(&weights);
    return weights;
}

static lw_status check(const char *name, const lw_weights *weights, size_t first, size_t count,
                       lw_bf16 *forward, lw_bf16 *backward)
{
    lw_status status = lw_check_weights(name, weights);
    if (status != LW_OK)
        return status;
    const size_t in = weights->in, out = weights->out;
    const int fits =
        weights->layout == LW_WEIGHTS_ROW_MAJOR ||
        (weights->layout == LW_WEIGHTS_PANELS && weights->isa->tile_nr == LW_BF16_PANEL);
    if (!fits)
        return lw_fail(LW_EINVAL, "%s: the layout of weights is not that of lw_bf16_weights_of",
                       name);
    if (first % LW_BF16_PANEL != 0 || first > in || count > in - first ||
        (count % LW_BF16_PANEL != 0 && first + count != in))
        return lw_fail(LW_EINVAL, "%s: rows %zu + %zu are not whole panels of %zu", name, first,
                       count, in);
    const struct lw_operand copies[] = {
        lw_optional_operand(lw_bf16_packed_operand("forward", forward, in, out)),
        lw_optional_operand(lw_bf16_packed_operand("backward", backward, out, in)),
        lw_vector_operand("w", weights->w, lw_weights_floats(weights)),
    };
    status = lw_check_output(name, &copies[0], copies + 1, 2);
    return status == LW_OK ? lw_check_output(name, &copies[1], copies + 2, 1) : status;
}

static struct lw_bf16_block block_of(const lw_weights *weights, size_t first, size_t count,
                                     lw_bf16 *forward, lw_bf16 *backward)
{
    return (struct lw_bf16_block){
        .in = weights->in,
        .out = weights->out,
        .rows = {first, first + count},
        .cols = {0, weights->out},
        .w = weights->w,
        .ldw = weights->out,
        .forward = forward ? lw_bf16_as_floats(forward) : NULL,
        .backward = backward ? lw_bf16_as_floats(backward) : NULL,
    };
}

lw_status lw_bf16_weights_pack(const lw_weights *weights, size_t first, size_t count,
                               lw_bf16 *forward, lw_bf16 *backward)
{
    const lw_status status =
        check("lw_bf16_weights_pack", weights, first, count, forward, backward);
    if (status != LW_OK)
        return status;
    struct lw_bf16_block block = block_of(weights, first, count, forward, backward);
    if (weights->layout == LW_WEIGHTS_ROW_MAJOR) {
        weights->isa->bf16_pack(&block);
        return LW_OK;
    }
    for (size_t j = 0; j < weights->out; j = block.cols.end) {
        const size_t rest = weights->out - j;
        block.ldw = rest < LW_BF16_PANEL ? rest : LW_BF16_PANEL;
        block.cols = (struct lw_range){j, j + block.ldw};
        block.w = weights->w + j / LW_BF16_PANEL * weights->panel_stride - j;
        weights->isa->bf16_pack(&block);
    }
    return LW_OK;
}

/* Updates the biases by the column sums of DZ. */
static void update_bias(const struct lw_bf16_gradient *g, const struct lw_tile_update *update,
                        float *bias)
{
    enum { CHUNK = 512 };
    float sums[CHUNK];
    float *const m = update->bias_m, *const v = update->bias_v;
    for (size_t j = 0, n; j < g->out; j += n) {
        n = g->out - j < CHUNK ? g->out - j : CHUNK;
        g->isa->bf16_column_sums(g->steps, n, g->dz + j, g->lddz, 0, sums);
        lw_update_vector(g->isa, update, n, sums, bias + j, m ? m + j : NULL, v ? v + j : NULL);
    }
}

lw_status lw_bf16_weights_update(const lw_weights *weights, size_t first, size_t count,
                                 size_t batch, const lw_bf16 *x, size_t ldx, const lw_bf16 *dz,
                                 size_t lddz, const lw_layer_update *update, lw_bf16 *forward,
                                 lw_bf16 *backward)
{
    static const char name[] = "lw_bf16_weights_update";
    struct lw_weights_step step;
    lw_status status = check(name, weights, first, count, forward, backward);
    if (status != LW_OK)
        return status;
    const size_t in = weights->in, out = weights->out;
    status = lw_weights_prepare(name, weights, first, count, update, &step);
    if (status == LW_OK && batch > LW_UPDATE_MAX_BATCH)
        status =
            lw_fail(LW_EINVAL, "%s: a batch of %zu is above %d", name, batch, LW_UPDATE_MAX_BATCH);
    if (status == LW_OK)
        status = lw_weights_check_inputs(
            name, weights, update,
            (struct lw_operand[]){lw_bf16_vnni2_operand("x", x, batch, in, ldx),
                                  lw_bf16_vnni2_operand("dz", dz, batch, out, lddz)},
            2);
    if (status != LW_OK)
        return status;
    const struct lw_bf16_block block = block_of(weights, first, count, forward, backward);
    const struct lw_epilogue epilogue = {.kind = LW_EPILOGUE_UPDATE, .update = &step.tile};
    const int panels = weights->layout == LW_WEIGHTS_PANELS;
    const struct lw_bf16_gradient gradient = {
        .isa = weights->isa,
        .in = count,
        .out = out,
        .steps = batch / 2 + batch % 2,
        .x = lw_bf16_floats(x) + first,
        .dz = lw_bf16_floats(dz),
        .ldx = ldx,
        .lddz = lddz,
        .c = panels ? weights->w : weights->w + first * out,
        .ldc = out,
        .panel_stride = panels ? weights->panel_stride : 0,
        .first = first,
        .epilogue = &epilogue,
        /* Column panels of row-major weights are not whole panels of the copies on every set. */
        .pack = panels ? &block : NULL,
    };
    status = lw_bf16_gradient_run(name, &gradient);
    if (status == LW_OK && update->b)
        update_bias(&gradient, &step.tile, update->b);
    if (status == LW_OK && !panels)
        weights->isa->bf16_pack(&block);
    return status;
}
