/*
 * Dense layers on bf16, the upper half of a float: half the memory, and twice the multiply-adds a cycle where the
 * CPU multiplies pairs of them (instruction set "avx512bf16"); other sets emulate that, slowly. Sums, biases and
 * master weights stay floats.
 *
 * What holds for every function besides what the head of kernels.h says of matrices, aliasing, sizes, NaN and
 * status:
 *
 *   Elements   a bf16 is a uint16_t: sign, 8 bits of exponent, 7 of fraction. Sizes and leading dimensions count
 *              elements.
 *   Rows       element (i, j) at x[i * ld + j]. ld is even and at least cols; if cols is odd, ld is at least cols + 1,
 *              and the element behind each row's last is 0: outputs get it, inputs must have it. Pointers
 *              are aligned to 4 bytes. Rows a multiple of 4096 bytes apart share few sets of the first-level
 *              cache: a line more between them is faster.
 *   Pairs      of rows, for sums over rows: element (i, j) at vnni2[2 * (i / 2 * ld + j) + i % 2], ld >= cols, and
 *              with an odd number of rows the other halves of the last one are 0: outputs get them, inputs must have
 *              them. ld counts pairs. Pointers are aligned to 4 bytes.
 *   Rounding   to the nearest bf16, ties to even; beyond the largest to infinity; magnitudes below
 *              2^-126 to a zero of the same sign; a NaN stays one. The same bits on every set.
 *   Products   a sum over k takes two steps at a time, the second first: acc = acc + a[2p+1] * b[2p+1], then acc =
 *              acc + a[2p] * b[2p], each one fused multiply-add; a missing last element is 0. The bits are the same on
 *              every set, "scalar" too, since the product of two bf16 is exact, with two exceptions: operands,
 *              products and sums below 2^-126 may be taken for zeros of the same sign (avx512bf16 does), which is 3 *
 *              2^-126 off at most in a step; and scalar overflows where a product alone does.
 *              Another CPU's "avx512bf16" may round differently, within two spacings of floats in a step.
 *   Threads    every function runs on the calling thread, and may be called from several at once on
 *              different parts of an output: rows from an even one on where pairs are written. The result does not
 *              depend on how they are shared out.
 */
#ifndef LANEWISE_INTERNAL_BF16_H
#define LANEWISE_INTERNAL_BF16_H

#include <lanewise/internal/weights.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The upper half of a float. */
typedef uint16_t lw_bf16;

/* An output in the forms its readers want: as rows, as pairs, as floats before they are rounded. NULL: not
 * stored. */
typedef struct lw_bf16_output {
    lw_bf16 *rows;    /* rows */
    size_t ld;        /* elements from one of rows to the next */
    lw_bf16 *vnni2;   /* pairs of rows */
    size_t ld_vnni2;  /* pairs from one of pairs to the next */
    float *floats;    /* rows of floats */
    size_t ld_floats; /* floats from one of floats to the next */
} lw_bf16_output;

/* y[i] = x[i] rounded, i < n. */
LW_API lw_status lw_bf16_from_float(size_t n, const float *x, lw_bf16 *y);

/* y[i] = x[i], i < n; exact. */
LW_API lw_status lw_bf16_to_float(size_t n, const lw_bf16 *x, float *y);

/*
 * Y[i] = X[index[i]], i < rows: a mini-batch gathered and rounded on the way.
 *
 *   X      ldx >= cols; as many rows as index names
 *   index  rows; NULL: Y[i] = X[i]
 *   Y      rows x cols
 *
 * That outputs share no memory with x is checked without an index only.
 */
LW_API lw_status lw_bf16_gather(size_t rows, size_t cols, const float *x, size_t ldx,
                                const size_t *index, const lw_bf16_output *y);

/* Columns of a panel of packed weights, and the step in which their packing is shared out. */
#define LW_BF16_PANEL 32

/* Elements of the weights of a sum over k with n results, packed: k rounded up to 2 times n rounded up to a panel. 0
 * if that is beyond the address space. */
LW_API size_t lw_bf16_packed_size(size_t k, size_t n);

/*
 * Packs rows row_begin..row_end-1 and columns col_begin..col_end-1 of W, rounded, for one or both products:
 *
 *   W         in x out   ldw >= out
 *   forward   lw_bf16_packed_size(in, out) elements, for lw_bf16_linear_forward; or NULL
 *   backward  lw_bf16_packed_size(out, in) elements, for lw_bf16_linear_backward_input; or NULL
 *
 * Begins are multiples of LW_BF16_PANEL; ends too, or in and out. The packed elements of different parts are
 * different ones, so threads may share the work. The packed form is the same on every set. Both are
 * fastest aligned to 64 bytes.
 */
LW_API lw_status lw_bf16_pack(size_t in, size_t out, size_t row_begin, size_t row_end,
                              size_t col_begin, size_t col_end, const float *w, size_t ldw,
                              lw_bf16 *forward, lw_bf16 *backward);

/*
 * Forward: Y = activation(X * W + b).
 *
 *   X  batch x in    rows
 *   W  in x out      as lw_bf16_pack leaves it in forward
 *   b  out           floats; NULL means no bias
 *   Z  batch x out   rows: X * W + b is rounded into them; NULL: not stored. GELU and SiLU need it
 *                    for their backward pass
 *   Y  batch x out
 *
 * The activation is taken of X * W + b before it is rounded, as lw_activate does it. LW_EINVAL for
 * LW_ACTIVATION_SOFTMAX.
 */
LW_API lw_status lw_bf16_linear_forward(size_t batch, size_t in, size_t out, const lw_bf16 *x,
                                        size_t ldx, const lw_bf16 *w, const float *b,
                                        lw_activation activation, lw_bf16 *z, size_t ldz,
                                        const lw_bf16_output *y);

/*
 * Backward to the layer's input: DX = (DZ * W^T) .* activation'(S).
 *
 *   DZ  batch x out   rows
 *   W   in x out      as lw_bf16_pack leaves it in backward
 *   S   batch x in    rows; what the layer below saved (lw_activation_saves_input), rounded; NULL for LW_ACTIVATION_LINEAR
 *   DX  batch x in
 */
LW_API lw_status lw_bf16_linear_backward_input(size_t batch, size_t in, size_t out,
                                               const lw_bf16 *dz, size_t lddz, const lw_bf16 *w,
                                               lw_activation activation, const lw_bf16 *saved,
                                               size_t lds, const lw_bf16_output *dx);

/*
 * Backward to the parameters: DW = X^T * DZ + beta * DW, db = column sums of DZ + beta * db.
 *
 *   X   batch x in    pairs, ldx >= in; from column i on they begin at x + 2 * i: rows of DW can be shared out
 *   DZ  batch x out   pairs, lddz >= out
 *   DW  in x out      floats, lddw >= out
 *   db  out           floats; NULL: not computed
 *
 * beta is 0 or 1. The sums of db are chains of additions in row order. LW_ENOMEM if there is no
 * scratch, which a thread allocates once.
 */
LW_API lw_status lw_bf16_linear_backward_weights(size_t batch, size_t in, size_t out,
                                                 const lw_bf16 *x, size_t ldx, const lw_bf16 *dz,
                                                 size_t lddz, float beta, float *dw, size_t lddw,
                                                 float *db);

/* ---- Master weights ------------------------------------------------------------------------ */

/* lw_weights_of in a form of which the functions below make the packed copies. */
LW_API lw_weights lw_bf16_weights_of(size_t in, size_t out);

/* lw_bf16_pack of rows first..first+count-1 of such weights; first is a multiple of LW_BF16_PANEL, and so is count
 * unless the range ends with W. */
LW_API lw_status lw_bf16_weights_pack(const lw_weights *weights, size_t first, size_t count,
                                      lw_bf16 *forward, lw_bf16 *backward);

/*
 * lw_bf16_linear_backward_weights with beta = 0 for rows first..first+count-1 of W, then lw_sgd_update or
 * lw_adam_update of them and of b by that gradient, and lw_bf16_weights_pack of them. The gradient is not
 * stored. The same bits as the calls. Ranges as in lw_bf16_weights_pack; batch and update as in
 * lw_weights_backward_update.
 *
 *   X   batch x in    pairs, ldx >= in; all of them
 *   DZ  batch x out   pairs, lddz >= out
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
