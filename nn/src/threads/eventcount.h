/*
 * Where threads wait for one another: briefly awake, then asleep. OpenMP's own barriers stay awake for
 * milliseconds, which is what a processor that others use as well has not got.
 */
#ifndef LANEWISE_EVENTCOUNT_H
#define LANEWISE_EVENTCOUNT_H

#include <pthread.h>
#include <stdatomic.h>

typedef struct lw_eventcount {
    atomic_uint openings; /* counts them */
    atomic_uint sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t opened;
} lw_eventcount;

/* Non-zero if the system has no room for it. */
int lw_eventcount_create(lw_eventcount *gate);
void lw_eventcount_destroy(lw_eventcount *gate);

/* Waits until the gate has been opened more often than `openings` times, and returns how often that is. What
 * was written before the opening is then seen. */
unsigned lw_eventcount_wait(lw_eventcount *gate, unsigned openings);

/* Lets everybody through who waits for this opening. */
void lw_eventcount_signal(lw_eventcount *gate);

#endif
