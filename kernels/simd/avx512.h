/* AVX-512 (F, DQ, BW, VL): 16 lanes, 32 registers, 28 of them accumulators of the 14x32 tile. */
#include "zmm.h"

enum { V_LANES = 16, V_REGISTERS = 32, V_MASKS = 1, V_DOT2 = 0, TILE_MR = 14, TILE_NV = 2 };

/* The bits of a, rounded in their upper halves; anything in the lower ones. */
static inline __m512i rounded_bf16(v_f32 a)
{
    const __m512i bits = _mm512_castps_si512(a), exponent = _mm512_set1_epi32(0x7f800000);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i to_even = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
    __m512i rounded = _mm512_add_epi32(bits, to_even);
    rounded = _mm512_mask_and_epi32(rounded, _mm512_testn_epi32_mask(bits, exponent), bits,
                                    _mm512_set1_epi32((int)0x80000000u));
    return _mm512_mask_or_epi32(rounded, _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), bits,
                                _mm512_set1_epi32(0x00400000));
}
static inline v_f32 v_pairs(v_f32 low, v_f32 high)
{
    const __m512i upper = _mm512_castps_si512(v_high(_mm512_castsi512_ps(rounded_bf16(high))));
    const __m512i lower = _mm512_srli_epi32(rounded_bf16(low), 16);
    return _mm512_castsi512_ps(_mm512_or_si512(upper, lower));
}
static inline void v_store_bf16(uint16_t *p, v_f32 v)
{
    const __m512i upper = _mm512_srli_epi32(rounded_bf16(v), 16);
    _mm256_storeu_si256((__m256i *)(void *)p, _mm512_cvtepi32_epi16(upper));
}
static inline v_f32 v_neighbours(v_f32 a, v_f32 b)
{
    v_f32 even, odd;
    v_unzip(a, b, &even, &odd);
    return v_pairs(even, odd);
}
static inline v_f32 v_dot2(v_f32 a, v_f32 b, v_f32 c)
{
    return v_fma(v_low(a), v_low(b), v_fma(v_high(a), v_high(b), c));
}
