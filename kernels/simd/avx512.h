/* AVX-512 (F, DQ, BW, VL): 16 lanes, 32 registers, 28 of them accumulators of the 14x32 tile. */
#include "zmm.h"

enum {
    V_LANES = 16,
    V_REGISTERS = 32,
    V_HAS_MASKS = 1,
    V_HAS_DPBF16 = 0,
    TILE_MR = 14,
    TILE_NV = 2
};

/* The bits of a, rounded in their upper halves; the lower ones are unspecified. */
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
static inline v_f32 v_interleave_bf16(v_f32 low, v_f32 high)
{
    const __m512i upper = _mm512_castps_si512(v_bf16_odd(_mm512_castsi512_ps(rounded_bf16(high))));
    const __m512i lower = _mm512_srli_epi32(rounded_bf16(low), 16);
    return _mm512_castsi512_ps(_mm512_or_si512(upper, lower));
}
static inline void v_store_bf16(uint16_t *p, v_f32 v)
{
    const __m512i upper = _mm512_srli_epi32(rounded_bf16(v), 16);
    _mm256_storeu_si256((__m256i *)(void *)p, _mm512_cvtepi32_epi16(upper));
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
