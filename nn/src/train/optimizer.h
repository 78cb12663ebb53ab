/* The optimizer's state in a network, and what it does to a layer in a step. */
#ifndef LANEWISE_OPTIMIZER_H
#define LANEWISE_OPTIMIZER_H

#include "net.h"

/* LW_EINVAL for an unknown kind or a value that no formula can take. */
lw_status lw_optimizer_check(const lw_optimizer *optimizer);

/* The optimizer with LW_OPTIMIZER_DEFAULT resolved. */
lw_optimizer lw_optimizer_resolve(const lw_optimizer *optimizer);

/* The optimizer's values of step number net->optimizer.steps + 1, as the kernels take them. */
typedef struct lw_optimizer_step {
    int is_sgd;
    lw_sgd_update_params sgd;
    lw_adam_update_params adam;
} lw_optimizer_step;

/* Makes room for the state of a checked optimizer, which starts anew for a new kind, and begins a
 * step. */
lw_status lw_optimizer_begin(lw_net *net, const lw_optimizer *optimizer, lw_optimizer_step *step);

/* That step as layers take it; it refers to step, which has to stay. */
lw_update lw_optimizer_update(const lw_optimizer_step *step, const lw_net *net);

/* Releases the state. */
void lw_optimizer_reset(lw_net *net);

#endif
