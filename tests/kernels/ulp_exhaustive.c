/*
 * ulp_exhaustive [SET [FUNCTION]]: the largest errors over all 2^32 floats. About a minute for a
 * function and set on two cores; not part of the tests.
 */
#include "data.h"
#include "ulp.h"

#include <lanewise/kernels.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ulp_worst measure_all(const struct ulp_function *function)
{
    struct ulp_worst worst = {0};
    const int64_t batches = (INT64_C(1) << 32) / ULP_BATCH;
#pragma omp parallel
    {
        struct ulp_worst own = {0};
#pragma omp for schedule(dynamic, 256)
        for (int64_t batch = 0; batch < batches; batch++) {
            float x[ULP_BATCH];
            for (uint32_t i = 0; i < ULP_BATCH; i++)
                x[i] = float_of((uint32_t)batch * ULP_BATCH + i);
            ulp_measure(function, ULP_BATCH, x, &own);
        }
#pragma omp critical
        ulp_merge(&worst, &own);
    }
    return worst;
}

int main(int argc, char **argv)
{
    int missed = 0, measured = 0;
    for (size_t s = 0; lw_isa_available(s); s++) {
        const char *set = lw_isa_available(s);
        if ((argc > 1 && strcmp(argv[1], set) != 0) || lw_isa_select(set) != LW_OK)
            continue;
        for (size_t f = 0; f < ulp_function_count; f++) {
            const struct ulp_function *function = &ulp_functions[f];
            if (argc > 2 && strcmp(argv[2], function->name) != 0)
                continue;
            const struct ulp_worst worst = measure_all(function);
            printf("%-7s %-7s %.4f ulp at %a; %.4f of the bound at %a\n", set, function->name,
                   worst.ulps, (double)worst.x, worst.share, (double)worst.at_share);
            fflush(stdout);
            missed |= !(worst.share <= 1.0);
            measured++;
        }
    }
    return missed || !measured ? EXIT_FAILURE : EXIT_SUCCESS;
}
