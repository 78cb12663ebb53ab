/* Messages that name the layer and element where training diverged. prefix: text that begins the
 * message. */
#ifndef LANEWISE_DIVERGED_H
#define LANEWISE_DIVERGED_H

#include "step.h"

/* Returns LW_OK if all parameters are finite, otherwise status, with the layer and element of the
 * first parameter that is not. */
lw_status lw_check_parameters(const lw_net *net, lw_status status, const char *prefix);

/*
 * Returns LW_EDIVERGED for a batch whose loss is not finite. The message names the first parameter
 * that is not finite, otherwise an output of the first layer with outputs that are not finite, or
 * else says that all are finite. Slow: repeats the forward pass, in the precision of training, row
 * by row.
 */
lw_status lw_fail_loss(const lw_net *net, const lw_batch *batch, const char *prefix);

/* The same for evaluated rows, in the precision of predictions. */
lw_status lw_fail_evaluation(const lw_net *net, size_t rows, const float *x, const char *prefix);

/* Returns LW_EDIVERGED for stored gradients whose norm is not finite, with the layer and element of
 * the first gradient that is not finite, if any. */
lw_status lw_fail_gradients(const lw_net *net, const char *prefix);

#endif
