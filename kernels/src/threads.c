#include "threads.h"

#include "fork.h"
#include "processors.h"

#include <lanewise/internal/openmp.h>
#include <lanewise/kernels.h>

/* Floats that take about 3 us. A parallel region costs 0.5 to 0.9 us while its threads spin, so two
 * threads with this much work each are at least 1.5 times as fast as one. */
static const double WORK_PER_THREAD = 32768;

/* Not "initial-exec": the library's thread-local data would use the static block of the process,
 * which has space for one copy of the library. See "Thread-local storage" in docs/measurements.md.
 */
static _Thread_local int setting;

int lw_set_threads(int threads)
{
    const int before = setting;
    setting = threads > 0 ? threads : 0;
    return before;
}

int lw_max_threads(void)
{
    if (setting == 1 || omp_in_parallel() || lw_fork_lost_threads())
        return 1;
    const int limit = omp_get_thread_limit();
    int max = setting;
    if (max == 0) {
        const int context = omp_get_max_threads(), processors = lw_processors();
        max = context < processors ? context : processors;
    }
    max = max < limit ? max : limit;
    max = max < LW_MAX_THREADS ? max : LW_MAX_THREADS;
    if (max > 1)
        lw_fork_expect_threads();
    return max;
}

int lw_thread_count(double work, double grain)
{
    if (work < 2.0 * grain)
        return 1;
    const int max = lw_max_threads();
    const double useful = work / grain;
    return useful < max ? (int)useful : max;
}

struct lw_range lw_partition(size_t n, size_t step, int part, int parts)
{
    const size_t steps = (n + step - 1) / step;
    const size_t each = steps / (size_t)parts, more = steps % (size_t)parts;
    const size_t at = (size_t)part;
    const size_t first = at * each + (at < more ? at : more);
    const size_t last = first + each + (at < more ? 1 : 0);
    const struct lw_range range = {first * step < n ? first * step : n,
                                   last * step < n ? last * step : n};
    return range;
}

void lw_parallel_for(size_t n, size_t step, double work, lw_parallel_body body, const void *job)
{
    const int threads = lw_thread_count(work, WORK_PER_THREAD);
    if (threads == 1) {
        body(job, 0, n);
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int part = 0; part < threads; part++) {
        const struct lw_range range = lw_partition(n, step, part, threads);
        if (range.begin < range.end)
            body(job, range.begin, range.end);
    }
}
