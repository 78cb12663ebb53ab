/* The forward pass of some rows through the layers of a network: in training, for predictions, and
 * in the search for a number that is not finite. */
#ifndef LANEWISE_FORWARD_H
#define LANEWISE_FORWARD_H

#include "net.h"

typedef struct lw_forward {
    const lw_net *net;
    lw_pass pass;
    lw_span rows; /* of the mini-batch */
    lw_operand x; /* inputs, from the first of the rows on */

    /* Outputs are in the workspace; or, if slots have floats, in slot i % 2 for layer i, the rows
     * alone. */
    lw_matrix slots[2];
    float *y; /* with slots: the last layer's outputs in the place of its slot; NULL: in the slot */
    float *z; /* receives the last layer's pre-activation; NULL: the workspace does, if any */
    int only_logits; /* of the last layer only the pre-activation is wanted */
} lw_forward;

lw_status lw_forward_run(const lw_forward *forward);

/* One of the layers; z receives its pre-activation, NULL: not wanted. */
lw_status lw_forward_layer(const lw_forward *forward, size_t layer, float *z);

#endif
