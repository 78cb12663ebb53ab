/* Sharing work out over threads. */
#ifndef LANEWISE_THREAD_POOL_H
#define LANEWISE_THREAD_POOL_H

#include "denormals.h"

#include <lanewise/nn.h>

/* One thread's part of one phase of a job. It runs no job of its own. */
typedef lw_status (*lw_phase)(void *job, size_t thread, size_t threads);

/* How many threads should do flops of work: setting (0: lw_max_threads()), or 1 if that is not worth
 * waking them or if the caller is in a parallel region or a forked child. In a session, no more than it has. */
size_t lw_pool_threads(unsigned setting, double flops);

/* The same for a session of steps of flops each. */
size_t lw_pool_scope_threads(unsigned setting, double flops);

/*
 * Runs the phases one after the other on threads threads, with a barrier between two of them; with
 * one thread, as plain calls, in which the kernels use one thread. Once a part has failed no further phase
 * starts, and the status and the message of a failed part become the caller's. More than one
 * thread: those of the session, at most, or of a region opened for this job.
 */
lw_status lw_pool_run(size_t threads, lw_denormals denormals, size_t count, const lw_phase *phases,
                      void *job);

/*
 * Calls body on the calling thread and keeps threads threads waiting in one parallel region for the jobs that
 * it runs; with one thread, or within a session, as a plain call. Kernels that body calls outside jobs use one
 * thread, and it must not call the user's code, which would find itself in a region. Returns the status of body.
 */
lw_status lw_pool_scope(size_t threads, lw_status (*body)(void *argument), void *argument);

/* The thread's share of total items in whole units: contiguous, and the same for the same numbers.
 */
void lw_pool_partition(size_t total, size_t unit, size_t thread, size_t threads, size_t *first,
                       size_t *count);

#endif
