#define _POSIX_C_SOURCE 200809L

#include "gate.h"

/*
 * Looks before a waiter goes to sleep. A look with its pause takes about SPIN_NS; to sleep and be woken takes
 * SLEEP_US; so a waiter loses at most as much again as sleeping at once would have cost.
 */
enum { LOOKS = 2000 };

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

int lw_gate_create(lw_gate *gate)
{
    atomic_init(&gate->openings, 0);
    atomic_init(&gate->sleepers, 0);
    if (pthread_mutex_init(&gate->mutex, NULL) != 0)
        return 1;
    if (pthread_cond_init(&gate->opened, NULL) == 0)
        return 0;
    pthread_mutex_destroy(&gate->mutex);
    return 1;
}

void lw_gate_destroy(lw_gate *gate)
{
    pthread_cond_destroy(&gate->opened);
    pthread_mutex_destroy(&gate->mutex);
}

static int is_open(lw_gate *gate, unsigned openings)
{
    return atomic_load_explicit(&gate->openings, memory_order_acquire) != openings;
}

void lw_gate_wait(lw_gate *gate, unsigned openings)
{
    for (int look = 0; look < LOOKS; look++) {
        if (is_open(gate, openings))
            return;
        pause_briefly();
    }
    pthread_mutex_lock(&gate->mutex);
    /* Either the opener sees this sleeper or the sleeper this opening: both are sequentially consistent. */
    atomic_fetch_add(&gate->sleepers, 1);
    while (atomic_load(&gate->openings) == openings)
        pthread_cond_wait(&gate->opened, &gate->mutex);
    atomic_fetch_sub(&gate->sleepers, 1);
    pthread_mutex_unlock(&gate->mutex);
}

void lw_gate_open(lw_gate *gate)
{
    atomic_fetch_add(&gate->openings, 1);
    if (atomic_load(&gate->sleepers) == 0)
        return;
    pthread_mutex_lock(&gate->mutex);
    pthread_cond_broadcast(&gate->opened);
    pthread_mutex_unlock(&gate->mutex);
}
