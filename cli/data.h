/* Opens the data that the options select and checks it against the network. */
#ifndef LANEWISE_CLI_DATA_H
#define LANEWISE_CLI_DATA_H

#include "data_options.h"
#include "describe_schema.h"

#include <lanewise/nn.h>

/*
 * Opens the training data and the validation data, if any, encoded with *schema. If that is NULL,
 * it is made from the training data; it stays NULL for arrays of which each process reads a part.
 * facts: of the table of --csv. output: the activation of --output, or OUTPUT_UNSET. Release the
 * data with lw_dataset_free and the schema with lw_schema_free.
 */
lw_status data_open_training(const data_options *options, int output, uint64_t seed,
                             lw_schema **schema, table_facts *facts, lw_dataset *training,
                             lw_dataset *validation);

/*
 * Opens the data to evaluate or predict; for Fashion-MNIST the test set. They are encoded with the
 * schema of the network, if it has one. table: receives the table of --csv, which the caller
 * releases, or NULL; may be NULL.
 */
lw_status data_open(const data_options *options, const lw_net *net, lw_need targets,
                    lw_dataset *data, lw_table **table);

typedef enum data_part { PART_MAIN, PART_VALIDATION } data_part;

/*
 * Checks the number of inputs, the number of targets and the range of labels. The message names the
 * file. Data without the highest classes are accepted.
 */
lw_status data_check(const data_options *options, data_part part, size_t inputs, size_t outputs,
                     const lw_dataset *data);

#endif
