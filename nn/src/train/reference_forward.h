/* The loss of a network in double precision, written for clarity: what gradients are checked by. */
#ifndef LANEWISE_REFERENCE_FORWARD_H
#define LANEWISE_REFERENCE_FORWARD_H

#include "loss.h"

typedef struct lw_reference {
    const lw_net *net; /* for its architecture; its parameters are not used */
    const lw_loss_rule *rule;
    size_t rows;
    const double *x; /* rows x inputs */
    const lw_target *target;
    double *buffers; /* lw_reference_buffer_count doubles */
} lw_reference;

size_t lw_reference_buffer_count(const lw_net *net);

/* The loss with the given parameters (flat view). Has the type that lw_gradient_check asks for;
 * user is an lw_reference. */
double lw_reference_loss(const double *parameters, void *user);

#endif
