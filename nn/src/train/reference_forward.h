/* The loss of a network in double precision: the reference of gradient checks. */
#ifndef LANEWISE_REFERENCE_FORWARD_H
#define LANEWISE_REFERENCE_FORWARD_H

#include "loss.h"

typedef struct lw_reference {
    const lw_net *net; /* its architecture; its parameters are not used */
    const lw_loss_rule *rule;
    size_t rows;
    const double *x; /* rows x inputs */
    const lw_target *target;
    double *buffers; /* lw_reference_buffer_count doubles */
} lw_reference;

size_t lw_reference_buffer_count(const lw_net *net);

/* Returns the loss with the given parameters (a flat view). A callback of lw_gradient_check; user
 * is an lw_reference. */
double lw_reference_loss(const double *parameters, void *user);

#endif
