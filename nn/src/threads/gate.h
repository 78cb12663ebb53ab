/*
 * Where threads wait for one another: briefly awake, then asleep. OpenMP's own barriers stay awake for
 * milliseconds, which is what a processor that others use as well has not got.
 */
#ifndef LANEWISE_GATE_H
#define LANEWISE_GATE_H

#include <pthread.h>
#include <stdatomic.h>

typedef struct lw_gate {
    atomic_uint openings; /* counts them */
    atomic_uint sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t opened;
} lw_gate;

/* Non-zero if the system has no room for it. */
int lw_gate_create(lw_gate *gate);
void lw_gate_destroy(lw_gate *gate);

/* Waits until the gate has been opened more often than `openings` times, and returns how often that is. What
 * was written before the opening is then seen. */
unsigned lw_gate_wait(lw_gate *gate, unsigned openings);

/* Lets everybody through who waits for this opening. */
void lw_gate_open(lw_gate *gate);

#endif
