/*
 * The vector operations an instruction set provides: what micro/ may use, and what a new simd/NAME.h
 * has to define. tests/kernels checks each of them lane by lane on every set.
 *
 *   v_f32                  a vector of V_LANES floats; V_LANES divides 16
 *   V_REGISTERS            vector registers of the set
 *   V_HAS_MASKS                1 if v_load_n and v_store_n cost no more than v_load and v_store, and take
 *                          n = V_LANES too
 *   V_HAS_DPBF16                 1 if v_dpbf16 is one instruction
 *   TILE_MR, TILE_NV       the register tile: rows, and vectors in a row. Accumulators and operands
 *                          have to fit the registers: 6x2 of 16 (AVX2), 14x2 of 32 (AVX-512;
 *                          12x2 on its half vectors), 7x3 of 32 (NEON; gcc 12 spills with 8x3, 6x4 and 12x2)
 *
 *   v_zero()               +0 in every lane
 *   v_set(x)              x in every lane
 *   v_broadcast(p)             v_set(*p), to be multiplied by: as cheap a factor of v_fma as there is
 *   v_load(p) v_store(p, v)            V_LANES floats, natural alignment
 *   v_pin(a)              a, from here on in a register: where its instructions read memory, gcc 12 would
 *                          load it again for each use
 *   v_load_n(p, n, fill)   lanes below n < V_LANES from p, the others from fill; touches n floats
 *   v_store_n(p, n, v)     the lanes below n < V_LANES; touches n floats
 *   v_transpose(rows)      lane j of rows[i] and lane i of rows[j] change places; V_LANES vectors
 *   v_deinterleave(a, b, &even, &odd)         of the lanes of a and b side by side
 *
 *   v_add v_sub v_mul v_div v_sqrt     IEEE, correctly rounded
 *   v_fma(a, b, c)         a * b + c     rounded once; on scalar twice: fmaf without hardware
 *   v_fnma(a, b, c)        c - a * b     costs 0.6 instead of 20 GFLOP/s
 *   v_fma_exact(a, b, c)    v_fma, on scalar too within 0.501 ulp, by way of double: where the second
 *                          rounding would cost a promise
 *   v_min(a, b) v_max(a, b)            a NaN in b is returned; with a NaN in a alone the result is a
 *                          or b, as the set does it. So is the sign of a zero of two
 *   v_abs(a) v_neg_abs(a)  the sign bit cleared, and set
 *   v_copysign(a, b)       a with the sign bit of b
 *   v_if_lt(a, b, x, y)    a < b ? x : y, so y where a or b is NaN
 *   v_relu_mask(a, x)       a > 0 ? x : +0, NaN where a is NaN; without a register for a constant beside those
 *                          of a tile
 *   v_ldexp(a, n)          a * 2^n rounded once, for 0.5 <= |a| <= 2 or NaN and integral |n| <= 250
 *   v_exponent(a)          floor(log2(a)) as a float, for finite a > 0; anything otherwise
 *   v_mantissa(a)          a / 2^v_exponent(a), in [1, 2), for finite a > 0; anything otherwise
 *   v_reduce_add(a)               the lanes added as a tree: halves, quarters, ...
 *   v_reduce_add_rows(rows)           lane i is v_reduce_add(rows[i]); V_LANES vectors
 *   v_reduce_max(a)           the largest lane; any lane if one is NaN
 *   v_reduce_max_rows(rows)       lane i is v_reduce_max(rows[i])
 *   v_permute_index(i)        lanes in [0, V_LANES), without their fraction, as v_permute takes them
 *   v_permute(a, index)      lane l is lane index[l] of a
 *
 *   Of bf16, a float's upper half, two lie in a lane: in its lower half the first of a pair.
 *   v_interleave_bf16(low, high)     the lanes of both rounded to nearest even; below 2^-126 to a zero of the
 *                          same sign; NaN stays one, quiet
 *   v_pack_bf16(a, b)     the lanes of a, then those of b, as pairs of neighbours, rounded so
 *   v_bf16_even(p) v_bf16_odd(p)     the first and the second of each pair as floats, exactly
 *   v_load_bf16(p)         V_LANES neighbours as floats, exactly
 *   v_store_bf16(p, v)     V_LANES neighbours, rounded as by v_interleave_bf16
 *   v_dpbf16(a, b, c)        v_fma(v_bf16_even(a), v_bf16_even(b), v_fma(v_bf16_odd(a), v_bf16_odd(b), c)); what is below 2^-126 of
 *                          operands and of either result may be taken for a zero of the same sign
 *
 * Masks do not appear: a comparison is part of the operation that needs it, because it is a register
 * on some sets and a mask on others.
 */
#ifndef LANEWISE_SIMD_CONTRACT_H
#define LANEWISE_SIMD_CONTRACT_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Not a hint: without it gcc 12 keeps the tile's accumulators in memory and runs at a third (43
 * instead of 117 GFLOP/s on one Zen 4 core). */
#if defined(__clang__)
#define LW_UNROLL_TILE _Pragma("clang loop unroll(full)")
#else
#define LW_UNROLL_TILE _Pragma("GCC unroll 32")
#endif
#define LW_UNROLL LW_UNROLL_TILE

/* What works on vectors in registers and is used in several places: a call would pass them through
 * memory (137 instead of 63 cycles for a 16 x 16 transpose on Zen 4). */
#define LW_INLINE static inline __attribute__((always_inline))

#endif
