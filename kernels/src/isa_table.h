/*
 * What an instruction set provides: one constant table of sizes and functions, defined by
 * isa/NAME.c, chosen in dispatch.c. Everything above a tile or a row (loops, threads, argument
 * checks) is written once in this folder.
 */
#ifndef LANEWISE_ISA_TABLE_H
#define LANEWISE_ISA_TABLE_H

#include <lanewise/kernels.h>

/* What is done to a finished tile of C, m x n. The pointers are those of the tile's first element.
 */
enum lw_tile_end_kind {
    LW_END_STORE,   /* nothing                                                  */
    LW_END_FORWARD, /* C = activation(C + bias), C + bias also to z             */
    LW_END_BACKWARD /* C = C .* activation'(saved)                              */
};

struct lw_tile_end {
    enum lw_tile_end_kind kind;
    lw_activation activation;
    const float *bias; /* n, or NULL */
    float *z;          /* m x n, or NULL */
    size_t ldz;
    const float *saved; /* m x n; NULL for LW_LINEAR */
    size_t lds;
};

/* Constants of one Adam step, the same for all parameters. */
struct lw_adam_step {
    float beta1_rest;      /* 1 - beta1 */
    float beta2;           /* beta2 */
    float beta2_rest;      /* 1 - beta2 */
    float step_size;       /* learning_rate / (1 - beta1^t) */
    float root_correction; /* 1 / sqrt(1 - beta2^t) */
    float epsilon;
    float gradient_decay; /* weight decay added to the gradient; 0 for AdamW */
    float weight_factor;  /* 1 - learning_rate * weight_decay for AdamW, else 1 */
};

struct lw_isa {
    const char *name;
    size_t tile_mr, tile_nr; /* rows and columns of the register tile */

    /* Packs an m x kc block of A, element (i, p) at a[i * row + p * col], times alpha, into panels
     * of tile_mr rows, zero padded: panel r holds (r * tile_mr + i, p) at packed[(r * kc + p) * mr
     * + i]. */
    void (*pack_a)(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                   float *packed);
    /* Packs a kc x n block of B, element (p, j) at b[p * row + j * col], into panels of tile_nr
     * columns, zero padded: panel s holds (p, s * tile_nr + j) at packed[(s * kc + p) * nr + j]. */
    void (*pack_b)(size_t kc, size_t n, const float *b, size_t row, size_t col, float *packed);
    /* One tile, m <= tile_mr, n <= tile_nr: C = [C +] A * B over kc packed columns and rows, then
     * end. */
    void (*gemm_tile)(size_t kc, const float *a, const float *b, float *c, size_t ldc, size_t m,
                      size_t n, int add_to_c, const struct lw_tile_end *end);

    /* Vectors; contracts as those of the public functions of the same names. */
    void (*activate)(lw_activation activation, size_t n, const float *x, float *y);
    void (*activate_backward)(lw_activation activation, size_t n, const float *saved,
                              const float *dy, float *dz);
    void (*exp)(size_t n, const float *x, float *y);
    void (*log)(size_t n, const float *x, float *y);
    void (*scale)(size_t n, float factor, float *x);
    void (*add)(size_t n, const float *x, float *sum); /* sum += x */
    float (*sum_squares)(size_t n, const float *x);

    /* One row; the losses return the row's loss, g may be NULL. */
    void (*softmax_row)(size_t n, const float *x, float *y);
    void (*log_softmax_row)(size_t n, const float *x, float *y);
    void (*softmax_backward_row)(size_t n, const float *y, const float *dy, float *dz);
    float (*cross_entropy_row)(size_t n, const float *x, size_t label, float scale, float *g);
    float (*cross_entropy_probs_row)(size_t n, const float *x, const float *t, float scale,
                                     float *g);
    float (*sigmoid_cross_entropy_row)(size_t n, const float *x, const float *t, float scale,
                                       float *g);
    float (*squared_error_row)(size_t n, const float *y, const float *t, float scale, float *g);

    void (*sgd_update)(size_t n, const lw_sgd_update_params *params, const float *g, float *w,
                       float *velocity);
    void (*adam_update)(size_t n, const struct lw_adam_step *step, const float *g, float *w,
                        float *m, float *v);

    /* Runs steps of independent FMAs, fma_chains_per_step lanes in each; the value only proves it.
     */
    float (*fma_chains)(size_t steps, float factor);
    size_t fma_chains_per_step;
};

#endif
