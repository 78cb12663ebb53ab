#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity and CPU_COUNT */
#include <sched.h>
#endif

#include "processors.h"

#include "cgroup.h"

#include <lanewise/internal/openmp.h>
#include <stdatomic.h>

static int affinity(void)
{
#if defined(__linux__)
    /* If OpenMP binds its threads, a thread may run on one processor only, and OpenMP knows their
     * number. Otherwise asks the kernel: libgomp's answer uses a buffer shared by all threads. */
    cpu_set_t mask;
    if (omp_get_proc_bind() == omp_proc_bind_false && sched_getaffinity(0, sizeof mask, &mask) == 0)
        return CPU_COUNT(&mask);
#endif
    return omp_get_num_procs();
}

static int quota(void)
{
    static atomic_int known; /* 0: not yet; concurrent callers get the same answer */
    int processors = atomic_load_explicit(&known, memory_order_relaxed);
    if (processors == 0) {
        processors = lw_cgroup_processors("");
        atomic_store_explicit(&known, processors, memory_order_relaxed);
    }
    return processors;
}

int lw_processors(void)
{
    /* Per thread: OpenMP's threads inherit the mask of the calling thread. */
    static _Thread_local int known;
    if (known == 0) {
        const int mine = affinity(), paid = quota();
        known = mine < paid ? mine : paid;
        known = known > 0 ? known : 1;
    }
    return known;
}
