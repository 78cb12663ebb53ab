/* What the updates of weights share. */
#ifndef LANEWISE_WEIGHTS_UPDATE_H
#define LANEWISE_WEIGHTS_UPDATE_H

#include "argument.h"
#include "weights_layout.h"

/* An update with the constants of its step worked out. */
struct lw_weights_step {
    struct lw_adam_coefficients adam;
    struct lw_tile_update tile; /* refers to adam */
};

/* LW_EINVAL for a range outside W, and for an update as lw_sgd_update and lw_adam_update, or a
 * moment that is missing. */
lw_status lw_weights_prepare(const char *name, const lw_weights *weights, size_t first,
                             size_t count, const lw_layer_update *u, struct lw_weights_step *step);

/* That the inputs share no memory with what is written. */
lw_status lw_weights_check_inputs(const char *name, const lw_weights *weights,
                                  const lw_layer_update *u, const struct lw_operand *inputs,
                                  size_t input_count);

#endif
