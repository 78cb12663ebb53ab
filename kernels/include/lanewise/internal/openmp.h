/*
 * <omp.h>, or in a build without OpenMP the functions of it that the project calls, for one thread.
 * Such a build compiles parallel regions as plain blocks.
 */
#ifndef LANEWISE_INTERNAL_OPENMP_H
#define LANEWISE_INTERNAL_OPENMP_H

#ifdef _OPENMP
#include <omp.h>
#else
#include <time.h>

typedef enum omp_proc_bind_t { omp_proc_bind_false } omp_proc_bind_t;

static inline int omp_get_thread_limit(void)
{
    return 1;
}

static inline int omp_get_max_threads(void)
{
    return 1;
}

static inline void omp_set_num_threads(int threads)
{
    (void)threads;
}

static inline void omp_set_max_active_levels(int levels)
{
    (void)levels;
}

static inline int omp_get_num_threads(void)
{
    return 1;
}

static inline int omp_get_thread_num(void)
{
    return 0;
}

static inline int omp_in_parallel(void)
{
    return 0;
}

static inline int omp_get_num_procs(void)
{
    return 1;
}

static inline omp_proc_bind_t omp_get_proc_bind(void)
{
    return omp_proc_bind_false;
}

/* Needs _POSIX_C_SOURCE, which lanewise_openmp of cmake/LanewiseTargets.cmake defines. */
static inline double omp_get_wtime(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
#endif

#endif
