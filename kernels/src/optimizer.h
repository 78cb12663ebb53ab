/* What the optimizers share with steps that end in them. */
#ifndef LANEWISE_KERNELS_OPTIMIZER_H
#define LANEWISE_KERNELS_OPTIMIZER_H

#include "isa_table.h"

/* The documented errors of the parameters; no_state: the state that they may need is missing. */
lw_status lw_check_sgd(const char *name, const lw_sgd_update_params *params, int no_state);
lw_status lw_check_adam(const char *name, const lw_adam_update_params *params, int no_state);

struct lw_adam_step lw_adam_step_of(const lw_adam_update_params *params);

#endif
