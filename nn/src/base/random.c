/* The SplitMix64 generator, distributions and shuffling. */
#include "random.h"

#include "portable_math.h"

#include <math.h>

uint64_t lw_random_u64(lw_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double lw_random_uniform(lw_random *random)
{
    return (double)(lw_random_u64(random) >> 11) * 0x1p-53;
}

double lw_random_normal(lw_random *random)
{
    /* 1 - u is in (0, 1], so the logarithm is finite. */
    const double radius = sqrt(-2.0 * lw_portable_log(1.0 - lw_random_uniform(random)));
    return radius * lw_portable_cos2pi(lw_random_uniform(random));
}

size_t lw_random_below(lw_random *random, size_t bound)
{
    /* Rejects draws from the largest multiple of bound on: all remainders are equally likely. */
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t draw = lw_random_u64(random);
    while (draw >= limit)
        draw = lw_random_u64(random);
    return (size_t)(draw % bound);
}

void lw_random_shuffle(lw_random *random, size_t n, size_t *index)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = lw_random_below(random, i);
        const size_t swapped = index[i - 1];
        index[i - 1] = index[j];
        index[j] = swapped;
    }
}
