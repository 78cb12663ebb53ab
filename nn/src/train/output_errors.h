/* Errors of the outputs of a regression. */
#ifndef LANEWISE_OUTPUT_ERRORS_H
#define LANEWISE_OUTPUT_ERRORS_H

#include "predict.h"

/* Collective: errors of all ranks' rows, whose weights have the sum weight, one element per output.
 * status: what this rank has come to so far. */
lw_status lw_measure_output_errors(const lw_net *net, lw_status status, const lw_dataset *data,
                                   double weight, lw_output_errors *errors);

/* What a loss of 1 is in units of the data: 1, but the variance of a standardised target if it is
 * the only one. */
double lw_loss_unit(const lw_net *net);

#endif
