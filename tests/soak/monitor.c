#define _POSIX_C_SOURCE 200809L
#include "monitor.h"

#include <lanewise/kernels.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { MAX_GROWTH_KB = 512 };
static const double min_rate = 0.8;

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double monitor_seconds(void)
{
    return seconds(CLOCK_MONOTONIC);
}

/* Mapped and resident pages of the process. */
static void count_pages(unsigned long *mapped, unsigned long *resident)
{
    FILE *file = fopen("/proc/self/statm", "r");
    *mapped = *resident = 0;
    if (!file || fscanf(file, "%lu %lu", mapped, resident) != 2)
        fputs("cannot read /proc/self/statm\n", stderr);
    if (file)
        fclose(file);
}

static double page_kilobytes(void)
{
    return (double)sysconf(_SC_PAGESIZE) / 1024.0;
}

int monitor_limit_memory(size_t megabytes)
{
    unsigned long mapped, resident;
    count_pages(&mapped, &resident);
    const rlim_t bytes = (rlim_t)mapped * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)megabytes << 20);
    printf("limit: %.0f MB of address space, %zu above the current size\n",
           (double)bytes / 1048576.0, megabytes);
    return setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes});
}

void monitor_begin(monitor *run, const char *unit)
{
    *run = (monitor){.unit = unit,
                     .cpu_begin = seconds(CLOCK_PROCESS_CPUTIME_ID),
                     .wall_begin = monitor_seconds()};
}

void monitor_sample(monitor *run)
{
    enum { N = 256 };
    static float a[N * N], b[N * N], c[N * N];
    const int threads = lw_set_threads(1);
    const double begin = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < 8; i++)
        (void)!lw_sgemm(0, 0, N, N, N, 1.0f, a, N, b, N, 0.0f, c, N);
    const double spent = seconds(CLOCK_THREAD_CPUTIME_ID) - begin;
    lw_set_threads(threads);
    run->reference += spent;
    run->references++;
    run->cpu_begin += spent;
}

void monitor_part(monitor *run, double work)
{
    monitor_sample(run);
    const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = monitor_seconds();
    unsigned long mapped, resident;
    count_pages(&mapped, &resident);
    const double rate = work / (cpu - run->cpu_begin);
    const double reference = run->reference / run->references;
    run->rates[run->count] = rate * reference;
    if (run->count == 0 || cpu - run->cpu_begin < run->shortest)
        run->shortest = cpu - run->cpu_begin;
    run->resident[run->count] = (double)resident * page_kilobytes();
    printf("part %2zu: %.4g %s, %.4g per CPU second (%.4g per reference product of %.2f ms), %.4g "
           "per second, "
           "%.0f KB resident\n",
           run->count + 1, work, run->unit, rate, run->rates[run->count], 1e3 * reference,
           work / (wall - run->wall_begin), run->resident[run->count]);
    fflush(stdout);
    run->count++;
    run->reference = run->references = 0.0;
    run->cpu_begin = cpu;
    run->wall_begin = wall;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int monitor_verdict(const monitor *run)
{
    if (run->count < 3) {
        puts("not stable: fewer than three parts");
        return 1;
    }
    double sorted[MONITOR_MAX_PARTS];
    const size_t rates = run->count - 1;
    memcpy(sorted, run->rates + 1, rates * sizeof *sorted);
    qsort(sorted, rates, sizeof *sorted, ascending);
    const double slowest = sorted[0] / sorted[rates / 2];
    double max = run->resident[0];
    for (size_t i = 1; i < run->count; i++)
        max = run->resident[i] > max ? run->resident[i] : max;
    const double growth = max - run->resident[0];
    const int is_stable = growth < MAX_GROWTH_KB && (slowest >= min_rate || run->shortest < 1.0);
    printf("%sstable: resident memory grew by at most %.0f KB (limit %d), the slowest part reached "
           "%.3f "
           "of the median part (limit %.2f)\n",
           is_stable ? "" : "not ", growth, MAX_GROWTH_KB, slowest, min_rate);
    return !is_stable;
}
