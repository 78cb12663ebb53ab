/*
 * The parts of a report's data, which report/training.js shows. Each function makes one; NULL, or
 * LW_ENOMEM, if there is no memory. The objects are the caller's.
 */
#ifndef LANEWISE_CLI_REPORT_PARTS_H
#define LANEWISE_CLI_REPORT_PARTS_H

#include "report.h"

#include <jansson.h>

/* The rows that the result, the examples and the points are of. */
const lw_dataset *report_rows(const report_run *run);

/* Bytes as base64. */
json_t *report_base64(const unsigned char *bytes, size_t count);

json_t *report_machine(const report_run *run);
json_t *report_network(const report_run *run);
json_t *report_data(const report_run *run);
json_t *report_options(const report_run *run);
json_t *report_time(const report_run *run);
json_t *report_epochs(const report_run *run);
json_t *report_result(const report_run *run);

/* The true class of a row, as lw_evaluate has it. */
int32_t report_true_class(const lw_dataset *data, size_t row);

/* Names of the first count inputs, by number where they have none. */
json_t *report_input_names(const lw_dataset *data, size_t count);

/* The most confident mistakes: as pictures where rows are square images, otherwise as numbers. */
lw_status report_examples(const report_run *run, json_t **part);

/* Rows of two inputs over the network's predictions of the plane around them; JSON's null for others. */
lw_status report_boundary(const report_run *run, json_t **part);

/* Errors of a regression, and some of its rows; JSON's null where targets are classes. */
lw_status report_regression(const report_run *run, json_t **part);

#endif
