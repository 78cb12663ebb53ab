/* Whether a long run goes on as it began: its memory flat, its speed the same. */
#ifndef LANEWISE_TEST_MONITOR_H
#define LANEWISE_TEST_MONITOR_H

#include <stddef.h>

enum { MONITOR_MAX_PARTS = 20 };

/* A run in parts, of which the first warms up and does not count. */
typedef struct monitor {
    const char *unit; /* of work */
    size_t count;     /* parts that are done */
    double cpu_begin, wall_begin;
    double yardstick,
        yardsticks; /* of this part: seconds of the processor, and how many were laid */
    double rates[MONITOR_MAX_PARTS];    /* work in the processors' time of a yardstick */
    double shortest;                    /* part, in seconds of the processors */
    double resident[MONITOR_MAX_PARTS]; /* KB after the part */
} monitor;

/* Seconds of a clock that only goes forward. */
double monitor_seconds(void);

void monitor_begin(monitor *run, const char *unit);

/* Times the yardstick, a product on one thread, some ms: so that what other work does to the speed of the
 * processors is not taken for the run's. To be called some times in a part, evenly. */
void monitor_sample(monitor *run);

/* Ends a part in which some work was done, and prints what it was like. */
void monitor_part(monitor *run, double work);

/* Prints the verdict: 0 if memory grew by less than 512 KB after the first part, and the slowest part did, by the yardstick, at least
 * 0.8 of the median part's work in the same time of the processors; otherwise 1. Seconds of the clock do
 * not count: they tell what else the machine does. Parts of less than a second say nothing of speed. */
int monitor_verdict(const monitor *run);

/* Limits the memory that the process may map to what it maps now and so many MB; 0 for success. */
int monitor_limit_memory(size_t megabytes);

#endif
