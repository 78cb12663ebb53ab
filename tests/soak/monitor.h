/* Checks that a long run is stable: constant memory, constant speed. */
#ifndef LANEWISE_TEST_MONITOR_H
#define LANEWISE_TEST_MONITOR_H

#include <stddef.h>

enum { MONITOR_MAX_PARTS = 20 };

/* A run, divided into parts. The first part is a warm-up and is not evaluated. */
typedef struct monitor {
    const char *unit; /* unit of work */
    size_t count;     /* completed parts */
    double cpu_begin, wall_begin;
    double reference,
        references; /* CPU seconds of the reference products of this part, and their number */
    double rates[MONITOR_MAX_PARTS];    /* work per CPU time of one reference product */
    double shortest;                    /* shortest part, in CPU seconds */
    double resident[MONITOR_MAX_PARTS]; /* resident KB at the end of the part */
} monitor;

/* Seconds of a monotonic clock. */
double monitor_seconds(void);

void monitor_begin(monitor *run, const char *unit);

/* Times a reference product of a few milliseconds on one thread, to exclude changes of processor
 * speed that other processes cause. Call it several times per part, at regular intervals. */
void monitor_sample(monitor *run);

/* Ends a part in which this amount of work was done, and prints its figures. */
void monitor_part(monitor *run, double work);

/*
 * Prints the verdict. Returns 0 if both hold, otherwise 1:
 *
 *   - resident memory grew by less than 512 KB after the first part
 *   - the slowest part did at least 0.8 of the median part's work per CPU time of a reference
 *     product; not checked if a part took less than a CPU second
 *
 * Elapsed time is not evaluated, because it depends on the load of the machine.
 */
int monitor_verdict(const monitor *run);

/* Limits the address space of the process to its current size plus this many megabytes. Returns 0
 * on success. */
int monitor_limit_memory(size_t megabytes);

#endif
