/* Layouts of trained weights: selection and conversion. */
#include "weights_layout.h"

#include "dispatch.h"
#include "gemm_dot.h"
#include "size_math.h"

#include <string.h>

/* The distance between panels. From 32 KB on an odd number of half pages, so that the rows of a
 * tile, which are read from all panels in turn, do not share sets of the second-level cache. See
 * "Column panels half a page apart" in docs/measurements.md. */
size_t lw_panel_stride(const lw_weights *weights)
{
    enum { HALF_PAGE = 512, MIN_STAGGERED = 8192 };
    const size_t floats = weights->in * weights->isa->tile_nr;
    if (floats < MIN_STAGGERED)
        return floats;
    const size_t halves = (floats + HALF_PAGE - 1) / HALF_PAGE;
    return (halves + (halves % 2 == 0)) * HALF_PAGE;
}

lw_weights lw_weights_of(size_t in, size_t out)
{
    /* So few inputs are read row-major (micro/gemm_small_k.inc); so few outputs, unless a
     * dot-product GEMM, fill at most half a vector. */
    enum { FEW_INPUTS = 16, FEW_OUTPUTS = 8, MAX_OUTPUTS = 1 << 16 };
    lw_weights weights = {.in = in, .out = out, .layout = LW_WEIGHTS_PANELS};
    if (lw_gemm_prefers_dot(out, in))
        weights.layout = LW_WEIGHTS_TRANSPOSED;
    else if (in <= FEW_INPUTS || out <= FEW_OUTPUTS || out > MAX_OUTPUTS)
        weights.layout = LW_WEIGHTS_ROW_MAJOR;
    weights.isa = lw_isa_current();
    if (weights.layout == LW_WEIGHTS_PANELS)
        weights.panel_stride = lw_panel_stride(&weights);
    return weights;
}

static int is_described(const lw_weights *weights)
{
    return weights && weights->isa && (unsigned)weights->layout <= LW_WEIGHTS_PANELS;
}

lw_status lw_check_weights(const char *function, const lw_weights *weights)
{
    return is_described(weights) ? LW_OK
                                 : lw_fail(LW_EINVAL, "%s: weights is %s", function,
                                           weights ? "not from lw_weights_of" : "NULL");
}

size_t lw_weights_floats(const lw_weights *weights)
{
    size_t elements;
    if (!is_described(weights) || weights->in == 0 || weights->out == 0)
        return 0;
    /* Half of the address space, so that the gaps between panels, at most an eighth, do not
     * overflow either. */
    if (lw_floats_overflow(weights->in, weights->out, &elements) ||
        elements > PTRDIFF_MAX / sizeof(float) / 2)
        return SIZE_MAX;
    if (weights->layout != LW_WEIGHTS_PANELS)
        return elements;
    const size_t nr = weights->isa->tile_nr, whole = weights->out / nr, rest = weights->out % nr;
    return rest > 0 ? whole * weights->panel_stride + weights->in * rest
                    : (whole - 1) * weights->panel_stride + weights->in * nr;
}

/* Row i of W in the panel with columns j .. j + width - 1. */
static size_t panel_index(const lw_weights *weights, size_t i, size_t j, size_t width)
{
    return j / weights->isa->tile_nr * weights->panel_stride + i * width;
}

size_t lw_weights_index(const lw_weights *weights, size_t i, size_t j)
{
    if (!is_described(weights))
        return 0;
    const size_t nr = weights->isa->tile_nr, out = weights->out;
    switch (weights->layout) {
    case LW_WEIGHTS_TRANSPOSED:
        return j * weights->in + i;
    case LW_WEIGHTS_PANELS:
        return panel_index(weights, i, j, lw_min_size(nr, out - j / nr * nr)) + j % nr;
    default:
        return i * out + j;
    }
}

void lw_weights_pack(const lw_weights *weights, const float *rows, float *stored)
{
    if (!is_described(weights) || !rows || !stored)
        return;
    const size_t in = weights->in, out = weights->out;
    const size_t nr = weights->isa->tile_nr;
    if (in == 0 || out == 0) /* the pointer may be NULL */
        return;
    if (weights->layout == LW_WEIGHTS_TRANSPOSED) {
        weights->isa->transpose(in, out, rows, out, stored);
        return;
    }
    if (weights->layout == LW_WEIGHTS_ROW_MAJOR) {
        memcpy(stored, rows, in * out * sizeof *stored);
        return;
    }
    for (size_t j = 0; j < out; j += nr) {
        const size_t width = lw_min_size(nr, out - j);
        for (size_t i = 0; i < in; i++)
            memcpy(stored + panel_index(weights, i, j, width), rows + i * out + j,
                   width * sizeof *stored);
    }
}

void lw_weights_unpack(const lw_weights *weights, const float *stored, float *rows)
{
    if (!is_described(weights) || !rows || !stored)
        return;
    const size_t in = weights->in, out = weights->out;
    const size_t nr = weights->isa->tile_nr;
    if (in == 0 || out == 0) /* the pointer may be NULL */
        return;
    if (weights->layout == LW_WEIGHTS_TRANSPOSED) {
        weights->isa->transpose(out, in, stored, in, rows);
        return;
    }
    if (weights->layout == LW_WEIGHTS_ROW_MAJOR) {
        memcpy(rows, stored, in * out * sizeof *rows);
        return;
    }
    for (size_t j = 0; j < out; j += nr) {
        const size_t width = lw_min_size(nr, out - j);
        for (size_t i = 0; i < in; i++)
            memcpy(rows + i * out + j, stored + panel_index(weights, i, j, width),
                   width * sizeof *rows);
    }
}
