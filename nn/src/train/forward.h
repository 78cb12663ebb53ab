/* The forward pass of some rows through the layers of a network, for training, predictions and the
 * search for values that are not finite. */
#ifndef LANEWISE_FORWARD_H
#define LANEWISE_FORWARD_H

#include "net.h"

typedef struct lw_forward {
    const lw_net *net;
    lw_pass pass;
    lw_span rows; /* of the mini-batch */
    lw_operand x; /* inputs, starting at the first of the rows */

    /* If slots have floats, layer i writes its outputs for these rows to slots[i % 2], otherwise to
     * the workspace. */
    lw_matrix slots[2];
    float *y;        /* with slots: receives the outputs of the last layer; NULL: its slot does */
    float *z;        /* receives the last layer's pre-activation; NULL: its workspace, if any */
    int only_logits; /* compute only the pre-activation of the last layer */
} lw_forward;

/* Runs all layers. */
lw_status lw_forward_run(const lw_forward *forward);

/* Runs layer i. z: receives its pre-activation; NULL: layer->z, if any, in training. */
lw_status lw_forward_layer(const lw_forward *forward, size_t i, float *z);

#endif
