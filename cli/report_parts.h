/*
 * The sections of a report's JSON data, which report/training.js displays.
 *
 * The functions that return a json_t return NULL if out of memory, the others LW_ENOMEM. The caller
 * owns the result.
 */
#ifndef LANEWISE_CLI_REPORT_PARTS_H
#define LANEWISE_CLI_REPORT_PARTS_H

#include "report.h"

#include <jansson.h>

/* report_rows.c: the data of a report. */

/* The data that the result is computed on: validation data, or else training data. */
const lw_dataset *report_rows(const report_run *run);

/* The names of the first count inputs; "input N" if they have none. */
json_t *report_input_names(const lw_dataset *data, size_t count);

/* The activation of the output layer. */
lw_activation report_output_activation(const lw_net *net);

/* Whether the outputs of a network are probabilities. */
int report_has_probabilities(const lw_net *net);

/* Bytes in base64. */
json_t *report_base64(const unsigned char *bytes, size_t count);

json_t *report_machine(const report_run *run);
json_t *report_network(const report_run *run);
json_t *report_data(const report_run *run);
json_t *report_options(const report_run *run);
json_t *report_time(const report_run *run);
json_t *report_epochs(const report_run *run);
json_t *report_result(const report_run *run);

/* The misclassified rows of highest confidence: as pictures if rows are square images, else as
 * numbers. */
lw_status report_examples(const report_run *run, json_t **part);

/* For two inputs: rows and the predictions on a grid around them; otherwise JSON null. */
lw_status report_boundary(const report_run *run, json_t **part);

/* For a regression: errors and a sample of rows; otherwise JSON null. */
lw_status report_regression(const report_run *run, json_t **part);

#endif
