/*
 * The weights of a dense layer in the form in which its products read and write them fastest, for
 * weights that are trained: what holds for all functions of kernels.h holds here too.
 *
 *   ROWS      in x out, row-major                        few inputs
 *   COLUMNS   out x in, row-major: the transpose         few outputs of many inputs
 *   PANELS    panels of some columns, the last one with the rest of them; in a panel all rows below
 *             each other without gaps                    the rest
 *
 * A form depends on in, out and the instruction set in use when it was chosen, which its products
 * then run on. Moments of an optimizer lie as W does.
 * Products of all forms give the bits of lw_linear_forward, lw_linear_backward_input and
 * lw_linear_backward_weights.
 *
 * Functions that return a status refuse weights that are NULL or that no function has described: LW_EINVAL.
 *
 * Functions on rows first..first+count-1 of W may run side by side in threads for ranges that do
 * not overlap. They take no threads themselves inside a
 * parallel region.
 */
#ifndef LANEWISE_INTERNAL_WEIGHTS_H
#define LANEWISE_INTERNAL_WEIGHTS_H

#include <lanewise/internal/isa.h>
#include <lanewise/kernels.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The forms of the table above. */
typedef enum lw_weights_layout {
    LW_WEIGHTS_ROW_MAJOR = 0, /* W as it is */
    LW_WEIGHTS_TRANSPOSED,    /* its transpose */
    LW_WEIGHTS_PANELS         /* panels of columns */
} lw_weights_layout;

/* Weights of a layer, as lw_weights_of describes them; only w is to be set. */
typedef struct lw_weights {
    size_t in, out;           /* the layer's inputs and outputs */
    lw_weights_layout layout; /* how W lies */
    const lw_isa *isa;        /* the instruction set; the library's own */
    size_t panel_stride;      /* floats from one panel to the next */
    float *w;                 /* lw_weights_floats, by the caller */
} lw_weights;

/* The form for a layer of that shape; w is NULL and to be set by the caller, to a cache line's boundary. */
LW_API lw_weights lw_weights_of(size_t in, size_t out);

/* What W takes: in * out, and up to 1024 more between two panels that are longer than 8192. SIZE_MAX if that is
 * beyond the address space; 0 for weights NULL. */
LW_API size_t lw_weights_floats(const lw_weights *weights);

/* Where element (i, j) of W lies, which is one of W: not checked. 0 for weights NULL. */
LW_API size_t lw_weights_index(const lw_weights *weights, size_t i, size_t j);

/* stored = rows (in x out, row-major) in the form of W, and back. rows and stored share no memory: not
 * checked. With a NULL nothing happens. */
LW_API void lw_weights_pack(const lw_weights *weights, const float *rows, float *stored);
LW_API void lw_weights_unpack(const lw_weights *weights, const float *stored, float *rows);

/* lw_linear_forward. */
LW_API lw_status lw_weights_forward(const lw_weights *weights, size_t batch, const float *x,
                                    size_t ldx, const float *b, lw_activation activation, float *z,
                                    size_t ldz, float *y, size_t ldy);

/* lw_linear_backward_input. */
LW_API lw_status lw_weights_backward_input(const lw_weights *weights, size_t batch, const float *dz,
                                           size_t lddz, lw_activation activation,
                                           const float *saved, size_t lds, float *dx, size_t lddx);

/*
 * Rows that somebody will read soon, row index[i] of x for i = at..rows-1: functions that take this ask memory for
 * some of their lines now and then while they compute, and advance at and line.
 */
typedef struct lw_prefetch {
    const float *x;      /* rows without gaps */
    const size_t *index; /* rows */
    size_t rows, cols;   /* the length of index, and of a row of x */
    size_t at, line;     /* 0 to begin with */
} lw_prefetch;

/* What an optimizer does to the parameters of a layer; one of sgd and adam is set. */
typedef struct lw_layer_update {
    const lw_sgd_update_params *sgd;   /* NULL: Adam */
    const lw_adam_update_params *adam; /* NULL: SGD */
    float *m;              /* as W       velocity or first moment; NULL for SGD without momentum */
    float *v;              /* as W       second moment of Adam; NULL for SGD                     */
    float *b;              /* out        NULL: no bias, or another range's                       */
    float *b_m;            /* out        as m and v                                              */
    float *b_v;            /* out */
    lw_prefetch *prefetch; /* NULL: nothing to fetch */
} lw_layer_update;

/* The largest batch of lw_weights_backward_update: more steps than a tile takes at once would need
 * room for the gradient. */
#define LW_UPDATE_MAX_BATCH 1024

/*
 * lw_linear_backward_weights with beta = 0 for rows first..first+count-1 of W, then lw_sgd_update or
 * lw_adam_update of them and of b by that gradient. The gradient is not stored: the optimizer runs
 * on each tile while it is in registers or in the first-level cache. The same bits as the calls.
 *
 *   X   batch x in    ldx >= in
 *   DZ  batch x out   lddz >= out
 *
 * With batch = 0 the gradient is 0. LW_EINVAL for a batch above LW_UPDATE_MAX_BATCH, a range outside
 * W, for parameters as in the two functions, and for a moment that is missing.
 * LW_EOVERLAP if x or dz shares memory with what is written.
 */
LW_API lw_status lw_weights_backward_update(const lw_weights *weights, size_t first, size_t count,
                                            size_t batch, const float *x, size_t ldx,
                                            const float *dz, size_t lddz,
                                            const lw_layer_update *update);

/* The same from a gradient at hand: g is in x out, row-major, and gb the gradient of b (NULL with it). */
LW_API lw_status lw_weights_update(const lw_weights *weights, size_t first, size_t count,
                                   const float *g, const float *gb, const lw_layer_update *update);

#ifdef __cplusplus
}
#endif

#endif
