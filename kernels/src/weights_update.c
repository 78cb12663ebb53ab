/* The update of trained weights: from a stored gradient, or fused into the store of the gradient
 * tiles. */
#include "weights_update.h"

#include "blocking.h"
#include "dispatch.h"
#include "gemm.h"
#include "optimizer.h"

_Static_assert(LW_UPDATE_MAX_BATCH <= LW_BLOCKING_WHOLE_STEPS,
               "the gradient of a tile has to be complete when it is used");

static ptrdiff_t distance(const float *from, const float *to)
{
    return to ? (ptrdiff_t)((uintptr_t)to - (uintptr_t)from) : 0;
}

/* Whether the moments of W and b exist, unless these are empty. */
static int has_moment(const lw_weights *weights, const lw_layer_update *u, const float *of_w,
                      const float *of_b)
{
    return weights->out == 0 || ((of_w || weights->in == 0) && (of_b || !u->b));
}

lw_status lw_weights_prepare(const char *name, const lw_weights *weights, size_t first,
                             size_t count, const lw_layer_update *u, struct lw_weights_step *step)
{
    lw_status status = lw_check_weights(name, weights);
    if (status != LW_OK)
        return status;
    if (!u || !u->sgd == !u->adam)
        return lw_fail(LW_EINVAL, "%s: %s", name,
                       u ? "one of sgd and adam is needed" : "update is NULL");
    if (first > weights->in || count > weights->in - first)
        return lw_fail(LW_EINVAL, "%s: rows %zu + %zu are no range of %zu", name, first, count,
                       weights->in);
    const int first_moments = has_moment(weights, u, u->m, u->b_m);
    status = u->sgd ? lw_check_sgd(name, u->sgd, first_moments) : lw_check_adam(name, u->adam);
    if (status == LW_OK && u->adam && !(first_moments && has_moment(weights, u, u->v, u->b_v)))
        status = lw_fail(LW_EINVAL, "%s: a moment is NULL", name);
    if (status != LW_OK)
        return status;
    if (u->adam)
        step->adam = lw_adam_coefficients_of(u->adam);
    step->tile = (struct lw_tile_update){.sgd = u->sgd,
                                         .adam = u->adam ? &step->adam : NULL,
                                         .m = distance(weights->w, u->m),
                                         .v = distance(weights->w, u->v),
                                         .bias_m = u->b_m,
                                         .bias_v = u->b_v,
                                         .prefetch = u->prefetch};
    return LW_OK;
}

lw_status lw_weights_check_inputs(const char *name, const lw_weights *weights,
                                  const lw_layer_update *u, const struct lw_operand *inputs,
                                  size_t input_count)
{
    const size_t floats = lw_weights_floats(weights);
    const struct lw_operand outputs[] = {lw_vector_operand("w", weights->w, floats),
                                         lw_vector_operand("m", u->m, floats),
                                         lw_vector_operand("v", u->v, floats),
                                         lw_vector_operand("b", u->b, weights->out),
                                         lw_vector_operand("b_m", u->b_m, weights->out),
                                         lw_vector_operand("b_v", u->b_v, weights->out)};
    lw_status status = LW_OK;
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs && status == LW_OK; i++)
        if (i == 0 || outputs[i].data)
            status = lw_check_output(name, &outputs[i], inputs, input_count);
    return status;
}

lw_status lw_weights_backward_update(const lw_weights *weights, size_t first, size_t count,
                                     size_t batch, const float *x, size_t ldx, const float *dz,
                                     size_t lddz, const lw_layer_update *update)
{
    static const char name[] = "lw_weights_backward_update";
    struct lw_weights_step step;
    lw_status status = lw_weights_prepare(name, weights, first, count, update, &step);
    if (status != LW_OK)
        return status;
    const size_t in = weights->in, out = weights->out;
    if (batch > LW_UPDATE_MAX_BATCH)
        status =
            lw_fail(LW_EINVAL, "%s: a batch of %zu is above %d", name, batch, LW_UPDATE_MAX_BATCH);
    if (status == LW_OK)
        status = lw_weights_check_inputs(
            name, weights, update,
            (struct lw_operand[]){{"x", x, batch, in, ldx}, {"dz", dz, batch, out, lddz}}, 2);
    if (status != LW_OK)
        return status;
    const struct lw_epilogue epilogue = {.kind = LW_EPILOGUE_UPDATE, .update = &step.tile};
    struct lw_gemm gemm = {
        .isa = weights->isa,
        .m = count,
        .n = out,
        .k = batch,
        .alpha = 1.0f,
        .a = batch > 0 ? x + first : NULL,
        .a_row = 1,
        .a_col = ldx,
        .b = dz,
        .b_row = lddz,
        .b_col = 1,
        .c = weights->w + first * out,
        .ldc = out,
        .epilogue = &epilogue,
        .b_sums = update->b,
    };
    switch (weights->layout) {
    case LW_WEIGHTS_ROW_MAJOR:
        gemm.isa = lw_isa_half_width(weights->isa, out);
        break;
    case LW_WEIGHTS_PANELS:
        gemm.c = weights->w;
        gemm.c_panel_stride = weights->panel_stride;
        gemm.c_first = first;
        break;
    case LW_WEIGHTS_TRANSPOSED: /* the transposed product */
        gemm.m = out;
        gemm.n = count;
        gemm.a = dz;
        gemm.a_col = lddz;
        gemm.b = batch > 0 ? x + first : NULL;
        gemm.b_row = ldx;
        gemm.c = weights->w + first;
        gemm.ldc = in;
        gemm.b_sums = NULL;
        break;
    }
    status = lw_gemm_run(&gemm);
    if (status == LW_OK && weights->layout == LW_WEIGHTS_TRANSPOSED && update->b)
        lw_update_bias(weights->isa, &step.tile, batch, dz, lddz, 0, out, update->b);
    return status;
}

/* Updates a part of W that has the layout of its gradient. */
struct part {
    size_t rows, cols;
    const float *g;
    size_t ldg;
    size_t at, ld; /* in W */
};

static void update_part(const lw_weights *weights, const struct lw_weights_step *step,
                        const lw_layer_update *u, const struct part *part)
{
    for (size_t i = 0; i < part->rows; i++) {
        const size_t at = part->at + i * part->ld;
        lw_update_vector(weights->isa, &step->tile, part->cols, part->g + i * part->ldg,
                         weights->w + at, u->m ? u->m + at : NULL, u->v ? u->v + at : NULL);
    }
}

/* Updates transposed weights: a few rows of the gradient are transposed at a time. */
static void update_columns(const lw_weights *weights, const struct lw_weights_step *step,
                           const lw_layer_update *u, size_t first, size_t count, const float *g)
{
    enum { ROWS = 64, MAX_OUT = 16 };
    float transposed[ROWS * MAX_OUT];
    const size_t out = weights->out;
    for (size_t i = first, rows; i < first + count; i += rows) {
        rows = first + count - i < ROWS ? first + count - i : ROWS;
        weights->isa->transpose(rows, out, g + i * out, out, transposed);
        update_part(weights, step, u, &(struct part){out, rows, transposed, rows, i, weights->in});
    }
}

lw_status lw_weights_update(const lw_weights *weights, size_t first, size_t count, const float *g,
                            const float *gb, const lw_layer_update *update)
{
    static const char name[] = "lw_weights_update";
    struct lw_weights_step step;
    lw_status status = lw_weights_prepare(name, weights, first, count, update, &step);
    if (status != LW_OK)
        return status;
    const size_t in = weights->in, out = weights->out, nr = weights->isa->tile_nr;
    const struct lw_operand of_b = lw_vector_operand("gb", gb, out);
    status = lw_weights_check_inputs(
        name, weights, update,
        (struct lw_operand[]){{"g", g, in, out, out}, update->b ? of_b : lw_optional_operand(of_b)},
        2);
    if (status != LW_OK)
        return status;
    if (update->b)
        lw_update_vector(weights->isa, &step.tile, out, gb, update->b, update->b_m, update->b_v);
    if (weights->layout == LW_WEIGHTS_TRANSPOSED) {
        update_columns(weights, &step, update, first, count, g);
        return LW_OK;
    }
    if (weights->layout == LW_WEIGHTS_ROW_MAJOR) {
        const size_t at = first * out, n = count * out;
        update_part(weights, &step, update, &(struct part){1, n, g + at, n, at, n});
        return LW_OK;
    }
    for (size_t j = 0; j < out; j += nr) {
        const size_t width = out - j < nr ? out - j : nr;
        update_part(weights, &step, update,
                    &(struct part){count, width, g + first * out + j, out,
                                   j / nr * weights->panel_stride + first * width, width});
    }
    return LW_OK;
}
