/* NEON (AArch64): 4 lanes, 32 registers, 21 of them accumulators of the 7x12 tile. */
#include "contract.h"

#include <arm_neon.h>

typedef float32x4_t v_f32;
enum { V_LANES = 4, V_REGISTERS = 32, V_HAS_MASKS = 0, V_HAS_DPBF16 = 0, TILE_MR = 7, TILE_NV = 3 };

static inline v_f32 v_zero(void)
{
    return vdupq_n_f32(0.0f);
}
static inline v_f32 v_set(float x)
{
    return vdupq_n_f32(x);
}
/* Loads into a register, of which the FMAs use one lane. By default gcc 12 reads the first row of A
 * by ld1r, which uses a slot of the vector pipes: 11.0 instead of 10.5 cycles per step of the tile
 * on Neoverse N1, 5.5 instead of 5.25 on V1 (llvm-mca 19). */
static inline v_f32 v_broadcast(const float *p)
{
    float x = *p;
    __asm__("" : "+w"(x));
    return vdupq_n_f32(x);
}
static inline v_f32 v_load(const float *p)
{
    return vld1q_f32(p);
}
static inline v_f32 v_pin(v_f32 a)
{
    return a;
}
static inline void v_store(float *p, v_f32 v)
{
    vst1q_f32(p, v);
}
/* Without a call, around which the accumulators of a tile could not stay in registers. */
static inline v_f32 v_load_n(const float *p, size_t n, v_f32 fill)
{
    if (n & 2) {
        const v_f32 pair = vcombine_f32(vld1_f32(p), vget_high_f32(fill));
        return n & 1 ? vld1q_lane_f32(p + 2, pair, 2) : pair;
    }
    return n & 1 ? vld1q_lane_f32(p, fill, 0) : fill;
}
static inline void v_store_n(float *p, size_t n, v_f32 v)
{
    if (n & 2)
        vst1_f32(p, vget_low_f32(v));
    if (n == 3)
        vst1q_lane_f32(p + 2, v, 2);
    if (n == 1)
        vst1q_lane_f32(p, v, 0);
}
static inline v_f32 v_add(v_f32 a, v_f32 b)
{
    return vaddq_f32(a, b);
}
static inline v_f32 v_sub(v_f32 a, v_f32 b)
{
    return vsubq_f32(a, b);
}
static inline v_f32 v_mul(v_f32 a, v_f32 b)
{
    return vmulq_f32(a, b);
}
static inline v_f32 v_div(v_f32 a, v_f32 b)
{
    return vdivq_f32(a, b);
}
static inline v_f32 v_sqrt(v_f32 a)
{
    return vsqrtq_f32(a);
}
static inline v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c)
{
    return vfmaq_f32(c, a, b);
}
static inline v_f32 v_fma_exact(v_f32 a, v_f32 b, v_f32 c)
{
    return vfmaq_f32(c, a, b);
}
static inline v_f32 v_fnma(v_f32 a, v_f32 b, v_f32 c)
{
    return vfmsq_f32(c, a, b);
}
static inline v_f32 v_min(v_f32 a, v_f32 b)
{
    return vminq_f32(a, b);
}
static inline v_f32 v_max(v_f32 a, v_f32 b)
{
    return vmaxq_f32(a, b);
}
static inline v_f32 v_abs(v_f32 a)
{
    return vabsq_f32(a);
}
static inline v_f32 v_neg_abs(v_f32 a)
{
    return vnegq_f32(vabsq_f32(a));
}
static inline v_f32 v_copysign(v_f32 a, v_f32 b)
{
    return vbslq_f32(vdupq_n_u32(0x80000000u), b, a);
}
static inline v_f32 v_if_lt(v_f32 a, v_f32 b, v_f32 x, v_f32 y)
{
    return vbslq_f32(vcltq_f32(a, b), x, y);
}
static inline v_f32 v_zero_if_lt(v_f32 a, v_f32 b, v_f32 y)
{
    return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(y), vcltq_f32(a, b)));
}
static inline v_f32 v_relu_mask(v_f32 a, v_f32 x)
{
    /* All bits set are a NaN. */
    const uint32x4_t kept = vandq_u32(vreinterpretq_u32_f32(x), vcgtzq_f32(a));
    return vreinterpretq_f32_u32(vornq_u32(kept, vceqq_f32(a, a)));
}
static inline v_f32 v_ldexp(v_f32 a, v_f32 n)
{
    /* In two steps: 2^n itself may be out of range. The first product is exact. */
    const int32x4_t whole = vcvtq_s32_f32(n);
    const int32x4_t half = vshrq_n_s32(whole, 1);
    const int32x4_t bias = vdupq_n_s32(127);
    const int32x4_t low = vshlq_n_s32(vaddq_s32(half, bias), 23);
    const int32x4_t high = vshlq_n_s32(vaddq_s32(vsubq_s32(whole, half), bias), 23);
    return vmulq_f32(vmulq_f32(a, vreinterpretq_f32_s32(low)), vreinterpretq_f32_s32(high));
}
/* 2^24 a for denormal a. */
static inline v_f32 made_normal(v_f32 a)
{
    return v_if_lt(a, vdupq_n_f32(0x1p-126f), vmulq_f32(a, vdupq_n_f32(0x1p24f)), a);
}
static inline v_f32 v_exponent(v_f32 a)
{
    const v_f32 bias = v_if_lt(a, vdupq_n_f32(0x1p-126f), vdupq_n_f32(127 + 24), vdupq_n_f32(127));
    const uint32x4_t exponent = vshrq_n_u32(vreinterpretq_u32_f32(made_normal(a)), 23);
    return vsubq_f32(vcvtq_f32_u32(exponent), bias);
}
static inline v_f32 v_mantissa(v_f32 a)
{
    return vbslq_f32(vdupq_n_u32(0x007fffffu), made_normal(a), vdupq_n_f32(1.0f));
}
static inline void v_deinterleave(v_f32 a, v_f32 b, v_f32 *even, v_f32 *odd)
{
    *even = vuzp1q_f32(a, b);
    *odd = vuzp2q_f32(a, b);
}
LW_INLINE void v_transpose(v_f32 rows[4])
{
    const float32x4x2_t low = vtrnq_f32(rows[0], rows[1]), high = vtrnq_f32(rows[2], rows[3]);
    rows[0] = vcombine_f32(vget_low_f32(low.val[0]), vget_low_f32(high.val[0]));
    rows[1] = vcombine_f32(vget_low_f32(low.val[1]), vget_low_f32(high.val[1]));
    rows[2] = vcombine_f32(vget_high_f32(low.val[0]), vget_high_f32(high.val[0]));
    rows[3] = vcombine_f32(vget_high_f32(low.val[1]), vget_high_f32(high.val[1]));
}
static inline float v_reduce_add(v_f32 a)
{
    const float32x2_t x = vadd_f32(vget_low_f32(a), vget_high_f32(a));
    return vget_lane_f32(x, 0) + vget_lane_f32(x, 1);
}
static inline float v_reduce_max(v_f32 a)
{
    return vmaxvq_f32(a);
}
/* Lane i is the reduction by op of the lanes of rows[i], as a tree. */
LW_INLINE v_f32 fold_lanes(const v_f32 rows[4], v_f32 (*op)(v_f32, v_f32))
{
    const v_f32 low = op(vcombine_f32(vget_low_f32(rows[0]), vget_low_f32(rows[1])),
                         vcombine_f32(vget_high_f32(rows[0]), vget_high_f32(rows[1])));
    const v_f32 high = op(vcombine_f32(vget_low_f32(rows[2]), vget_low_f32(rows[3])),
                          vcombine_f32(vget_high_f32(rows[2]), vget_high_f32(rows[3])));
    return op(vuzp1q_f32(low, high), vuzp2q_f32(low, high));
}
static inline v_f32 v_reduce_add_rows(const v_f32 rows[4])
{
    return fold_lanes(rows, v_add);
}
static inline v_f32 v_reduce_max_rows(const v_f32 rows[4])
{
    return fold_lanes(rows, v_max);
}
/* The four bytes of each lane. */
static inline v_f32 v_permute_index(v_f32 i)
{
    const uint32x4_t first = vmulq_n_u32(vcvtq_u32_f32(i), 0x04040404u);
    return vreinterpretq_f32_u32(vaddq_u32(first, vdupq_n_u32(0x03020100u)));
}
static inline v_f32 v_permute(v_f32 a, v_f32 index)
{
    return vreinterpretq_f32_u8(vqtbl1q_u8(vreinterpretq_u8_f32(a), vreinterpretq_u8_f32(index)));
}
static inline v_f32 v_bf16_even(v_f32 pairs)
{
    return vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(pairs), 16));
}
static inline v_f32 v_bf16_odd(v_f32 pairs)
{
    const uint32x4_t upper = vdupq_n_u32(0xffff0000u);
    return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(pairs), upper));
}
/* The bits of a, rounded in their upper halves; the lower ones are unspecified. */
static inline uint32x4_t rounded_bf16(v_f32 a)
{
    const uint32x4_t bits = vreinterpretq_u32_f32(a), exponent = vdupq_n_u32(0x7f800000u);
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t rounded = vaddq_u32(bits, vaddq_u32(odd, vdupq_n_u32(0x7fff)));
    const uint32x4_t zero = vandq_u32(bits, vdupq_n_u32(0x80000000u));
    const uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x00400000u));
    const uint32x4_t number = vbslq_u32(vtstq_u32(bits, exponent), rounded, zero);
    return vbslq_u32(vceqq_f32(a, a), number, quiet);
}
static inline v_f32 v_interleave_bf16(v_f32 low, v_f32 high)
{
    /* Keeps the upper half of high, and shifts that of low below it. */
    return vreinterpretq_f32_u32(vsriq_n_u32(rounded_bf16(high), rounded_bf16(low), 16));
}
static inline v_f32 v_load_bf16(const uint16_t *p)
{
    return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16));
}
static inline void v_store_bf16(uint16_t *p, v_f32 v)
{
    vst1_u16(p, vshrn_n_u32(rounded_bf16(v), 16));
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
