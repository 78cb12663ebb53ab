/*
 * An eventcount: threads wait until a counter, the epoch, advances. A waiter spins briefly and then
 * blocks. The barriers of OpenMP spin for milliseconds, which wastes a processor that other threads
 * need.
 */
#ifndef LANEWISE_EVENTCOUNT_H
#define LANEWISE_EVENTCOUNT_H

#include <pthread.h>
#include <stdatomic.h>

typedef struct lw_eventcount {
    atomic_uint epoch;   /* number of signals */
    atomic_uint waiters; /* blocked threads */
    pthread_mutex_t mutex;
    pthread_cond_t signalled;
} lw_eventcount;

/* Returns non-zero if the system has no resources for it. */
int lw_eventcount_create(lw_eventcount *event);
void lw_eventcount_destroy(lw_eventcount *event);

/* Waits until the epoch differs from `epoch` and returns the new one. Memory written before the
 * signal is then visible. */
unsigned lw_eventcount_wait(lw_eventcount *event, unsigned epoch);

/* Advances the epoch and wakes all waiters. */
void lw_eventcount_signal(lw_eventcount *event);

#endif
