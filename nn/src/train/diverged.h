/* Messages for numbers that are not finite: where the first one is. */
#ifndef LANEWISE_DIVERGED_H
#define LANEWISE_DIVERGED_H

#include "step.h"

/* LW_OK if all parameters are finite. Otherwise status, with a message that begins with what is
 * given and names the first one that is not: its layer, its place there. */
lw_status lw_check_parameters(const lw_net *net, lw_status status, const char *begins_with);

/*
 * For rows of a step whose loss is not finite: LW_EDIVERGED with a message that begins with what is
 * given and names the first parameter that is not finite, else of the first layer with such an
 * output one, else says that only the loss is not. Repeats the forward pass row by row, with the
 * arithmetic of training: for the path of failure.
 */
lw_status lw_fail_loss(const lw_net *net, const lw_batch *batch, const char *begins_with);

/* The same for rows that were evaluated, with the arithmetic of predictions. */
lw_status lw_fail_evaluation(const lw_net *net, size_t rows, const float *x,
                             const char *begins_with);

/* For gradients whose norm is not finite: LW_EDIVERGED with the first layer and place that is not,
 * or with none. */
lw_status lw_fail_gradients(const lw_net *net, const char *begins_with);

#endif
