/* Results of a regression, in the units of the data. */
#ifndef LANEWISE_CLI_REGRESSION_H
#define LANEWISE_CLI_REGRESSION_H

#include <lanewise/nn.h>
#include <stdio.h>

/* Converts an output, or a target of the dataset, to the units of the data. */
double regression_value(const lw_net *net, size_t output, double value);

/* Prints root mean squared error, mean absolute error and R2 of each output. */
void regression_print(FILE *out, const lw_net *net, const lw_evaluation *result);

#endif
