/* Vectors of 512 bits: the operations that AVX-512 with and without bf16 products share. */
#include "contract.h"

#include <immintrin.h>

typedef __m512 v_f32;

static inline v_f32 v_zero(void)
{
    return _mm512_setzero_ps();
}
static inline v_f32 v_set(float x)
{
    return _mm512_set1_ps(x);
}
static inline v_f32 v_broadcast(const float *p)
{
    return v_set(*p);
}
static inline v_f32 v_load(const float *p)
{
    return _mm512_loadu_ps(p);
}
static inline v_f32 v_pin(v_f32 a)
{
    __asm__("" : "+v"(a));
    return a;
}
static inline void v_store(float *p, v_f32 v)
{
    _mm512_storeu_ps(p, v);
}

static inline __mmask16 lanes_below(size_t n)
{
    return (__mmask16)((1u << n) - 1u);
}
static inline v_f32 v_load_n(const float *p, size_t n, v_f32 fill)
{
    return _mm512_mask_loadu_ps(fill, lanes_below(n), p);
}
static inline void v_store_n(float *p, size_t n, v_f32 v)
{
    _mm512_mask_storeu_ps(p, lanes_below(n), v);
}
static inline v_f32 v_add(v_f32 a, v_f32 b)
{
    return _mm512_add_ps(a, b);
}
static inline v_f32 v_sub(v_f32 a, v_f32 b)
{
    return _mm512_sub_ps(a, b);
}
static inline v_f32 v_mul(v_f32 a, v_f32 b)
{
    return _mm512_mul_ps(a, b);
}
static inline v_f32 v_div(v_f32 a, v_f32 b)
{
    return _mm512_div_ps(a, b);
}
static inline v_f32 v_sqrt(v_f32 a)
{
    return _mm512_sqrt_ps(a);
}
static inline v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c)
{
    return _mm512_fmadd_ps(a, b, c);
}
static inline v_f32 v_fma_exact(v_f32 a, v_f32 b, v_f32 c)
{
    return _mm512_fmadd_ps(a, b, c);
}
static inline v_f32 v_fnma(v_f32 a, v_f32 b, v_f32 c)
{
    return _mm512_fnmadd_ps(a, b, c);
}
static inline v_f32 v_min(v_f32 a, v_f32 b)
{
    return _mm512_min_ps(a, b);
}
static inline v_f32 v_max(v_f32 a, v_f32 b)
{
    return _mm512_max_ps(a, b);
}
static inline v_f32 v_abs(v_f32 a)
{
    return _mm512_abs_ps(a);
}
static inline v_f32 v_neg_abs(v_f32 a)
{
    return _mm512_or_ps(_mm512_set1_ps(-0.0f), a);
}
static inline v_f32 v_copysign(v_f32 a, v_f32 b)
{
    const v_f32 sign = _mm512_set1_ps(-0.0f);
    return _mm512_or_ps(_mm512_andnot_ps(sign, a), _mm512_and_ps(sign, b));
}
static inline v_f32 v_if_lt(v_f32 a, v_f32 b, v_f32 x, v_f32 y)
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
}
static inline v_f32 v_zero_if_lt(v_f32 a, v_f32 b, v_f32 y)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ), y);
}
static inline v_f32 v_relu_mask(v_f32 a, v_f32 x)
{
    const v_f32 kept =
        _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_GT_OQ), x);
    return _mm512_mask_mov_ps(kept, _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), a);
}
static inline v_f32 v_ldexp(v_f32 a, v_f32 n)
{
    return _mm512_scalef_ps(a, n);
}
static inline v_f32 v_exponent(v_f32 a)
{
    return _mm512_getexp_ps(a);
}
static inline v_f32 v_mantissa(v_f32 a)
{
    return _mm512_getmant_ps(a, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_zero);
}
static inline void v_deinterleave(v_f32 a, v_f32 b, v_f32 *even, v_f32 *odd)
{
    const __m512i lanes =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    *even = _mm512_permutex2var_ps(a, lanes, b);
    *odd = _mm512_permutex2var_ps(a, _mm512_add_epi32(lanes, _mm512_set1_epi32(1)), b);
}
LW_INLINE void v_transpose(v_f32 rows[16])
{
    v_f32 pairs[16], quads[16], halves[16];
    LW_UNROLL
    for (int i = 0; i < 16; i += 2) {
        pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
    }
    /* quads[4 g + c] holds columns c, 4 + c, 8 + c, 12 + c of rows 4 g .. 4 g + 3. */
    LW_UNROLL
    for (int i = 0; i < 16; i += 4) {
        quads[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
        quads[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
        quads[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
        quads[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
    LW_UNROLL
    for (int i = 0; i < 8; i++) {
        const int at = i / 4 * 8 + i % 4;
        halves[at] = _mm512_shuffle_f32x4(quads[at], quads[at + 4], 0x88);
        halves[at + 4] = _mm512_shuffle_f32x4(quads[at], quads[at + 4], 0xdd);
    }
    LW_UNROLL
    for (int i = 0; i < 4; i++) {
        rows[i] = _mm512_shuffle_f32x4(halves[i], halves[i + 8], 0x88);
        rows[i + 8] = _mm512_shuffle_f32x4(halves[i], halves[i + 8], 0xdd);
        rows[i + 4] = _mm512_shuffle_f32x4(halves[i + 4], halves[i + 12], 0x88);
        rows[i + 12] = _mm512_shuffle_f32x4(halves[i + 4], halves[i + 12], 0xdd);
    }
}
static inline __m256 upper_half(v_f32 a)
{
    return _mm512_extractf32x8_ps(a, 1);
}
static inline float v_reduce_add(v_f32 a)
{
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(a), upper_half(a));
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
}
static inline float v_reduce_max(v_f32 a)
{
    return _mm512_reduce_max_ps(a);
}
/* Lane i is the reduction by op of the lanes of rows[i], as a tree. */
LW_INLINE v_f32 fold_lanes(const v_f32 rows[16], v_f32 (*op)(v_f32, v_f32))
{
    v_f32 halves[8], quarters[4], eighths[2];
    LW_UNROLL
    for (int i = 0; i < 8; i++)
        halves[i] = op(_mm512_shuffle_f32x4(rows[i], rows[i + 8], 0x44),
                       _mm512_shuffle_f32x4(rows[i], rows[i + 8], 0xee));
    LW_UNROLL
    for (int i = 0; i < 4; i++)
        quarters[i] = op(_mm512_shuffle_f32x4(halves[i], halves[i + 4], 0x88),
                         _mm512_shuffle_f32x4(halves[i], halves[i + 4], 0xdd));
    /* The quarters of i contain rows i, i + 8, i + 4, i + 12. */
    LW_UNROLL
    for (int i = 0; i < 2; i++)
        eighths[i] = op(_mm512_shuffle_ps(quarters[i * 2], quarters[i * 2 + 1], 0x44),
                        _mm512_shuffle_ps(quarters[i * 2], quarters[i * 2 + 1], 0xee));
    const v_f32 folded = op(_mm512_shuffle_ps(eighths[0], eighths[1], 0x88),
                            _mm512_shuffle_ps(eighths[0], eighths[1], 0xdd));
    return _mm512_shuffle_f32x4(folded, folded, 0xd8);
}
static inline v_f32 v_reduce_add_rows(const v_f32 rows[16])
{
    return fold_lanes(rows, v_add);
}
static inline v_f32 v_reduce_max_rows(const v_f32 rows[16])
{
    return fold_lanes(rows, v_max);
}
static inline v_f32 v_permute_index(v_f32 i)
{
    return _mm512_castsi512_ps(_mm512_cvttps_epi32(i));
}
static inline v_f32 v_permute(v_f32 a, v_f32 index)
{
    return _mm512_permutexvar_ps(_mm512_castps_si512(index), a);
}
static inline v_f32 v_bf16_even(v_f32 pairs)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(pairs), 16));
}
static inline v_f32 v_bf16_odd(v_f32 pairs)
{
    const __m512i upper = _mm512_set1_epi32((int)0xffff0000u);
    return _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(pairs), upper));
}
static inline v_f32 v_load_bf16(const uint16_t *p)
{
    const __m512i wide =
        _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}
