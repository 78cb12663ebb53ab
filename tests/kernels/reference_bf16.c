#include "reference_bf16.h"

#include "data.h"

#include <math.h>

lw_bf16 reference_bf16(float x)
{
    const uint32_t bits = bits_of(x), below = bits & 0xffff0000u;
    if (isnan(x))
        return (lw_bf16)((bits | 0x00400000u) >> 16);
    if (fabsf(x) < 0x1p-126f)
        return (lw_bf16)(signbit(x) ? 0x8000u : 0u);
    if (isinf(x))
        return (lw_bf16)(below >> 16);
    /* The two neighbours; above the largest, 2^128 stands for infinity. */
    const double value = fabs((double)x), low = fabs((double)float_of(below));
    const double spacing = ldexp(1.0, ilogb((double)x) - 7), high = low + spacing;
    const int is_even = (below & 0x10000u) == 0;
    const int up = value - low > high - value || (value - low == high - value && !is_even);
    return (lw_bf16)((below >> 16) + (up ? 1u : 0u));
}

float reference_float(lw_bf16 x)
{
    return float_of((uint32_t)x << 16);
}

float reference_rounded(float x)
{
    return reference_float(reference_bf16(x));
}

float reference_dot(float c, size_t k, const float *a, size_t a_step, const float *b, size_t b_step)
{
    for (size_t p = 0; p < k; p += 2) {
        if (p + 1 < k)
            c = c + a[(p + 1) * a_step] * b[(p + 1) * b_step];
        c = c + a[p * a_step] * b[p * b_step];
    }
    return c;
}

size_t reference_packed_index(size_t k, size_t p, size_t j)
{
    const size_t steps = (k + 1) / 2, panel = j / LW_BF16_PANEL;
    return 2 * (panel * steps * LW_BF16_PANEL + p / 2 * LW_BF16_PANEL + j % LW_BF16_PANEL) + p % 2;
}
