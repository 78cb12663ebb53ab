/* The optimizer's state in a network, and one step of it on a range of the parameters. */
#ifndef LANEWISE_OPTIMIZER_H
#define LANEWISE_OPTIMIZER_H

#include "net.h"

/* LW_EINVAL for an unknown kind or a value that no formula can take. */
lw_status lw_optimizer_check(const lw_optimizer *optimizer);

/* The optimizer with LW_OPTIMIZER_DEFAULT resolved. */
lw_optimizer lw_optimizer_resolve(const lw_optimizer *optimizer);

/* Makes room for the state of a checked, resolved optimizer; a new kind starts anew. */
lw_status lw_optimizer_prepare(lw_net *net, const lw_optimizer *optimizer);

/* One step on the parameters first..first+count-1 of the padded buffer, as step number
 * net->optimizer.steps + 1. Elementwise, so that ranges may run side by side. */
lw_status lw_optimizer_update(lw_net *net, const lw_optimizer *optimizer, size_t first,
                              size_t count);

/* Releases the state. */
void lw_optimizer_forget(lw_net *net);

#endif
