#include "data.h"

#include <math.h>
#include <string.h>

/* SplitMix64 (Steele, Lea and Flood 2014), upper half. */
uint32_t generate_bits(struct generator *from)
{
    uint64_t z = from->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

double generate_uniform(struct generator *from)
{
    return generate_bits(from) * 0x1p-32;
}

static float generate_wide(struct generator *from)
{
    const int exponent = (int)(generate_bits(from) % 120) - 60;
    const double magnitude = ldexp(1.0 + generate_uniform(from), exponent);
    return (float)(generate_bits(from) & 1 ? magnitude : -magnitude);
}

float generate_value(struct generator *from, enum fill fill)
{
    switch (fill) {
    case EIGHTHS:
        return (float)((int)(generate_bits(from) % 17) - 8) / 8.0f;
    case UNIFORM:
        return (float)(2.0 * generate_uniform(from) - 1.0);
    case WIDE:
        return generate_wide(from);
    case CANCELLING:
        break;
    }
    return (float)(1.0 + 0x1p-12 * generate_uniform(from));
}

uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

float rounded(double x)
{
    /* Half a spacing above the largest float the tie rounds to infinity. */
    if (fabs(x) >= 0x1.ffffffp127)
        return x < 0.0 ? -INFINITY : INFINITY;
    return (float)x;
}
