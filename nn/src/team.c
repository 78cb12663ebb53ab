#include "team.h"

#include <limits.h>
#include <omp.h>
#include <string.h>

/*
 * Below this a step runs on the calling thread alone: a fork and three barriers cost some 10 us,
 * in which one core does about a million operations. 2-64-64-2 at batch 32 (0.8 million) stays
 * below, 784-128-10 at batch 32 (20 million) is above.
 */
static const double parallel_flops = 4e6;

typedef struct team_outcome {
    int failed; /* accessed atomically; the rest only in the critical section */
    lw_status status;
    char message[512]; /* lw_last_error belongs to the thread that failed */
} team_outcome;

size_t lw_team_size(unsigned setting, double flops)
{
    if (flops < parallel_flops || omp_in_parallel())
        return 1;
    if (setting == 0)
        return (size_t)omp_get_max_threads();
    return setting < INT_MAX ? setting : INT_MAX;
}

static void keep_first_failure(team_outcome *outcome, lw_status status)
{
#pragma omp critical(lanewise_team)
    if (outcome->status == LW_OK) {
        outcome->status = status;
        strncpy(outcome->message, lw_last_error(), sizeof outcome->message - 1);
#pragma omp atomic write
        outcome->failed = 1;
    }
}

static lw_status run_serially(size_t count, const lw_phase *phases, void *job)
{
    /* The kernels share their work out by themselves unless told that there is one thread. */
    const int threads = omp_get_max_threads();
    lw_status status = LW_OK;
    omp_set_num_threads(1);
    for (size_t i = 0; i < count && status == LW_OK; i++)
        status = phases[i](job, 0, 1);
    omp_set_num_threads(threads);
    return status;
}

lw_status lw_team_run(size_t threads, size_t count, const lw_phase *phases, void *job)
{
    if (threads == 1)
        return run_serially(count, phases, job);

    team_outcome outcome = {.status = LW_OK};
#pragma omp parallel num_threads((int)threads)
    {
        const size_t thread = (size_t)omp_get_thread_num(), team = (size_t)omp_get_num_threads();
        for (size_t i = 0; i < count; i++) {
            int failed;
#pragma omp atomic read
            failed = outcome.failed;
            if (!failed) {
                const lw_status status = phases[i](job, thread, team);
                if (status != LW_OK)
                    keep_first_failure(&outcome, status);
            }
#pragma omp barrier
        }
    }
    return outcome.status == LW_OK ? LW_OK : lw_fail(outcome.status, "%s", outcome.message);
}

void lw_team_share(size_t total, size_t unit, size_t thread, size_t threads, size_t *first,
                   size_t *count)
{
    /* The first `rest` threads take one unit more. */
    const size_t units = total / unit + (total % unit != 0);
    const size_t each = units / threads, rest = units % threads;
    const size_t begin = (thread * each + (thread < rest ? thread : rest)) * unit;
    const size_t end = begin + (each + (thread < rest)) * unit;
    *first = begin < total ? begin : total;
    *count = (end < total ? end : total) - *first;
}
