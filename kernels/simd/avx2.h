/* AVX2 with FMA: 8 lanes, 16 registers, 12 of them accumulators of the 6x16 tile. */
#include "ymm.h"

enum { V_LANES = 8, V_REGISTERS = 16, V_HAS_MASKS = 0, V_HAS_DPBF16 = 0, TILE_MR = 6, TILE_NV = 2 };

static inline __m256i lanes_below(size_t n)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}
static inline v_f32 v_load_n(const float *p, size_t n, v_f32 fill)
{
    const __m256i mask = lanes_below(n);
    return _mm256_blendv_ps(fill, _mm256_maskload_ps(p, mask), _mm256_castsi256_ps(mask));
}
/* Not vmaskmovps, whose store is microcode on AMD's cores. */
static inline void v_store_n(float *p, size_t n, v_f32 v)
{
    __m128 part = _mm256_castps256_ps128(v);
    if (n & 4) {
        _mm_storeu_ps(p, part);
        part = _mm256_extractf128_ps(v, 1);
        p += 4;
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)p, part);
        part = _mm_movehl_ps(part, part);
        p += 2;
    }
    if (n & 1)
        _mm_store_ss(p, part);
}
static inline v_f32 v_ldexp(v_f32 a, v_f32 n)
{
    /* In two steps: 2^n itself may be out of range. The first product is exact. */
    const __m256i whole = _mm256_cvtps_epi32(n);
    const __m256i half = _mm256_srai_epi32(whole, 1);
    const __m256i bias = _mm256_set1_epi32(127);
    const __m256i low = _mm256_slli_epi32(_mm256_add_epi32(half, bias), 23);
    const __m256i high =
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_sub_epi32(whole, half), bias), 23);
    return _mm256_mul_ps(_mm256_mul_ps(a, _mm256_castsi256_ps(low)), _mm256_castsi256_ps(high));
}
/* 2^24 a for denormal a. */
static inline v_f32 made_normal(v_f32 a)
{
    return v_if_lt(a, _mm256_set1_ps(0x1p-126f), _mm256_mul_ps(a, _mm256_set1_ps(0x1p24f)), a);
}
static inline v_f32 v_exponent(v_f32 a)
{
    const v_f32 bias =
        v_if_lt(a, _mm256_set1_ps(0x1p-126f), _mm256_set1_ps(127 + 24), _mm256_set1_ps(127));
    const __m256i exponent = _mm256_srli_epi32(_mm256_castps_si256(made_normal(a)), 23);
    return _mm256_sub_ps(_mm256_cvtepi32_ps(exponent), bias);
}
static inline v_f32 v_mantissa(v_f32 a)
{
    const v_f32 fraction = _mm256_castsi256_ps(_mm256_set1_epi32(0x007fffff));
    return _mm256_or_ps(_mm256_and_ps(made_normal(a), fraction), _mm256_set1_ps(1.0f));
}
