/*
 * The random generator of a network: SplitMix64 (Steele, Lea and Flood 2014). One word of state,
 * period 2^64, the same sequence on every machine.
 */
#ifndef LANEWISE_RANDOM_H
#define LANEWISE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct lw_random {
    uint64_t state;
} lw_random;

uint64_t lw_random_u64(lw_random *random);

/* Uniform in [0, 1) with 53 random bits. */
double lw_random_uniform(lw_random *random);

/* Standard normal (Box and Muller 1958; the second number of each pair is discarded). */
double lw_random_normal(lw_random *random);

/* Uniform in 0..bound-1 without bias; bound > 0. */
size_t lw_random_below(lw_random *random, size_t bound);

/* Shuffles index[0..n-1] (Fisher and Yates). */
void lw_random_shuffle(lw_random *random, size_t n, size_t *index);

#endif
