/*
 * Dense layers in bf16, the upper half of a float: half the memory, and twice the multiply-adds per
 * cycle on CPUs with bf16 dot products (instruction set "avx512bf16"); other sets emulate them
 * slowly. Sums, biases and master weights stay float32.
 *
 * Private to Lanewise: not installed, may change in any version. The rules of kernels.h hold, and:
 *
 *   Elements   uint16_t: sign, 8 bits of exponent, 7 of fraction. Sizes and leading dimensions
 *              count elements.
 *   Rows       element (i, j) at x[i * ld + j]. ld is even and at least cols. If cols is odd, ld is
 *              at least cols + 1, and the element after the last one of a row is 0: written to
 *              outputs, required of inputs. Pointers are aligned to 4 bytes. Avoid row distances
 *              that are multiples of 4096 bytes; they share few sets of the first-level cache.
 *   VNNI-2     pairs of rows interleaved, for sums over rows: element (i, j) at vnni2[2 * (i / 2 *
 *              ld + j) + i % 2], ld >= cols, ld counts pairs. For an odd number of rows the second
 *              halves of the last pairs are 0: written to outputs, required of inputs. Pointers are
 *              aligned to 4 bytes.
 *   Rounding   to nearest even; above the largest value to infinity; magnitudes below 2^-126 to a
 *              zero of the same sign; NaN stays NaN. Bit-identical on every set.
 *   Products   a sum over k takes two steps at a time, the second first: acc = acc + a[2p+1] *
 *              b[2p+1], then acc = acc + a[2p] * b[2p], each one fused multiply-add; a missing last
 *              element is 0. Bit-identical on every set, including scalar, because a product of two
 *              bf16 is exact, with two exceptions: operands, products and sums below 2^-126 may be
 *              flushed to a zero of the same sign (avx512bf16 does), an error of at most 3 * 2^-126
 *              per step; and scalar overflows where a product alone does. A CPU whose vdpbf16ps
 *              rounds differently is within two spacings of floats per step.
 *   Threads    every function runs on the calling thread. Concurrent calls may compute different
 *              parts of an output: rows from an even one on where VNNI-2 is written. Results do not
 *              depend on the partition.
 */
#ifndef LANEWISE_INTERNAL_BF16_H
#define LANEWISE_INTERNAL_BF16_H

#include <lanewise/internal/weights.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The upper half of a float. */
typedef uint16_t lw_bf16;

/* An output in every layout its consumers read: rows, VNNI-2, and unrounded floats. NULL: not
 * stored. */
typedef struct lw_bf16_output {
    lw_bf16 *rows;    /* row-major */
    size_t ld;        /* elements between rows */
    lw_bf16 *vnni2;   /* VNNI-2 */
    size_t ld_vnni2;  /* pairs between pairs of rows */
    float *floats;    /* row-major */
    size_t ld_floats; /* floats between rows */
} lw_bf16_output;

/* y[i] = x[i], rounded, i < n. */
LW_API lw_status lw_bf16_from_float(size_t n, const float *x, lw_bf16 *y);

/* y[i] = x[i], i < n; exact. */
LW_API lw_status lw_bf16_to_float(size_t n, const lw_bf16 *x, float *y);

/*
 * Y[i] = X[index[i]], i < rows, rounded: gathers a mini-batch.
 *
 *   X      ldx >= cols; as many rows as index refers to
 *   index  rows; NULL: Y[i] = X[i]
 *   Y      rows x cols
 *
 * Overlap of y with x is checked only if index is NULL.
 */
LW_API lw_status lw_bf16_gather(size_t rows, size_t cols, const float *x, size_t ldx,
                                const size_t *index, const lw_bf16_output *y);

/* Columns of a panel of packed weights; ranges to be packed are multiples of it. */
#define LW_BF16_PANEL 32

/* Elements of packed weights for sums over k with n results: k rounded up to a multiple of 2, times
 * n rounded up to whole panels. 0 if that exceeds the address space. */
LW_API size_t lw_bf16_packed_size(size_t k, size_t n);

/*
 * Packs rows row_begin..row_end-1 and columns col_begin..col_end-1 of W, rounded, for one or both
 * passes:
 *
 *   W         in x out   ldw >= out
 *   forward   lw_bf16_packed_size(in, out) elements, for lw_bf16_linear_forward; or NULL
 *   backward  lw_bf16_packed_size(out, in) elements, for lw_bf16_linear_backward_input; or NULL
 *
 * Begins are multiples of LW_BF16_PANEL; ends are too, or equal in and out. Different ranges write
 * different elements, so threads may pack concurrently. The packed layout is the same on every set.
 * Fastest if aligned to 64 bytes.
 */
LW_API lw_status lw_bf16_pack(size_t in, size_t out, size_t row_begin, size_t row_end,
                              size_t col_begin, size_t col_end, const float *w, size_t ldw,
                              lw_bf16 *forward, lw_bf16 *backward);

/*
 * Forward pass: Y = activation(X * W + b).
 *
 *   X  batch x in    rows
 *   W  in x out      forward of lw_bf16_pack
 *   b  out           floats; NULL: no bias
 *   Z  batch x out   rows; receives X * W + b, rounded; NULL: not stored. GELU and SiLU need it in
 *      the
 *                    backward pass
 *   Y  batch x out
 *
 * The activation, as lw_activate computes it, is applied before rounding. Returns LW_EINVAL for
 * softmax.
 */
LW_API lw_status lw_bf16_linear_forward(size_t batch, size_t in, size_t out, const lw_bf16 *x,
                                        size_t ldx, const lw_bf16 *w, const float *b,
                                        lw_activation activation, lw_bf16 *z, size_t ldz,
                                        const lw_bf16_output *y);

/*
 * Backward pass to the input: DX = (DZ * W^T) .* activation'(S).
 *
 *   DZ  batch x out   rows
 *   W   in x out      backward of lw_bf16_pack
 *   S   batch x in    rows; what the layer below saved (lw_activation_saves_input), rounded; NULL
 *       for
 *                     LW_ACTIVATION_LINEAR
 *   DX  batch x in
 */
LW_API lw_status lw_bf16_linear_backward_input(size_t batch, size_t in, size_t out,
                                               const lw_bf16 *dz, size_t lddz, const lw_bf16 *w,
                                               lw_activation activation, const lw_bf16 *saved,
                                               size_t lds, const lw_bf16_output *dx);

/*
 * Backward pass to the parameters: DW = X^T * DZ + beta * DW, db = column sums of DZ + beta * db.
 *
 *   X   batch x in    VNNI-2, ldx >= in; columns from i on start at x + 2 * i, which partitions DW
 *       by rows
 *   DZ  batch x out   VNNI-2, lddz >= out
 *   DW  in x out      floats, lddw >= out
 *   db  out           floats; NULL: not computed
 *
 * beta is 0 or 1. The sums of db are chains of additions in row order. Returns LW_ENOMEM without
 * scratch memory, which a thread allocates once.
 */
LW_API lw_status lw_bf16_linear_backward_weights(size_t batch, size_t in, size_t out,
                                                 const lw_bf16 *x, size_t ldx, const lw_bf16 *dz,
                                                 size_t lddz, float beta, float *dw, size_t lddw,
                                                 float *db);

/* ---- Master weights ------------------------------------------------------------------------ */

/* lw_weights_of, with a layout that the functions below can pack. */
LW_API lw_weights lw_bf16_weights_of(size_t in, size_t out);

/* lw_bf16_pack of rows first..first+count-1 of these weights. first is a multiple of LW_BF16_PANEL,
 * and count too unless the range ends with W. */
LW_API lw_status lw_bf16_weights_pack(const lw_weights *weights, size_t first, size_t count,
                                      lw_bf16 *forward, lw_bf16 *backward);

/*
 * Fused update: lw_bf16_linear_backward_weights with beta = 0 for rows first..first+count-1 of W,
 * then lw_sgd_update or lw_adam_update of these rows and of b, and lw_bf16_weights_pack of the
 * rows. The gradient is not stored. Bit-identical to these calls. Ranges as in
 * lw_bf16_weights_pack; batch and update as in lw_weights_backward_update.
 *
 *   X   batch x in    VNNI-2, ldx >= in; all columns
 *   DZ  batch x out   VNNI-2, lddz >= out
 */
LW_API lw_status lw_bf16_weights_update(const lw_weights *weights, size_t first, size_t count,
                                        size_t batch, const lw_bf16 *x, size_t ldx,
                                        const lw_bf16 *dz, size_t lddz,
                                        const lw_layer_update *update, lw_bf16 *forward,
                                        lw_bf16 *backward);

#ifdef __cplusplus
}
#endif

#endif
