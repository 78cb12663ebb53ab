/* Vectors of 256 bits: the operations that AVX2 and AVX-512VL share. */
#include "contract.h"

#include <immintrin.h>

typedef __m256 v_f32;

static inline v_f32 v_zero(void)
{
    return _mm256_setzero_ps();
}
static inline v_f32 v_set(float x)
{
    return _mm256_set1_ps(x);
}
static inline v_f32 v_broadcast(const float *p)
{
    return v_set(*p);
}
static inline v_f32 v_load(const float *p)
{
    return _mm256_loadu_ps(p);
}
static inline v_f32 v_pin(v_f32 a)
{
    __asm__("" : "+v"(a));
    return a;
}
static inline void v_store(float *p, v_f32 v)
{
    _mm256_storeu_ps(p, v);
}

static inline v_f32 v_add(v_f32 a, v_f32 b)
{
    return _mm256_add_ps(a, b);
}
static inline v_f32 v_sub(v_f32 a, v_f32 b)
{
    return _mm256_sub_ps(a, b);
}
static inline v_f32 v_mul(v_f32 a, v_f32 b)
{
    return _mm256_mul_ps(a, b);
}
static inline v_f32 v_div(v_f32 a, v_f32 b)
{
    return _mm256_div_ps(a, b);
}
static inline v_f32 v_sqrt(v_f32 a)
{
    return _mm256_sqrt_ps(a);
}
static inline v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c)
{
    return _mm256_fmadd_ps(a, b, c);
}
static inline v_f32 v_fma_exact(v_f32 a, v_f32 b, v_f32 c)
{
    return _mm256_fmadd_ps(a, b, c);
}
static inline v_f32 v_fnma(v_f32 a, v_f32 b, v_f32 c)
{
    return _mm256_fnmadd_ps(a, b, c);
}
static inline v_f32 v_min(v_f32 a, v_f32 b)
{
    return _mm256_min_ps(a, b);
}
static inline v_f32 v_max(v_f32 a, v_f32 b)
{
    return _mm256_max_ps(a, b);
}
static inline v_f32 v_abs(v_f32 a)
{
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}
static inline v_f32 v_neg_abs(v_f32 a)
{
    return _mm256_or_ps(_mm256_set1_ps(-0.0f), a);
}
static inline v_f32 v_copysign(v_f32 a, v_f32 b)
{
    const v_f32 sign = _mm256_set1_ps(-0.0f);
    return _mm256_or_ps(_mm256_andnot_ps(sign, a), _mm256_and_ps(sign, b));
}
static inline v_f32 v_if_lt(v_f32 a, v_f32 b, v_f32 x, v_f32 y)
{
    return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
}
static inline v_f32 v_zero_if_lt(v_f32 a, v_f32 b, v_f32 y)
{
    return _mm256_and_ps(y, _mm256_cmp_ps(a, b, _CMP_NLT_UQ));
}
static inline v_f32 v_relu_mask(v_f32 a, v_f32 x)
{
    /* All bits set are a NaN. */
    const v_f32 kept = _mm256_and_ps(x, _mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_GT_OQ));
    return _mm256_or_ps(kept, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
static inline void v_deinterleave(v_f32 a, v_f32 b, v_f32 *even, v_f32 *odd)
{
    /* Alternating pairs of a and b, reordered afterwards. */
    const __m256d evens = _mm256_castps_pd(_mm256_shuffle_ps(a, b, 0x88));
    const __m256d odds = _mm256_castps_pd(_mm256_shuffle_ps(a, b, 0xdd));
    *even = _mm256_castpd_ps(_mm256_permute4x64_pd(evens, 0xd8));
    *odd = _mm256_castpd_ps(_mm256_permute4x64_pd(odds, 0xd8));
}
LW_INLINE void v_transpose(v_f32 rows[8])
{
    v_f32 pairs[8], quads[8];
    LW_UNROLL
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
    }
    LW_UNROLL
    for (int i = 0; i < 8; i += 4) {
        quads[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
        quads[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
        quads[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
        quads[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
    LW_UNROLL
    for (int i = 0; i < 4; i++) {
        rows[i] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
        rows[i + 4] = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
    }
}
static inline float v_reduce_add(v_f32 a)
{
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
}
static inline float v_reduce_max(v_f32 a)
{
    __m128 x = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_max_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
}
/* Lane i is the reduction by op of the lanes of rows[i], as a tree. */
LW_INLINE v_f32 fold_lanes(const v_f32 rows[8], v_f32 (*op)(v_f32, v_f32))
{
    v_f32 halves[4], quarters[2];
    LW_UNROLL
    for (int i = 0; i < 4; i++)
        halves[i] = op(_mm256_permute2f128_ps(rows[i], rows[i + 4], 0x20),
                       _mm256_permute2f128_ps(rows[i], rows[i + 4], 0x31));
    LW_UNROLL
    for (int i = 0; i < 2; i++)
        quarters[i] = op(_mm256_shuffle_ps(halves[i * 2], halves[i * 2 + 1], 0x44),
                         _mm256_shuffle_ps(halves[i * 2], halves[i * 2 + 1], 0xee));
    return op(_mm256_shuffle_ps(quarters[0], quarters[1], 0x88),
              _mm256_shuffle_ps(quarters[0], quarters[1], 0xdd));
}
static inline v_f32 v_reduce_add_rows(const v_f32 rows[8])
{
    return fold_lanes(rows, v_add);
}
static inline v_f32 v_reduce_max_rows(const v_f32 rows[8])
{
    return fold_lanes(rows, v_max);
}
static inline v_f32 v_permute_index(v_f32 i)
{
    return _mm256_castsi256_ps(_mm256_cvttps_epi32(i));
}
static inline v_f32 v_permute(v_f32 a, v_f32 index)
{
    return _mm256_permutevar8x32_ps(a, _mm256_castps_si256(index));
}
static inline v_f32 v_bf16_even(v_f32 pairs)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(pairs), 16));
}
static inline v_f32 v_bf16_odd(v_f32 pairs)
{
    return _mm256_and_ps(pairs, _mm256_castsi256_ps(_mm256_set1_epi32((int)0xffff0000u)));
}
/* The bits of a, rounded in their upper halves; the lower ones are unspecified. */
static inline v_f32 rounded_bf16(v_f32 a)
{
    const __m256i bits = _mm256_castps_si256(a), exponent = _mm256_set1_epi32(0x7f800000);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i to_even = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
    const __m256i denormal =
        _mm256_cmpeq_epi32(_mm256_and_si256(bits, exponent), _mm256_setzero_si256());
    const v_f32 rounded = _mm256_castsi256_ps(_mm256_add_epi32(bits, to_even));
    const v_f32 zero = _mm256_and_ps(a, _mm256_set1_ps(-0.0f));
    const v_f32 quiet = _mm256_or_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(0x00400000)));
    const v_f32 number = _mm256_blendv_ps(rounded, zero, _mm256_castsi256_ps(denormal));
    return _mm256_blendv_ps(number, quiet, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
static inline v_f32 v_interleave_bf16(v_f32 low, v_f32 high)
{
    const __m256i lower = _mm256_srli_epi32(_mm256_castps_si256(rounded_bf16(low)), 16);
    return _mm256_or_ps(v_bf16_odd(rounded_bf16(high)), _mm256_castsi256_ps(lower));
}
static inline v_f32 v_load_bf16(const uint16_t *p)
{
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}
static inline void v_store_bf16(uint16_t *p, v_f32 v)
{
    const __m256i upper = _mm256_srli_epi32(_mm256_castps_si256(rounded_bf16(v)), 16);
    const __m128i packed =
        _mm_packus_epi32(_mm256_castsi256_si128(upper), _mm256_extracti128_si256(upper, 1));
    _mm_storeu_si128((__m128i *)(void *)p, packed);
}
static inline v_f32 v_pack_bf16(v_f32 a, v_f32 b)
{
    v_f32 even, odd;
    v_deinterleave(a, b, &even, &odd);
    return v_interleave_bf16(even, odd);
}
static inline v_f32 v_dpbf16(v_f32 a, v_f32 b, v_f32 c)
{
    return v_fma(v_bf16_even(a), v_bf16_even(b), v_fma(v_bf16_odd(a), v_bf16_odd(b), c));
}
