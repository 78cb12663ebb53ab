#define _XOPEN_SOURCE 700
#include "progress.h"

#include "interrupt.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* mpirun no longer reads the output once it forwards SIGTERM. */
int progress_can_print(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    for (;;) {
        /* Times out because a signal may arrive just before poll. */
        const int milliseconds = interrupt_number == 0 ? 100 : 0;
        const int ready = poll(&output, 1, milliseconds);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return 1; /* or an error, which the write reports */
        if (ready == 0 && milliseconds == 0)
            return 0;
    }
}

progress progress_begin(int quiet, size_t first_epoch)
{
    const int on_terminal = !quiet && isatty(STDOUT_FILENO);
    return (progress){
        .quiet = quiet, .on_terminal = on_terminal, .first_epoch = first_epoch, .start = now()};
}

void progress_clear(progress *p)
{
    if (p->drawn_width > 0) {
        printf("\r%*s\r", p->drawn_width, "");
        fflush(stdout);
    }
    p->drawn_width = 0;
}

void progress_batch(progress *p, const lw_batch_report *report)
{
    const double draw_interval = 0.1; /* seconds */
    const double time = now();
    if (report->rows_total == 0 || report->seconds <= 0.0 || time - p->last_draw < draw_interval ||
        !progress_can_print())
        return;
    p->last_draw = time;

    const double rows = (double)report->rows_done;
    const double epoch_done = rows / (double)report->rows_total;
    const double done = ((double)(report->epoch - 1 - p->first_epoch) + epoch_done) /
                        (double)(report->epochs - p->first_epoch);
    const long left = (long)((time - p->start) * (1.0 - done) / done); /* seconds */

    char line[128];
    const int width = snprintf(
        line, sizeof line, "epoch %zu/%zu  %3.0f %%  %.0f samples/s  %ld:%02ld left", report->epoch,
        report->epochs, 100.0 * epoch_done, rows / report->seconds, left / 60, left % 60);
    /* Blanks, not escape sequences, overwrite the rest of a longer line: this works on any
     * terminal. */
    printf("\r%s%*s", line, p->drawn_width > width ? p->drawn_width - width : 0, "");
    fflush(stdout);
    p->drawn_width = width;
}

lw_status progress_epoch(progress *p, const lw_epoch_report *report)
{
    if (p->quiet || !progress_can_print())
        return LW_OK;
    progress_clear(p);
    printf("epoch %zu/%zu  train loss %.4f", report->epoch, report->epochs, report->train_loss);
    if (!isnan(report->validation_loss))
        printf("  validation loss %.4f", report->validation_loss);
    if (!isnan(report->validation_accuracy))
        printf("  accuracy %.2f %%", 100.0 * report->validation_accuracy);
    printf("  %.2f s  %.0f samples/s\n", report->seconds, report->samples_per_second);
    return fflush(stdout) == 0 && !ferror(stdout)
               ? LW_OK
               : lw_fail(LW_EIO, "standard output: cannot write: %s", strerror(errno));
}
