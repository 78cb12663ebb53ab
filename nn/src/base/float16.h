/* IEEE 754 half precision: 5 exponent bits, 10 fraction bits. */
#ifndef LANEWISE_FLOAT16_H
#define LANEWISE_FLOAT16_H

#include <math.h>

static inline double lw_float16(unsigned bits)
{
    enum { FRACTION_BITS = 10, MAX_EXPONENT = 31, BIAS = 15 };
    const int exponent = (int)(bits >> FRACTION_BITS & MAX_EXPONENT);
    const int fraction = (int)(bits & ((1U << FRACTION_BITS) - 1));
    double magnitude;
    if (exponent == MAX_EXPONENT)
        magnitude = fraction == 0 ? (double)INFINITY : (double)NAN;
    else if (exponent == 0)
        magnitude = ldexp(fraction, 1 - BIAS - FRACTION_BITS);
    else
        magnitude = ldexp((1 << FRACTION_BITS) + fraction, exponent - BIAS - FRACTION_BITS);
    return bits >> 15 ? -magnitude : magnitude;
}

#endif
