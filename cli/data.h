/* Opens the data that the options select and checks it against the network. */
#ifndef LANEWISE_CLI_DATA_H
#define LANEWISE_CLI_DATA_H

#include "data_options.h"

#include <lanewise/nn.h>

/*
 * Opens the training data and the validation data, if any. output is the last activation: it
 * decides whether a CSV target holds classes (softmax, sigmoid) or values, unless the options do.
 * Release both with lw_dataset_free.
 */
lw_status data_open_training(const data_options *options, lw_activation output, uint64_t seed,
                             lw_dataset *training, lw_dataset *validation);

/* Opens the data to evaluate or predict; for Fashion-MNIST the test set. */
lw_status data_open(const data_options *options, lw_activation output, lw_dataset *data);

typedef enum data_part { PART_MAIN, PART_VALIDATION } data_part;

/*
 * Checks the number of inputs, the number of targets and the range of labels. The message names the
 * file. Data without the highest classes are accepted.
 */
lw_status data_check(const data_options *options, data_part part, size_t inputs, size_t outputs,
                     const lw_dataset *data);

#endif
