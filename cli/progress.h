/* What training shows: a line per epoch, and on a terminal a line that is rewritten meanwhile. */
#ifndef LANEWISE_CLI_PROGRESS_H
#define LANEWISE_CLI_PROGRESS_H

#include <lanewise/nn.h>

typedef struct progress {
    int quiet;
    int on_terminal;    /* standard output is one: the rewritten line is shown */
    size_t first_epoch; /* epochs done before this run */
    double start;       /* of the run, seconds on the monotonic clock */
    double last_draw;   /* of the rewritten line */
    int drawn_width;    /* characters of it that are on the screen now */
} progress;

progress progress_begin(int quiet, size_t first_epoch);

/* Rewrites the line, a few times a second at most. To be called only when on_terminal. */
void progress_batch(progress *p, const lw_batch_report *report);

/* Replaces the rewritten line by the epoch's own, which stays. LW_EIO if standard output does not take it. Where nobody reads
 * that, this and the one above wait, but not once a signal asks the run to stop. */
lw_status progress_epoch(progress *p, const lw_epoch_report *report);

/* Removes the rewritten line, so that other text may follow. */
void progress_clear(progress *p);

#endif
