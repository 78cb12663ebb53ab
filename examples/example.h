/* Shared by the examples: error reporting, the seed argument and random points. */
#ifndef LANEWISE_EXAMPLE_H
#define LANEWISE_EXAMPLE_H

#include <lanewise/nn.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns the exit status of the program; reports a failure on stderr. */
static inline int exit_status(lw_status status)
{
    if (status == LW_OK)
        return EXIT_SUCCESS;
    fprintf(stderr, "%s: %s\n", lw_status_name(status), lw_last_error());
    return EXIT_FAILURE;
}

/* Returns the seed in the first argument, by default 1. */
static inline uint64_t seed_argument(int argc, char **argv)
{
    return argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
}

/* A random number in [low, high) from SplitMix64, which gives the same points on every machine,
 * unlike rand(). */
static inline float uniform(uint64_t *state, float low, float high)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return low + (high - low) * (float)((double)(z >> 40) * 0x1p-24);
}

#endif
