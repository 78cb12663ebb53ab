/* AVX-512 (F, DQ, BW, VL) on 256-bit vectors: 8 lanes with masks, 32 registers, and half the idle
 * lanes of 512-bit vectors. The register tile is that of AVX2, from which it inherits all but
 * single vectors of columns. */
#include "ymm.h"

enum { V_LANES = 8, V_REGISTERS = 32, V_HAS_MASKS = 1, V_HAS_DPBF16 = 0, TILE_MR = 6, TILE_NV = 2 };

static inline __mmask8 lanes_below(size_t n)
{
    return (__mmask8)((1u << n) - 1u);
}
static inline v_f32 v_load_n(const float *p, size_t n, v_f32 fill)
{
    return _mm256_mask_loadu_ps(fill, lanes_below(n), p);
}
static inline void v_store_n(float *p, size_t n, v_f32 v)
{
    _mm256_mask_storeu_ps(p, lanes_below(n), v);
}
static inline v_f32 v_ldexp(v_f32 a, v_f32 n)
{
    return _mm256_scalef_ps(a, n);
}
static inline v_f32 v_exponent(v_f32 a)
{
    return _mm256_getexp_ps(a);
}
static inline v_f32 v_mantissa(v_f32 a)
{
    return _mm256_getmant_ps(a, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_zero);
}
