/* The report of a training run: one page with curves, confusion matrix, examples and configuration. */
#ifndef LANEWISE_CLI_REPORT_H
#define LANEWISE_CLI_REPORT_H

#include "train_options.h"

#include <lanewise/nn.h>
#include <time.h>

/* What a run was and came to; all of it is the caller's. */
typedef struct report_run {
    const char *command; /* the command line that repeats it */
    const train_options *options;
    const data_options *source;
    lw_optimizer optimizer; /* with the values that were used */
    const lw_net *net;
    const lw_dataset *training;
    const lw_dataset *validation; /* NULL: none */
    const lw_history *history;
    const lw_evaluation *result; /* of validation, or else of training */
    struct timespec started;     /* TIME_UTC */
} report_run;

/* Writes the page, whole or not at all. */
lw_status report_write(const char *path, const report_run *run);

#endif
