/* Measures the peak of the machine, which benchmarks compare results with. */
#define _POSIX_C_SOURCE 200809L
#include "dispatch.h"
#include "processors.h"

#include <lanewise/internal/peak.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double lw_measure_peak(int threads)
{
    enum { STEPS = 200000, ROUNDS = 5 };
    const struct lw_isa *isa = lw_isa_current();
    const double flops = 2.0 * (double)STEPS * (double)isa->fma_chains_per_step;
    /* Not a compile-time constant, so that the compiler cannot evaluate the chains. */
    volatile float factor = 1.0000001f;
    double best = 0.0;
    const int max = lw_processors(), wanted = threads > 0 ? threads : 1;
    const int setting = lw_set_threads(wanted < max ? wanted : max);
    threads = lw_max_threads();
    lw_set_threads(setting);
    for (int round = 0; round < ROUNDS; round++) {
        const double start = seconds();
        float sum = 0.0f;
#pragma omp parallel for num_threads(threads) schedule(static, 1) reduction(+ : sum)
        for (int thread = 0; thread < threads; thread++)
            sum += isa->fma_chains(STEPS, factor);
        volatile float used = sum;
        (void)used;
        const double rate = (double)threads * flops / (seconds() - start);
        best = rate > best ? rate : best;
    }
    return best;
}
