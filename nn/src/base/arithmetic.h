/* Arithmetic of sizes. Products and sums that may overflow use __builtin_mul_overflow and
 * __builtin_add_overflow. */
#ifndef LANEWISE_ARITHMETIC_H
#define LANEWISE_ARITHMETIC_H

#include <stddef.h>

static inline size_t lw_min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* n rounded up to a multiple of unit > 0. The caller ensures that n + unit does not overflow. */
static inline size_t lw_round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

#endif
