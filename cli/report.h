/* The HTML report of a training run: curves, confusion matrix, examples and configuration. */
#ifndef LANEWISE_CLI_REPORT_H
#define LANEWISE_CLI_REPORT_H

#include "train_options.h"

#include <lanewise/nn.h>
#include <time.h>

/* The run that a report describes. All pointers are owned by the caller. */
typedef struct report_run {
    const char *command; /* the command line, quoted for a shell */
    const train_options *options;
    const data_options *source;
    lw_optimizer optimizer; /* with the values that were used */
    const lw_net *net;
    const lw_dataset *training;
    const lw_dataset *validation; /* NULL: none */
    const lw_history *history;
    const lw_evaluation *result; /* on validation data, or else on training data */
    struct timespec started;     /* TIME_UTC */
} report_run;

/* Whether a report can be written to path: LW_EIO; LW_EUNSUPPORTED in a build without Chart.js. */
lw_status report_check(const char *path);

/* Writes the report, completely or not at all. */
lw_status report_write(const char *path, const report_run *run);

#endif
