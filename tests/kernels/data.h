/* Random numbers for the tests: the same on every machine and in every run. */
#ifndef DATA_H
#define DATA_H

#include <stdint.h>

struct generator {
    uint64_t state;
};

/* Distributions of test data; the checks state why they use each. */
enum fill {
    EIGHTHS,   /* multiples of 1/8 in [-1, 1]                        */
    UNIFORM,   /* [-1, 1)                                            */
    WIDE,      /* either sign, magnitudes from 2^-60 to 2^60         */
    CANCELLING /* 1 to 1 + 2^-12: sums of alternating signs cancel   */
};

uint32_t generate_bits(struct generator *from);
/* Uniform in [0, 1). */
double generate_uniform(struct generator *from);
float generate_value(struct generator *from, enum fill fill);

uint32_t bits_of(float x);
float float_of(uint32_t bits);

/* Rounds to the nearest float; infinity beyond the largest. */
float rounded(double x);

#endif
