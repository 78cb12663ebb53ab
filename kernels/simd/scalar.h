/* Portable C, one lane: runs on every machine, and is easy to verify by reading. */
#include "contract.h"

/* A reference needs registers in its tile only. Completely unrolled, the set was as large as
 * AVX2's. */
#undef LW_UNROLL
#define LW_UNROLL

typedef float v_f32;
enum { V_LANES = 1, V_REGISTERS = 16, V_HAS_MASKS = 0, V_HAS_DPBF16 = 0, TILE_MR = 4, TILE_NV = 4 };

/* The tests define this as fmaf, for the reference of the FMA sets' bits. */
#ifndef LW_SCALAR_FMA
#define LW_SCALAR_FMA(a, b, c) ((a) * (b) + (c))
/* The product of two floats is exact in double. */
#define LW_SCALAR_FMA_ONCE(a, b, c) ((float)((double)(a) * (double)(b) + (double)(c)))
#endif

static inline v_f32 v_zero(void)
{
    return 0.0f;
}
static inline v_f32 v_set(float x)
{
    return x;
}
static inline v_f32 v_broadcast(const float *p)
{
    return v_set(*p);
}
static inline v_f32 v_load(const float *p)
{
    return *p;
}
static inline v_f32 v_pin(v_f32 a)
{
    return a;
}
static inline void v_store(float *p, v_f32 v)
{
    *p = v;
}
static inline v_f32 v_load_n(const float *p, size_t n, v_f32 fill)
{
    return n ? *p : fill;
}
static inline void v_store_n(float *p, size_t n, v_f32 v)
{
    if (n)
        *p = v;
}
static inline v_f32 v_add(v_f32 a, v_f32 b)
{
    return a + b;
}
static inline v_f32 v_sub(v_f32 a, v_f32 b)
{
    return a - b;
}
static inline v_f32 v_mul(v_f32 a, v_f32 b)
{
    return a * b;
}
static inline v_f32 v_div(v_f32 a, v_f32 b)
{
    return a / b;
}
static inline v_f32 v_sqrt(v_f32 a)
{
    return sqrtf(a);
}
static inline v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c)
{
    return LW_SCALAR_FMA(a, b, c);
}
static inline v_f32 v_fma_exact(v_f32 a, v_f32 b, v_f32 c)
{
    return LW_SCALAR_FMA_ONCE(a, b, c);
}
static inline v_f32 v_fnma(v_f32 a, v_f32 b, v_f32 c)
{
    return LW_SCALAR_FMA(-a, b, c);
}
static inline v_f32 v_min(v_f32 a, v_f32 b)
{
    return a < b ? a : b;
}
static inline v_f32 v_max(v_f32 a, v_f32 b)
{
    return a > b ? a : b;
}
static inline v_f32 v_abs(v_f32 a)
{
    return fabsf(a);
}
static inline v_f32 v_neg_abs(v_f32 a)
{
    return -fabsf(a);
}
static inline v_f32 v_copysign(v_f32 a, v_f32 b)
{
    return copysignf(a, b);
}
static inline v_f32 v_if_lt(v_f32 a, v_f32 b, v_f32 x, v_f32 y)
{
    return a < b ? x : y;
}
static inline v_f32 v_zero_if_lt(v_f32 a, v_f32 b, v_f32 y)
{
    return a < b ? 0.0f : y;
}

static inline uint32_t lane_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline float lane_from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline float lane_pow2(int n)
{
    return lane_from_bits((uint32_t)(n + 127) << 23);
}

static inline v_f32 v_relu_mask(v_f32 a, v_f32 x)
{
    return a > 0.0f ? x : a == a ? 0.0f : a;
}
static inline v_f32 v_ldexp(v_f32 a, v_f32 n)
{
    /* In two steps: 2^n itself may be out of range. The first product is exact. A NaN does not
     * survive the conversion to int, but the NaN in a does survive the products. */
    const int whole = n == n ? (int)n : 0;
    const int half = whole / 2;
    return a * lane_pow2(half) * lane_pow2(whole - half);
}
/* 2^24 a for denormal a. */
static inline v_f32 made_normal(v_f32 a)
{
    return a < 0x1p-126f ? a * 0x1p24f : a;
}
static inline v_f32 v_exponent(v_f32 a)
{
    return (float)((int)(lane_bits(made_normal(a)) >> 23) - (a < 0x1p-126f ? 127 + 24 : 127));
}
static inline v_f32 v_mantissa(v_f32 a)
{
    return lane_from_bits((lane_bits(made_normal(a)) & 0x007fffffu) | 0x3f800000u);
}
static inline void v_deinterleave(v_f32 a, v_f32 b, v_f32 *even, v_f32 *odd)
{
    *even = a;
    *odd = b;
}
LW_INLINE void v_transpose(v_f32 rows[1])
{
    (void)rows;
}
static inline float v_reduce_add(v_f32 a)
{
    return a;
}
static inline float v_reduce_max(v_f32 a)
{
    return a;
}
static inline v_f32 v_reduce_add_rows(const v_f32 rows[1])
{
    return rows[0];
}
static inline v_f32 v_reduce_max_rows(const v_f32 rows[1])
{
    return rows[0];
}
static inline v_f32 v_permute_index(v_f32 i)
{
    return i;
}
static inline v_f32 v_permute(v_f32 a, v_f32 index)
{
    (void)index;
    return a;
}
static inline v_f32 v_bf16_even(v_f32 pairs)
{
    return lane_from_bits(lane_bits(pairs) << 16);
}
static inline v_f32 v_bf16_odd(v_f32 pairs)
{
    return lane_from_bits(lane_bits(pairs) & 0xffff0000u);
}
/* The upper half of a, rounded. */
static inline uint32_t rounded_bf16(v_f32 a)
{
    const uint32_t bits = lane_bits(a), upper = bits >> 16;
    if (a != a)
        return upper | 0x40u;
    if ((bits & 0x7f800000u) == 0)
        return upper & 0x8000u;
    return (bits + 0x7fffu + (upper & 1u)) >> 16;
}
static inline v_f32 v_interleave_bf16(v_f32 low, v_f32 high)
{
    return lane_from_bits(rounded_bf16(low) | rounded_bf16(high) << 16);
}
static inline v_f32 v_load_bf16(const uint16_t *p)
{
    return lane_from_bits((uint32_t)*p << 16);
}
static inline void v_store_bf16(uint16_t *p, v_f32 v)
{
    *p = (uint16_t)rounded_bf16(v);
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
