/* The table of an instruction set: sizes and functions, constant, defined by isa/NAME.c and
 * selected in dispatch.c. Code above the level of a column panel, a few rows or a vector (loops,
 * threads, argument checks) is in this folder, once for all sets. */
#ifndef LANEWISE_ISA_TABLE_H
#define LANEWISE_ISA_TABLE_H

#include "threads.h"

#include <lanewise/internal/bf16.h>
#include <lanewise/internal/small_net.h>
#include <lanewise/internal/weights.h>

/* Operations fused into the store of a tile of C, m x n. Pointers refer to the first element of the
 * tile. */
enum lw_epilogue_kind {
    LW_EPILOGUE_STORE,      /* none */
    LW_EPILOGUE_FORWARD,    /* C = activation(C + bias); C + bias also to z */
    LW_EPILOGUE_BACKWARD,   /* C = C .* activation'(saved) */
    LW_EPILOGUE_TRANSPOSED, /* C^T to z, n x m; for ReLU z = z .* ReLU'(saved) */
    LW_EPILOGUE_UPDATE      /* C = optimizer step on C, with the product as gradient */
};

/* Constants of one Adam step, the same for all parameters. */
struct lw_adam_coefficients {
    float lerp_weight;               /* m = lerp_weight * (g' - m) + (lerp_weight > 0 ? m : g') */
    float beta2;                     /* beta2 */
    float one_minus_beta2;           /* 1 - beta2 */
    float step_size;                 /* learning_rate / (1 - beta1^t) */
    float inv_sqrt_bias_correction2; /* 1 / sqrt(1 - beta2^t) */
    float epsilon;
    float gradient_decay; /* weight decay added to the gradient; 0 for AdamW */
    float weight_factor;  /* 1 - learning_rate * weight_decay for AdamW, else 1 */
};

/* An optimizer step on weights and moments in the layout of C. Exactly one of sgd and adam is
 * set. */
struct lw_tile_update {
    const lw_sgd_update_params *sgd;
    const struct lw_adam_coefficients *adam;
    /* Bytes from a weight to its velocity or first moment, and to its second moment; 0: none. */
    ptrdiff_t m, v;
    float *bias_m, *bias_v;       /* moments of the bias, which is b_sums of lw_gemm */
    struct lw_prefetch *prefetch; /* rows to prefetch during the product, or NULL */
};

struct lw_epilogue {
    enum lw_epilogue_kind kind;
    lw_activation activation;
    const float *bias; /* n, or NULL */
    float *z;          /* as C, or NULL */
    size_t ldz;
    const float *saved; /* as C, or as z if C is stored transposed */
    size_t lds;
    const struct lw_tile_update *update;
};

/* A panel of a product: m rows, kc steps, at most tile_nr columns; at most nr_tail if A is
 * row-major and B read in place, at most nr_skinny for skinny M. */
struct lw_column_panel {
    size_t m, n, kc;
    /* Element (i, p) of the t-th tile of tile_mr rows is a[t * a_tile + i * a_row + p * a_col];
     * a_row or a_col is 1. */
    const float *a;
    size_t a_row, a_col, a_tile;
    /* a_panel_stride not 0: distance between the panels of A, each with a_panel_cols of its kc
     * steps, the last one with the rest. a is then A's element (0, 0), not the panel's, and a_col
     * is 1. */
    size_t a_panel_stride, a_panel_cols;
    /* Element (p, j) is b[p * b_row + j], plus b_panel_stride for every tile_nr columns before j. n
     * columns are read, but at least min_n. */
    const float *b;
    size_t b_row, b_panel_stride;
    /* Not NULL: the panel, of tile_nr columns, is also packed to it, as by pack_b. */
    float *packed;
    /* The next panel's B, with as many steps and the same strides, to prefetch; or NULL. */
    const float *next_b;
    float *c;
    size_t ldc;
    const float *c_right; /* the next panel's columns of C, or NULL */
    int add_to_c;         /* start from C; otherwise from 0 */
    const struct lw_epilogue *epilogue;
    size_t row, col; /* position of the panel's first element in C, for the epilogue */
};

/* C[i][j] = [C[i][j] +] sum_p A[i][p] * B[j][p] as a row sum over 16 partial sums, then the
 * epilogue. */
struct lw_dot_gemm {
    size_t m, n, k;
    const float *a, *b;
    size_t lda, ldb;
    float *c;
    size_t ldc;
    int add_to_c;
    const struct lw_epilogue *epilogue;
    size_t row, col; /* position of the first element in C, for the epilogue */
};

/* Passes rows first .. first + rows - 1 of a batch, at most LW_SMALL_NET_BLOCK_ROWS, through a
 * small network. */
struct lw_small_net_block {
    const lw_small_net *net;
    const lw_small_net_batch *batch;
    size_t first, rows;
    const float *parameters;
    float *sums; /* NULL: no backward pass */
    float *workspace;
};

/* A loss with a target matrix; loss and g may be NULL. */
typedef void lw_loss_rows_function(size_t rows, size_t cols, const float *x, size_t ldx,
                                   const float *t, size_t ldt, float scale, float *loss, float *g,
                                   size_t ldg);

/* The epilogue of bf16 layers. Pointers refer to the first row and column. */
struct lw_bf16_epilogue {
    enum lw_epilogue_kind kind; /* LW_EPILOGUE_FORWARD or LW_EPILOGUE_BACKWARD */
    lw_activation activation;
    const float *bias; /* n, or NULL */
    lw_bf16 *z;        /* or NULL */
    size_t ldz;
    const lw_bf16 *saved;
    size_t lds;
    lw_bf16_output to;
};

/* Rows and columns of weights, in x out, to pack as pairs. */
struct lw_bf16_block {
    size_t in, out;
    /* From multiples of LW_BF16_PANEL to multiples or the end of the matrix. */
    struct lw_range rows, cols;
    const float *w;
    size_t ldw;
    /* Pair (p, j) of a product with k = 2 * steps at [j / LW_BF16_PANEL * LW_BF16_PANEL * steps + p
     * * LW_BF16_PANEL + j % LW_BF16_PANEL]; either may be NULL. */
    float *forward, *backward;
};

struct lw_isa {
    const char *name;
    size_t tile_mr, tile_nr; /* rows and columns of the register tile */
    size_t min_n;            /* minimum number of columns that a panel reads of B */
    size_t bf16_min_n;       /* the same for a panel of pairs */
    size_t nr_tail;          /* columns of the widest panel if A is row-major and B read in place */
    size_t nr_skinny[3];     /* columns of the tiles for one, two and three rows */
    size_t lanes;            /* floats of a vector */

    /* Packs an m x kc block of A, element (i, p) at a[i * row + p * col], times alpha, into panels
     * of tile_mr rows, zero padded: panel r holds (r * tile_mr + i, p) at packed[(r * kc + p) * mr
     * + i]. */
    void (*pack_a)(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                   float *packed);
    /* Packs a kc x n block of B, element (p, j) at b[p * row + j * col], into panels of tile_nr
     * columns, zero padded: panel s holds (p, s * tile_nr + j) at packed[(s * kc + p) * nr + j]. */
    void (*pack_b)(size_t kc, size_t n, const float *b, size_t row, size_t col, float *packed);
    /* C = [C +] A * B on a panel of C, then the epilogue. */
    void (*gemm_panel)(const struct lw_column_panel *panel);

    /* The same for small K: at most small_k_width columns; at most max_small_k[0] steps if they fit
     * a vector, else max_small_k[1]; A row-major (a_col is 1); exactly n columns of B are read.
     * With 2 or 4 steps and b_row 0, element (p, j) of B is b[j * kc + p]. */
    void (*gemm_small_k)(const struct lw_column_panel *panel);
    size_t small_k_width, max_small_k[2];

    void (*gemm_dot)(const struct lw_dot_gemm *dots);
    /* to[j * rows + i] = from[i * stride + j], for few columns. */
    void (*transpose)(size_t rows, size_t cols, const float *from, size_t stride, float *to);

    /* Vectors; as specified for the public functions of the same names. */
    void (*activate)(lw_activation activation, size_t n, const float *x, float *y);
    void (*activate_backward)(lw_activation activation, size_t n, const float *saved,
                              const float *dy, float *dz);
    void (*exp)(size_t n, const float *x, float *y);
    void (*log)(size_t n, const float *x, float *y);
    void (*scale)(size_t n, float factor, float *x);
    float (*sum_squares)(size_t n, const float *x);

    /* Rows; as specified for the public functions. */
    void (*column_sums)(size_t rows, size_t cols, const float *x, size_t ldx, int add_to_out,
                        float *out);
    void (*softmax_rows)(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                         size_t ldy);
    void (*log_softmax_rows)(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                             size_t ldy);
    void (*softmax_backward_rows)(size_t rows, size_t cols, const float *y, size_t ldy,
                                  const float *dy, size_t lddy, float *dz, size_t lddz);
    void (*cross_entropy_rows)(size_t rows, size_t cols, const float *x, size_t ldx,
                               const int32_t *labels, float scale, float *loss, float *g,
                               size_t ldg);
    lw_loss_rows_function *cross_entropy_probs_rows;
    lw_loss_rows_function *sigmoid_cross_entropy_rows;
    lw_loss_rows_function *squared_error_rows;

    void (*sgd_update)(size_t n, const lw_sgd_update_params *params, const float *g, float *w,
                       float *velocity);
    void (*adam_update)(size_t n, const struct lw_adam_coefficients *step, const float *g, float *w,
                        float *m, float *v);

    void (*small_net_block)(const struct lw_small_net_block *block);

    /* bf16. Pairs are passed as floats with the same bits. */
    void (*bf16_from_float)(size_t n, const float *x, lw_bf16 *y);
    void (*bf16_to_float)(size_t n, const lw_bf16 *x, float *y);
    /* Converts n floats of upper to row `row` of epilogue->to, and those of lower, unless NULL, to
     * row + 1. */
    void (*bf16_two_rows)(const struct lw_bf16_epilogue *epilogue, size_t row, size_t n,
                          const float *upper, const float *lower);
    void (*bf16_pack)(const struct lw_bf16_block *block);
    /* gemm_panel with pairs as elements; n at most tile_nr for any m; epilogue LW_EPILOGUE_STORE or
     * LW_EPILOGUE_UPDATE. */
    void (*bf16_panel)(const struct lw_column_panel *panel);
    /* Epilogue of m rows of n <= LW_BF16_PANEL floats; overwrites c. */
    void (*bf16_finish)(const struct lw_bf16_epilogue *epilogue, size_t m, size_t n, float *c,
                        size_t ldc);
    /* Column sums of the given number of row pairs. */
    void (*bf16_column_sums)(size_t steps, size_t cols, const float *vnni2, size_t ld,
                             int add_to_out, float *out);

    /* Runs steps of independent FMAs, each with fma_chains_per_step lanes; the result only prevents
     * their removal. */
    float (*fma_chains)(size_t steps, float factor);
    size_t fma_chains_per_step;
};

#endif
