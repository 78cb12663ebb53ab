/*
 * Small networks: a whole training step of a network whose layers have at most 16 units, as one
 * program. Vectors run along the rows of the mini-batch, so that all lanes are used for any number
 * of units, and all data between inputs and gradients stays in the first-level cache.
 *
 * Private to Lanewise: not installed, may change in any version. The rules of kernels.h hold,
 * except that these functions run on the calling thread only and do not check whether buffers
 * overlap.
 */
#ifndef LANEWISE_INTERNAL_SMALL_NET_H
#define LANEWISE_INTERNAL_SMALL_NET_H

#include <lanewise/kernels.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits and layout. */
enum {
    LW_SMALL_NET_MAX_INPUTS = 31,          /* inputs of the network */
    LW_SMALL_NET_MAX_UNITS = 16,           /* units of a layer */
    LW_SMALL_NET_MAX_LAYERS = 8,           /* layers */
    LW_SMALL_NET_MAX_SINGLE_WEIGHTS = 128, /* weights of a network of one layer */
    LW_SMALL_NET_SECTION_FLOATS = 16,      /* alignment of the sections of a parameter buffer */
    LW_SMALL_NET_BLOCK_ROWS = 384          /* rows of a block, over which gradients are summed */
};

/* A layer of a small network. */
typedef struct lw_small_net_layer {
    size_t units;             /* columns of its output */
    lw_activation activation; /* LW_ACTIVATION_SOFTMAX in the last layer only */
} lw_small_net_layer;

/*
 * A network, as lw_small_net_plan describes it; read-only for callers.
 *
 * A parameter buffer holds W (in x units, row-major) and b (units) of each layer, each in a section
 * that begins at a multiple of LW_SMALL_NET_SECTION_FLOATS and is padded with zeros. Gradients and
 * optimizer moments have the same layout.
 */
typedef struct lw_small_net {
    size_t inputs, layer_count;
    lw_small_net_layer layers[LW_SMALL_NET_MAX_LAYERS];
    size_t w[LW_SMALL_NET_MAX_LAYERS], b[LW_SMALL_NET_MAX_LAYERS]; /* offsets of the sections */
    size_t columns[LW_SMALL_NET_MAX_LAYERS + 1]; /* first workspace column of each layer; total */
    size_t parameter_count;                      /* floats of a parameter buffer, with padding */
    size_t workspace;                            /* floats of workspace for a pass */
    const struct lw_isa *isa; /* that was current in lw_small_net_plan, for all work of the plan */
} lw_small_net;

/*
 * 1 if a network is within the limits and every layer has at least one unit; 0 also for layers
 * NULL. See "Small networks" in docs/measurements.md for when these functions are faster than the
 * layer functions of kernels.h.
 */
LW_API int lw_small_net_fits(size_t inputs, size_t layer_count, const lw_small_net_layer *layers);

/* Fills in a plan. Returns LW_EINVAL for NULL, for softmax before the last layer and for an unknown
 * activation; LW_ESHAPE unless lw_small_net_fits. */
LW_API lw_status lw_small_net_plan(lw_small_net *plan, size_t inputs, size_t layer_count,
                                   const lw_small_net_layer *layers);

/* The source of the gradient at the last layer, with pre-activation z and output y. */
typedef enum lw_small_net_loss {
    LW_SMALL_NET_LOSS_NONE = 0,      /* none: outputs only */
    LW_SMALL_NET_LOSS_SQUARED_ERROR, /* lw_squared_error of y */
    /* lw_sigmoid_cross_entropy of z; activation sigmoid */
    LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY,
    /* lw_softmax_cross_entropy(_probs) of z; activation softmax */
    LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY,
    LW_SMALL_NET_LOSS_OUTPUT_GRADIENT, /* the caller's gradient at y */
    LW_SMALL_NET_LOSS_LOGIT_GRADIENT,  /* the caller's gradient at z */
} lw_small_net_loss;

/* A mini-batch. Matrices have no gaps between rows. */
typedef struct lw_small_net_batch {
    size_t rows;
    const float *x;         /* rows x inputs */
    const size_t *index;    /* rows; row r is row index[r] of x and of the target. NULL: row r */
    lw_small_net_loss loss; /* source of the gradient */
    const float *values;    /* rows x outputs; target of a loss if labels is NULL */
    const int32_t *labels; /* rows; classes, or with one output the value itself. Must be at least 0
                            * and below the outputs (2 for one output): not checked */
    const float *gradient; /* rows x outputs; of the caller's losses; not indexed */
    float scale;           /* factor of a loss gradient, as in kernels.h */
    float *y;              /* rows x outputs; receives the outputs; NULL: not stored; not indexed */
    float *row_loss;       /* rows; receives the losses; NULL: not stored; not indexed */
} lw_small_net_batch;

/* Blocks of a batch: rows / LW_SMALL_NET_BLOCK_ROWS, rounded up. */
LW_API size_t lw_small_net_blocks(size_t rows);

/*
 * Forward pass, loss and, unless sums is NULL, backward pass of blocks first .. first + count - 1.
 *
 *   parameters  plan->parameter_count
 *   sums        count x plan->parameter_count; row i receives the gradient of block first + i, with
 *               zeros as padding. The gradient of the batch is lw_column_sums of all blocks
 *   workspace   plan->workspace; contents ignored. Fastest if aligned to a cache line
 *
 * Outputs, losses and gradients at the layers are bit-identical to those of the functions of
 * kernels.h. The gradient of a parameter is a row sum over the rows of a block of x[i] * dz[j]
 * (fused multiply-adds; of dz[j] for b): bits depend on the block boundaries, not on how blocks are
 * assigned to threads. Its error is at most g * sum_i |x[i] * dz[i]| with g as for lw_sgemm, n =
 * rows / 16 + 6, plus that of dz.
 *
 * Returns LW_EINVAL also if the loss does not fit the last activation or lacks its target, for sums
 * without a loss, and for blocks past the end of the batch.
 */
LW_API lw_status lw_small_net_pass(const lw_small_net *plan, const lw_small_net_batch *batch,
                                   size_t first, size_t count, const float *parameters, float *sums,
                                   float *workspace);

/*
 * Non-zero if the loss of a row is not finite. gradients are those of a block, or of blocks added
 * up: a row whose loss is not finite makes the gradient of the last layer's first bias NaN, whether
 * or not losses are stored. The rest of such gradients has no meaning.
 */
static inline int lw_small_net_diverged(const lw_small_net *plan, const float *gradients)
{
    const float first = gradients[plan->b[plan->layer_count - 1]];
    return first != first;
}

/* An optimizer; exactly one of the two is set. */
typedef struct lw_small_net_update {
    const lw_sgd_update_params *sgd;   /* NULL: Adam */
    const lw_adam_update_params *adam; /* NULL: SGD */
} lw_small_net_update;

/*
 * A training step on a batch of one block (at most LW_SMALL_NET_BLOCK_ROWS rows):
 * lw_small_net_pass, then lw_sgd_update or lw_adam_update of all parameters. Bit-identical to these
 * calls.
 *
 *   parameters  plan->parameter_count; updated
 *   gradients   plan->parameter_count; receives the gradient, zero without rows
 *   m           plan->parameter_count; updated: velocity of SGD (NULL without momentum), m of Adam
 *   v           plan->parameter_count; updated: v of Adam; NULL for SGD
 *   workspace   as in lw_small_net_pass
 *
 * Returns LW_EINVAL also as the functions it consists of, and for more than one block. Returns
 * LW_EDIVERGED if lw_small_net_diverged: losses and gradients are then stored, and parameters
 * unchanged.
 */
LW_API lw_status lw_small_net_step(const lw_small_net *plan, const lw_small_net_batch *batch,
                                   const lw_small_net_update *update, float *parameters,
                                   float *gradients, float *m, float *v, float *workspace);

#ifdef __cplusplus
}
#endif

#endif
