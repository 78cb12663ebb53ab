/* The training log: one JSON object per epoch and line (JSON Lines). */
#ifndef LANEWISE_CLI_LOG_H
#define LANEWISE_CLI_LOG_H

#include <lanewise/nn.h>
#include <stdio.h>

typedef struct training_log {
    const char *path; /* NULL: no log is kept */
    FILE *file;
    int is_new;         /* the file was not there before */
    size_t epochs_done; /* whose lines, from an earlier part of the run, stay */
    int lines;
    size_t processes, threads; /* of the run; said where there are several processes */
} training_log;

/* Opens path, or nothing if it is NULL. What the file held stays until the first line; after that, if the run goes on
 * after so many epochs, what comes before the first line of a later epoch. LW_EIO names the path. */
lw_status training_log_open(training_log *log, const char *path, size_t epochs_done,
                            size_t processes, size_t threads);

/* Writes an epoch's line and flushes it. Numbers that are not finite become null. */
lw_status training_log_write(training_log *log, const lw_epoch_report *report);

/* Closes the file; one that was made for this log and got no line is removed. */
void training_log_close(training_log *log);

#endif
