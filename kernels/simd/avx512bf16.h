/* AVX-512 with bf16 products (Cooper Lake, Zen 4): as AVX-512, with twice the multiply-adds per
 * cycle on pairs. */
#include "zmm.h"

enum {
    V_LANES = 16,
    V_REGISTERS = 32,
    V_HAS_MASKS = 1,
    V_HAS_DPBF16 = 1,
    TILE_MR = 14,
    TILE_NV = 2
};

static inline v_f32 v_interleave_bf16(v_f32 low, v_f32 high)
{
    /* Interleaves lane l of low and of high, which are 16 apart after the conversion. */
    const __m512i apart = _mm512_set1_epi32(0x00100000);
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i both = _mm512_or_si512(lane, _mm512_slli_epi32(lane, 16));
    const __m512i halves = (__m512i)_mm512_cvtne2ps_pbh(high, low);
    return _mm512_castsi512_ps(_mm512_permutexvar_epi16(_mm512_add_epi32(both, apart), halves));
}
static inline v_f32 v_pack_bf16(v_f32 a, v_f32 b)
{
    return _mm512_castsi512_ps((__m512i)_mm512_cvtne2ps_pbh(b, a));
}
static inline void v_store_bf16(uint16_t *p, v_f32 v)
{
    _mm256_storeu_si256((__m256i *)(void *)p, (__m256i)_mm512_cvtneps_pbh(v));
}
static inline v_f32 v_dpbf16(v_f32 a, v_f32 b, v_f32 c)
{
    return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b);
}
