/* The state of an optimizer in a network, and the parameters of its steps. */
#ifndef LANEWISE_OPTIMIZER_H
#define LANEWISE_OPTIMIZER_H

#include "net.h"

/* Returns LW_EINVAL for NULL, an unknown kind or a value out of range. */
lw_status lw_optimizer_check(const lw_optimizer *optimizer);

/* Replaces LW_OPTIMIZER_DEFAULT by the default optimizer. */
lw_optimizer lw_optimizer_resolve(const lw_optimizer *optimizer);

/* The parameters of step number net->optimizer.steps + 1 for the kernels. */
typedef struct lw_optimizer_step {
    int is_sgd;
    lw_sgd_update_params sgd;
    lw_adam_update_params adam;
} lw_optimizer_step;

/* Allocates the state of a checked optimizer, which is reset if the kind differs, and begins a
 * step. */
lw_status lw_optimizer_begin(lw_net *net, const lw_optimizer *optimizer, lw_optimizer_step *step);

/* The step as a parameter of layers. It refers to *step. */
lw_update lw_optimizer_update(const lw_optimizer_step *step, const lw_net *net);

/* Copies the state to a network of the same layers and layout. */
lw_status lw_optimizer_copy(lw_net *to, const lw_net *from);

/* Releases the state. */
void lw_optimizer_reset(lw_net *net);

#endif
