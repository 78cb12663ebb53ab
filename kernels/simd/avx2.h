/* AVX2 with FMA: 8 lanes, 16 registers, 12 of them accumulators of the 6x16 tile. */
#include "ymm.h"

enum { V_LANES = 8, V_REGISTERS = 16, V_MASKS = 0, TILE_MR = 6, TILE_NV = 2 };

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
/* Not by vmaskmovps, which is microcode on AMD's cores when it stores. */
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
