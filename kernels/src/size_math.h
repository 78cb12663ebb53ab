/* Arithmetic on sizes. */
#ifndef LANEWISE_SIZE_MATH_H
#define LANEWISE_SIZE_MATH_H

#include <stddef.h>
#include <stdint.h>

static inline __attribute__((always_inline)) size_t lw_min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* n / step rounded up; does not overflow. */
static inline size_t lw_ceil_div(size_t n, size_t step)
{
    return n / step + (n % step != 0);
}

/* n rounded up to a multiple of step. */
static inline size_t lw_round_up(size_t n, size_t step)
{
    return (n + step - 1) / step * step;
}

/* Non-zero if rows * cols floats exceed the address space; *count is rows * cols otherwise. */
static inline int lw_floats_overflow(size_t rows, size_t cols, size_t *count)
{
    return __builtin_mul_overflow(rows, cols, count) || *count > PTRDIFF_MAX / sizeof(float);
}

#endif
