/* Argument checks of the updates of trained weights. */
#ifndef LANEWISE_WEIGHTS_UPDATE_H
#define LANEWISE_WEIGHTS_UPDATE_H

#include "argument.h"
#include "weights_layout.h"

/* An update with its coefficients. */
struct lw_weights_step {
    struct lw_adam_coefficients adam;
    struct lw_tile_update tile; /* refers to adam */
};

/* Returns LW_EINVAL for a range outside W, an update that lw_sgd_update or lw_adam_update refuses,
 * and a missing moment. */
lw_status lw_weights_prepare(const char *name, const lw_weights *weights, size_t first,
                             size_t count, const lw_layer_update *u, struct lw_weights_step *step);

/* Checks that the inputs share no memory with the outputs. */
lw_status lw_weights_check_inputs(const char *name, const lw_weights *weights,
                                  const lw_layer_update *u, const struct lw_operand *inputs,
                                  size_t input_count);

#endif
