/*
 * Weights of a dense layer in the layout that its products read and write fastest, for training.
 *
 *   ROW_MAJOR   in x out, row-major                              few inputs or few outputs
 *   TRANSPOSED  out x in, row-major                              few outputs of many inputs
 *   PANELS      column panels of tile_nr columns (the last one   all other layers
 *               has the rest); the rows of a panel follow each
 *               other without gaps
 *
 * The layout depends on in, out and the instruction set that was current when it was chosen; all
 * products of the weights run on that set. Optimizer moments have the layout of W. Products are
 * bit-identical to lw_linear_forward, lw_linear_backward_input and lw_linear_backward_weights.
 *
 * Private to Lanewise: not installed, may change in any version. The rules of kernels.h hold.
 * Functions that return a status return LW_EINVAL for weights that are NULL or were not described
 * by lw_weights_of or lw_bf16_weights_of. Functions on rows first..first+count-1 of W may run
 * concurrently on disjoint ranges; inside a parallel region they use one thread.
 */
#ifndef LANEWISE_INTERNAL_WEIGHTS_H
#define LANEWISE_INTERNAL_WEIGHTS_H

#include <lanewise/internal/isa.h>
#include <lanewise/kernels.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Layouts, see above. */
typedef enum lw_weights_layout {
    LW_WEIGHTS_ROW_MAJOR = 0,
    LW_WEIGHTS_TRANSPOSED,
    LW_WEIGHTS_PANELS
} lw_weights_layout;

/* Weights of a layer, as lw_weights_of describes them; callers set w only. */
typedef struct lw_weights {
    size_t in, out;           /* inputs and outputs of the layer */
    lw_weights_layout layout; /* of w */
    const lw_isa *isa;        /* the set that all products run on */
    size_t panel_stride;      /* floats from one panel to the next */
    float *w;                 /* lw_weights_floats, owned by the caller */
} lw_weights;

/* Describes the weights of an in x out layer. Callers set w, aligned to a cache line. */
LW_API lw_weights lw_weights_of(size_t in, size_t out);

/* Floats of W: in * out, plus up to 1024 between panels longer than 8192. SIZE_MAX if that exceeds
 * the address space; 0 for weights NULL. */
LW_API size_t lw_weights_floats(const lw_weights *weights);

/* The index of element (i, j) of W, which must exist: not checked. 0 for weights NULL. */
LW_API size_t lw_weights_index(const lw_weights *weights, size_t i, size_t j);

/* Converts in x out row-major weights to the layout of W, and back. The buffers must not overlap:
 * not checked. A NULL argument makes the call a no-op. */
LW_API void lw_weights_pack(const lw_weights *weights, const float *rows, float *stored);
LW_API void lw_weights_unpack(const lw_weights *weights, const float *stored, float *rows);

/* lw_linear_forward with W in its layout. */
LW_API lw_status lw_weights_forward(const lw_weights *weights, size_t batch, const float *x,
                                    size_t ldx, const float *b, lw_activation activation, float *z,
                                    size_t ldz, float *y, size_t ldy);

/* lw_linear_backward_input with W in its layout. */
LW_API lw_status lw_weights_backward_input(const lw_weights *weights, size_t batch, const float *dz,
                                           size_t lddz, lw_activation activation,
                                           const float *saved, size_t lds, float *dx, size_t lddx);

/*
 * A prefetch cursor: rows index[row..rows-1] of x that the caller reads soon. Functions that accept
 * one prefetch some cache lines now and then while they compute, and advance the cursor.
 */
typedef struct lw_prefetch {
    const float *x;      /* rows without gaps */
    const size_t *index; /* rows */
    size_t rows, cols;   /* length of index; columns of x */
    size_t row, column;  /* the next cache line; initially 0 */
} lw_prefetch;

/* The optimizer's update of a layer; exactly one of sgd and adam is set. */
typedef struct lw_layer_update {
    const lw_sgd_update_params *sgd;
    const lw_adam_update_params *adam;
    float *m;              /* as W; velocity or first moment; NULL for SGD without momentum */
    float *v;              /* as W; second moment of Adam; NULL for SGD */
    float *b;              /* out; NULL: no bias, or updated with another range */
    float *b_m;            /* out; as m */
    float *b_v;            /* out; as v */
    lw_prefetch *prefetch; /* NULL: nothing to prefetch */
} lw_layer_update;

/* The largest batch of lw_weights_backward_update: a tile's gradient must be complete in
 * registers. */
#define LW_UPDATE_MAX_BATCH 1024

/*
 * Fused update: lw_linear_backward_weights with beta = 0 for rows first..first+count-1 of W, then
 * lw_sgd_update or lw_adam_update of these rows and of b. The gradient is not stored: the optimizer
 * runs on each tile in registers or in the first-level cache. Bit-identical to these calls.
 *
 *   X   batch x in    ldx >= in
 *   DZ  batch x out   lddz >= out
 *
 * With batch = 0 the gradient is 0. Returns LW_EINVAL for a batch above LW_UPDATE_MAX_BATCH, a
 * range outside W, a missing moment, and parameters that lw_sgd_update or lw_adam_update refuse;
 * LW_EOVERLAP if x or dz shares memory with an output.
 */
LW_API lw_status lw_weights_backward_update(const lw_weights *weights, size_t first, size_t count,
                                            size_t batch, const float *x, size_t ldx,
                                            const float *dz, size_t lddz,
                                            const lw_layer_update *update);

/* The update of rows first..first+count-1 of W from a stored gradient: g is in x out, row-major; gb
 * is the gradient of b, NULL without b. */
LW_API lw_status lw_weights_update(const lw_weights *weights, size_t first, size_t count,
                                   const float *g, const float *gb, const lw_layer_update *update);

#ifdef __cplusplus
}
#endif

#endif
