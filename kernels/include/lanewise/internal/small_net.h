/*
 * Narrow networks: a whole training step of a dense network whose layers are a few units wide. Vectors
 * are filled by rows of the batch, so that no lane is idle however few units a layer has, and nothing
 * between the inputs and the gradients leaves the caches next to the core.
 *
 * What holds for kernels.h holds here, but that these functions run on the calling thread alone, and
 * that it is not checked whether buffers overlap: none may share memory with another one.
 */
#ifndef LANEWISE_INTERNAL_SMALL_NET_H
#define LANEWISE_INTERNAL_SMALL_NET_H

#include <lanewise/kernels.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The limits, and what the layout of buffers goes by. */
enum {
    LW_SMALL_NET_MAX_INPUTS = 31,          /* of a network, at most */
    LW_SMALL_NET_MAX_UNITS = 16,           /* of a layer, at most */
    LW_SMALL_NET_MAX_LAYERS = 8,           /* at most */
    LW_SMALL_NET_MAX_SINGLE_WEIGHTS = 128, /* weights of a network of one layer, at most */
    LW_SMALL_NET_SECTION_FLOATS =
        16, /* floats that a section of the parameters begins at a multiple of */
    LW_SMALL_NET_BLOCK_ROWS = 384 /* rows that gradients are summed over at a time */
};

/* A layer of a narrow network. */
typedef struct lw_small_net_layer {
    size_t units;             /* columns of its output */
    lw_activation activation; /* LW_ACTIVATION_SOFTMAX in the last layer only */
} lw_small_net_layer;

/*
 * A network, as lw_small_net_plan fills it in; to be read only.
 *
 * All parameters lie in one buffer: for each layer W (in x units, row-major) and then b (units), each in a
 * section of its own that begins at a multiple of LW_SMALL_NET_SECTION_FLOATS floats and is padded with zeros to
 * the next one. Gradients and the state of an optimizer lie in buffers of the same layout.
 */
typedef struct lw_small_net {
    size_t inputs, layer_count;                                    /* of the network */
    lw_small_net_layer layers[LW_SMALL_NET_MAX_LAYERS];            /* layer_count of them */
    size_t w[LW_SMALL_NET_MAX_LAYERS], b[LW_SMALL_NET_MAX_LAYERS]; /* where the sections begin */
    size_t columns[LW_SMALL_NET_MAX_LAYERS +
                   1];      /* of the workspace before those of a layer, and of all */
    size_t parameter_count; /* floats of such a buffer, with padding */
    size_t workspace;       /* floats that a pass needs besides */
} lw_small_net;

/*
 * Whether a network is within the limits above and at least one unit wide everywhere. Within them these functions take
 * less time than those of kernels.h from a batch of 32 rows on (16-16-16-16: 0.7 of it), with fewer rows
 * up to 1.4 times theirs where layers are 16 wide. A larger layer alone is faster there. 0 for layers NULL.
 */
LW_API int lw_small_net_fits(size_t inputs, size_t layer_count, const lw_small_net_layer *layers);

/*
 * Fills in a plan. LW_EINVAL for a NULL, for softmax before the last layer and for an unknown
 * activation; LW_ESHAPE unless lw_small_net_fits.
 */
LW_API lw_status lw_small_net_plan(lw_small_net *plan, size_t inputs, size_t layer_count,
                                   const lw_small_net_layer *layers);

/* Where the gradient at the last layer comes from. z is its pre-activation, y its output. */
typedef enum lw_small_net_loss {
    LW_SMALL_NET_LOSS_NONE = 0, /* nowhere: outputs only                                        */
    LW_SMALL_NET_LOSS_SQUARED_ERROR, /* lw_squared_error of y                                        */
    LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY, /* lw_sigmoid_cross_entropy of z; activation LW_ACTIVATION_SIGMOID         */
    LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY, /* lw_softmax_cross_entropy(_probs) of z; activation LW_ACTIVATION_SOFTMAX */
    LW_SMALL_NET_LOSS_OUTPUT_GRADIENT, /* the caller: gradient at y                                    */
    LW_SMALL_NET_LOSS_LOGIT_GRADIENT, /* the caller: gradient at z                                    */
} lw_small_net_loss;

/*
 * A mini-batch. Rows of matrices follow each other without gaps.
 */
typedef struct lw_small_net_batch {
    size_t rows;    /* of the batch */
    const float *x; /* rows x inputs */
    const size_t
        *index; /* rows; NULL, or row r of the batch is row index[r] of x and of the target */
    lw_small_net_loss loss; /* what gradient there is at the last layer */
    const float *values;    /* rows x outputs; the target of a loss, if labels is NULL */
    const int32_t
        *labels; /* rows; stand for one-hot rows, or with one output for the value itself. At
                              least 0, and below the outputs (2 for one output): not checked */
    const float *gradient; /* rows x outputs; of the losses that are the caller's. Not by index */
    float scale;           /* factor of the gradient of a loss, as in kernels.h */
    float *y;        /* rows x outputs; receives the outputs. NULL: not stored. Not by index */
    float *row_loss; /* rows; receives the losses of the rows. NULL: not stored. Not by index */
} lw_small_net_batch;

/* Blocks of a batch: rows / LW_SMALL_NET_BLOCK_ROWS, rounded up. */
LW_API size_t lw_small_net_blocks(size_t rows);

/*
 * Forward pass, loss and, unless sums is NULL, backward pass of the blocks first .. first + count - 1 of a
 * batch.
 *
 *   parameters  plan->parameter_count
 *   sums        count x plan->parameter_count; row i receives the gradient of block first + i, its
 *               padding too (zeros). The gradient of the batch is lw_column_sums of all blocks
 *   workspace   plan->workspace; anything in and out. Fastest on the boundary of a cache line
 *
 * Outputs are those of lw_linear_forward
 * and lw_softmax, losses and their gradients those of the functions above, the gradients at inner layers
 * those of lw_linear_backward_input, all to the last bit. The gradient of a parameter is summed over the
 * rows of a block as a row sum over x[i] * dz[j] (fused multiply-adds; sums of dz[j] for b): the bits
 * depend on where blocks begin, and so not on how they are shared out. Its error is at most
 * g * sum_i |x[i] * dz[i]| with g as for lw_sgemm, n = rows / 16 + 6, but for that of dz itself.
 *
 * LW_EINVAL also for a loss that does not go with the last activation or misses its target, for sums without
 * a loss, and for blocks past the end of the batch.
 */
LW_API lw_status lw_small_net_pass(const lw_small_net *plan, const lw_small_net_batch *batch,
                                   size_t first, size_t count, const float *parameters, float *sums,
                                   float *workspace);

/* What becomes of a gradient: one of the two is not NULL. */
typedef struct lw_small_net_update {
    const lw_sgd_update_params *sgd;   /* NULL: Adam */
    const lw_adam_update_params *adam; /* NULL: SGD */
} lw_small_net_update;

/*
 * A training step on a batch of one block (up to LW_SMALL_NET_BLOCK_ROWS rows): lw_small_net_pass, and
 * lw_sgd_update or lw_adam_update of all parameters with the gradients, with the same bits.
 *
 *   parameters  plan->parameter_count; updated
 *   gradients   plan->parameter_count; receives the gradient
 *   m           plan->parameter_count; updated: the velocity of SGD, NULL without momentum; m of Adam
 *   v           plan->parameter_count; updated: v of Adam. NULL for SGD
 *   workspace   as above
 *
 * Without rows the gradient is zero. LW_EINVAL also as the functions that it is made of, and for more
 * than one block. LW_EDIVERGED if a row's loss is wanted and not finite: the losses and the gradient are
 * stored then, and nothing is updated.
 */
LW_API lw_status lw_small_net_step(const lw_small_net *plan, const lw_small_net_batch *batch,
                                   const lw_small_net_update *update, float *parameters,
                                   float *gradients, float *m, float *v, float *workspace);

#ifdef __cplusplus
}
#endif

#endif
