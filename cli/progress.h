/* Training progress: one line per epoch, and on a terminal a status line that is redrawn. */
#ifndef LANEWISE_CLI_PROGRESS_H
#define LANEWISE_CLI_PROGRESS_H

#include <lanewise/nn.h>

typedef struct progress {
    int quiet;
    int on_terminal;    /* standard output is a terminal: draw the status line */
    size_t first_epoch; /* epochs done before this run */
    double start;       /* of the run, seconds on the monotonic clock */
    double last_draw;   /* of the status line */
    int drawn_width;    /* characters of the status line on the screen */
} progress;

progress progress_begin(int quiet, size_t first_epoch);

/* Redraws the status line, at most ten times a second. Call only if on_terminal. */
void progress_batch(progress *p, const lw_batch_report *report);

/*
 * Replaces the status line by the line of the epoch. Returns LW_EIO if standard output cannot be
 * written. This function and progress_batch block while standard output is not read, until a signal
 * requests a stop.
 */
lw_status progress_epoch(progress *p, const lw_epoch_report *report);

/* Removes the status line. */
void progress_clear(progress *p);

/* Waits until standard output accepts a line. Returns 0 if it does not after a signal requested a
 * stop. */
int progress_can_print(void);

#endif
