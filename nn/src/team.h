/* Sharing work out over the OpenMP threads. */
#ifndef LANEWISE_TEAM_H
#define LANEWISE_TEAM_H

#include <lanewise/nn.h>

/* One thread's part of one phase of a job. */
typedef lw_status (*lw_phase)(void *job, size_t thread, size_t threads);

/* How many threads should do flops of work: setting (0: those of the calling context), or 1 if that
 * is not worth a fork or if the caller is in a parallel region already. */
size_t lw_team_size(unsigned setting, double flops);

/*
 * Runs the phases one after the other on threads threads, with a barrier between two of them; with
 * one thread, as plain calls. Once a part has failed no further phase starts, and the
 * status and the message of a failed part become the caller's.
 */
lw_status lw_team_run(size_t threads, size_t count, const lw_phase *phases, void *job);

/* The thread's share of total items in whole units: contiguous, and the same for the same numbers.
 */
void lw_team_share(size_t total, size_t unit, size_t thread, size_t threads, size_t *first,
                   size_t *count);

#endif
