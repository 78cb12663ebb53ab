#define _POSIX_C_SOURCE 200809L

#include "scratch.h"

#include "blocking.h"

#include <lanewise/kernels.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Idle buffers. More concurrent calls than slots are possible; their buffers are freed after use.
 */
enum { SLOTS = 64 };
static _Atomic(float *) slots[SLOTS];

size_t lw_scratch_floats(void)
{
    /* Packing writes whole vectors: up to 16 floats after the last panel. */
    return LW_BLOCKING_MAX_FLOATS + 16;
}

/* The buffer of the calling thread, used first, so that a thread has the same buffer in every step.
 */
static _Thread_local float *own;

static pthread_key_t exit_key; /* its destructor runs when a thread with a buffer ends */
static pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;
static int exit_key_made;

static void release(float *buffer)
{
    for (size_t i = 0; buffer && i < SLOTS; i++) {
        float *empty = NULL;
        if (atomic_compare_exchange_strong_explicit(&slots[i], &empty, buffer, memory_order_release,
                                                    memory_order_relaxed))
            return;
    }
    free(buffer);
}

static void release_own(void *unused)
{
    (void)unused;
    release(own);
    own = NULL;
}

static void create_exit_key(void)
{
    exit_key_made = pthread_key_create(&exit_key, release_own) == 0;
}

float *lw_scratch_take(void)
{
    if (own) {
        float *buffer = own;
        own = NULL;
        return buffer;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        if (!atomic_load_explicit(&slots[i], memory_order_relaxed))
            continue;
        float *buffer = atomic_exchange_explicit(&slots[i], NULL, memory_order_acquire);
        if (buffer)
            return buffer;
    }
    return aligned_alloc(64, lw_scratch_floats() * sizeof(float));
}

void lw_scratch_give(float *buffer)
{
    pthread_once(&exit_key_once, create_exit_key);
    if (buffer && !own && exit_key_made && pthread_setspecific(exit_key, &own) == 0)
        own = buffer;
    else
        release(buffer);
}

lw_status lw_scratch_reserve(void)
{
    if (own)
        return LW_OK;
    lw_scratch_give(lw_scratch_take());
    return own ? LW_OK : lw_fail(LW_ENOMEM, "no memory for a packing buffer");
}

/* At program exit. */
__attribute__((destructor)) static void free_all(void)
{
    if (exit_key_made)
        pthread_key_delete(exit_key);
    release_own(NULL);
    for (size_t i = 0; i < SLOTS; i++)
        free(atomic_exchange(&slots[i], NULL));
}
