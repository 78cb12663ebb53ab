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
    /* Where OpenMP binds its threads, one of them may run on one processor only, and OpenMP knows
     * how many there are. Otherwise the kernel's answer: libgomp's goes through a buffer that all
     * threads share. */
    cpu_set_t mask;
    if (omp_get_proc_bind() == omp_proc_bind_false && sched_getaffinity(0, sizeof mask, &mask) == 0)
        return CPU_COUNT(&mask);
#endif
    return omp_get_num_procs();
}

static int quota(void)
{
    static atomic_int known; /* 0: not yet; two threads that ask at once get the same answer */
    int processors = atomic_load_explicit(&known, memory_order_relaxed);
    if (processors == 0) {
        processors = lw_cgroup_processors("");
        atomic_store_explicit(&known, processors, memory_order_relaxed);
    }
    return processors;
}

int lw_processors(void)
{
    /* By thread: OpenMP's threads inherit the mask of the one that calls. */
    static _Thread_local int known;
    if (known == 0) {
        const int mine = affinity(), paid = quota();
        known = mine < paid ? mine : paid;
        known = known > 0 ? known : 1;
    }
    return known;
}
