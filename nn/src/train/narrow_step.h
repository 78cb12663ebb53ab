/* The training step of a narrow network (lanewise/narrow.h): a few calls instead of several for each layer. */
#ifndef LANEWISE_NARROW_STEP_H
#define LANEWISE_NARROW_STEP_H

#include "optimizer.h"
#include "step.h"
#include <lanewise/narrow.h>

/* What the steps of a narrow network need. */
typedef struct lw_narrow_room {
    size_t rows, threads; /* largest batch and team that fit */
    size_t count;         /* floats of memory */
    float *memory;
    float *sums;    /* blocks x padded_count, if there are several blocks */
    float *scratch; /* threads x plan.workspace */
    float *row_loss;
} lw_narrow_room;

/* NULL if the network is not narrow. Otherwise made by lw_narrow_create, which also makes room for gradients. */
typedef struct lw_narrow_net {
    lw_narrow plan;
    lw_narrow_room room;
} lw_narrow_net;

/* Gives a network within the limits, whose weights then lie by rows, its plan. */
lw_status lw_narrow_create(lw_net *net);
void lw_narrow_destroy(lw_net *net);

/* Makes room for batches of so many rows. */
lw_status lw_narrow_reserve(lw_net *net, size_t rows);

/* So many steps on a batch that there is room for, optimizer being that of the first one; value receives the loss
 * before the last one. With value, LW_EDIVERGED before the update of a loss that is not finite. */
lw_status lw_narrow_steps(lw_net *net, const lw_loss_rule *rule, const lw_optimizer_step *optimizer,
                          const lw_batch *batch, size_t steps, double *value);

/* The gradients from the last layer's dz, which is there for all rows of x. */
lw_status lw_narrow_backward(lw_net *net, size_t rows, const float *x);

#endif
