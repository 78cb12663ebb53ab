/* The training log: JSON Lines, one object per epoch. */
#ifndef LANEWISE_CLI_TRAINING_LOG_H
#define LANEWISE_CLI_TRAINING_LOG_H

#include <lanewise/nn.h>
#include <stdio.h>

typedef struct training_log {
    const char *path; /* NULL: no log */
    FILE *file;
    int is_new;         /* the file did not exist before */
    size_t epochs_done; /* epochs of a resumed run, whose lines are kept */
    int lines;
    size_t processes, threads; /* logged if there are several processes */
} training_log;

/*
 * Opens the log; does nothing if path is NULL. The contents of an existing file are kept until the
 * first line is written, and then only the lines of the first epochs_done epochs. Returns LW_EIO
 * with a message that names the path.
 */
lw_status training_log_open(training_log *log, const char *path, size_t epochs_done,
                            size_t processes, size_t threads);

/* Writes and flushes the line of an epoch. Numbers that are not finite become null. */
lw_status training_log_write(training_log *log, const lw_epoch_report *report);

/* Closes the file, and removes it if it is new and empty. */
void training_log_close(training_log *log);

#endif
