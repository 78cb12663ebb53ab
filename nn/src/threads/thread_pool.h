/* Runs the phases of a job on several threads. */
#ifndef LANEWISE_THREAD_POOL_H
#define LANEWISE_THREAD_POOL_H

#include "denormals.h"

#include <lanewise/internal/isa.h>
#include <lanewise/nn.h>

/* One thread's shard of a phase. It must not run a job itself. */
typedef lw_status (*lw_phase)(void *job, size_t thread, size_t threads);

/* The number of threads for a job of `flops` operations: `setting`, or lw_max_threads() if setting
 * is 0, but 1 if the job is too small or the caller is in a parallel region or a forked child. In a
 * parallel scope, at most the threads of the scope. */
size_t lw_pool_threads(unsigned setting, double flops);

/* The number of threads for a parallel scope whose jobs have `flops` operations each. */
size_t lw_pool_scope_threads(unsigned setting, double flops);

/*
 * Runs phases[0..count-1] on `threads` threads with a barrier between phases. The threads are those
 * of the current parallel scope, at most, or of a scope opened for this job. With one thread the
 * phases are plain calls, and kernels in them use one thread. If a phase fails on a thread, no
 * further phase starts, and its status and message are returned to the caller. isa: the instruction
 * set of the phases; NULL: the selected one.
 */
lw_status lw_pool_run(size_t threads, lw_denormals denormals, const lw_isa *isa, size_t count,
                      const lw_phase *phases, void *job);

/*
 * Opens a parallel scope: calls body on the calling thread while the other threads of one parallel
 * region wait for the jobs that body runs. A plain call with one thread or within another scope.
 * Kernels called by body outside of jobs use one thread. body must not call the user's code, which
 * could not open parallel regions. Returns the status of body, or LW_ENOMEM.
 */
lw_status lw_pool_scope(size_t threads, lw_status (*body)(void *argument), void *argument);

/* The contiguous shard of `total` items that a thread processes, in whole multiples of unit. */
void lw_pool_partition(size_t total, size_t unit, size_t thread, size_t threads, size_t *first,
                       size_t *count);

#endif
