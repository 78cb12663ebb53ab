/* One training step on a mini-batch, as lw_train_step and lw_fit take it. */
#ifndef LANEWISE_STEP_H
#define LANEWISE_STEP_H

#include "loss.h"
#include "net.h"

/* Where the rows of a shuffled mini-batch come from, and the room they are copied to. */
typedef struct lw_gather {
    const lw_dataset *data;
    float *x;        /* rows x inputs */
    float *values;   /* rows x outputs, if the data set has values */
    int32_t *labels; /* rows, if it has labels */
} lw_gather;

typedef struct lw_batch {
    size_t rows;
    size_t all_rows; /* with those of other ranks: what losses and gradients are the mean of */
    const float *x;
    lw_target target;
    const lw_gather
        *gather;         /* NULL: x and target are in place. Otherwise each thread first copies */
    const size_t *index; /* its share of the rows index[0..rows-1] to x and target.             */
    const size_t *next_index; /* the rows of the next batch, which can be fetched ahead */
    size_t next_rows;
} lw_batch;

/*
 * Forward, loss, backward and, unless optimizer is NULL, the update. The arguments have been
 * checked: rule by lw_loss_resolve, the target against it, optimizer by lw_optimizer_check. value
 * receives the loss; NULL: not wanted. LW_EDIVERGED, with the network as it was, before an update whose loss is not
 * finite; a narrow network's is known only where value is wanted.
 */
lw_status lw_step_run(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                      const lw_batch *batch, double *value);

/*
 * So many steps of a narrow network on the same batch, whose losses nobody wants: what a step has to prepare is prepared
 * once, which for two units takes as long as the step itself.
 */
lw_status lw_step_repeat(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                         const lw_batch *batch, size_t steps);

/*
 * A layer's forward pass on some rows: y = activation(x * W + b), z as lw_linear_forward; for
 * softmax z is needed.
 */
lw_status lw_layer_forward(const lw_layer *layer, size_t rows, const float *x, float *z, float *y);

#endif
