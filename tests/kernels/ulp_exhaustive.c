/* usage: ulp_exhaustive [FUNCTION ...]. Prints the largest errors over all 2^32 floats, on every
 * instruction set of this machine. Nearly all of the time is spent in the double-precision
 * functions, which run once for all sets: about a minute per function on two cores. */
#include "data.h"
#include "dispatch.h"
#include "ulp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SETS = 8 };

static void measure_all(const struct ulp_function *function, const struct lw_isa *const *sets,
                        size_t count, struct ulp_worst *worst)
{
    const int64_t batches = (INT64_C(1) << 32) / ULP_BATCH;
#pragma omp parallel
    {
        struct ulp_worst own[MOST_SETS] = {{0}};
#pragma omp for schedule(dynamic, 256)
        for (int64_t batch = 0; batch < batches; batch++) {
            float x[ULP_BATCH];
            for (uint32_t i = 0; i < ULP_BATCH; i++)
                x[i] = float_of((uint32_t)batch * ULP_BATCH + i);
            ulp_measure(function, sets, count, ULP_BATCH, x, own);
        }
#pragma omp critical
        for (size_t s = 0; s < count; s++)
            ulp_merge(&worst[s], &own[s]);
    }
}

static int is_wanted(const char *name, int argc, char **argv)
{
    int wanted = argc < 2;
    for (int i = 1; i < argc; i++)
        wanted |= !strcmp(argv[i], name);
    return wanted;
}

int main(int argc, char **argv)
{
    const struct lw_isa *sets[MOST_SETS];
    size_t count = 0;
    while (count < MOST_SETS && lw_isa_available(count)) {
        sets[count] = lw_isa_find(lw_isa_available(count));
        count++;
    }
    int missed = 0, measured = 0;
    for (size_t f = 0; f < ulp_function_count; f++) {
        const struct ulp_function *function = &ulp_functions[f];
        if (!is_wanted(function->name, argc, argv))
            continue;
        struct ulp_worst worst[MOST_SETS] = {{0}};
        measure_all(function, sets, count, worst);
        for (size_t s = 0; s < count; s++) {
            printf("%-7s %-7s %.4f ulp at %a; %.4f of the bound at %a\n", function->name,
                   sets[s]->name, worst[s].ulps, (double)worst[s].x, worst[s].ratio,
                   (double)worst[s].at_ratio);
            missed |= !(worst[s].ratio <= 1.0);
        }
        fflush(stdout);
        measured++;
    }
    return missed || !measured ? EXIT_FAILURE : EXIT_SUCCESS;
}
