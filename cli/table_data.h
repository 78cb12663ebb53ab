/* Data from CSV files, encoded with a schema. */
#ifndef LANEWISE_CLI_TABLE_DATA_H
#define LANEWISE_CLI_TABLE_DATA_H

#include "data_options.h"
#include "describe_schema.h"

#include <lanewise/nn.h>

/* Reads a table, that of --csv or --test-csv. schema: that of the model, or NULL. */
lw_status table_read(const data_options *options, const char *path, const lw_schema *schema,
                     lw_table **table);

/* Encodes all rows, or those of a shard, and prints a warning for what the training data did not
 * have. */
lw_status table_encode(const data_options *options, const lw_schema *schema, const lw_table *table,
                       lw_encode_options encoding, lw_dataset *data);

/* Row numbers of a table, those of the training rows first. */
typedef struct row_split {
    const size_t *rows; /* NULL: all rows are training rows */
    size_t training, validation;
} row_split;

/* Encodes both parts. *schema is used if it is not NULL, and otherwise made from the training rows;
 * release it with lw_schema_free. output: the activation of --output, or OUTPUT_UNSET. */
lw_status table_encode_split(const data_options *options, int output, const lw_table *table,
                             const row_split *parts, lw_schema **schema, lw_dataset *training,
                             lw_dataset *validation);

/*
 * Opens --csv for training, with the rows that --validation holds out or --test-csv has. schema and
 * output: see table_encode_split.
 */
lw_status table_open_training(const data_options *options, int output, uint64_t seed,
                              lw_schema **schema, table_facts *facts, lw_dataset *training,
                              lw_dataset *validation);

#endif
