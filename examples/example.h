/* What the examples share: giving up on a failure, and points drawn at random. */
#ifndef LANEWISE_EXAMPLE_H
#define LANEWISE_EXAMPLE_H

#include <lanewise/nn.h>
#include <stdio.h>
#include <stdlib.h>

/* A program for people may simply end. The libraries never do: they return a status. */
static inline void check(lw_status status)
{
    if (status != LW_OK) {
        fprintf(stderr, "%s: %s\n", lw_status_name(status), lw_last_error());
        exit(EXIT_FAILURE);
    }
}

static inline void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        check(lw_fail(LW_ENOMEM, "no memory for %zu elements", count));
    return memory;
}

/* The seed in the first argument, or 1. */
static inline uint64_t seed_argument(int argc, char **argv)
{
    return argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
}

/* SplitMix64: the same points on every machine, which rand() does not promise. */
static inline float uniform(uint64_t *state, float low, float high)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return low + (high - low) * (float)((double)(z >> 40) * 0x1p-24);
}

#endif
