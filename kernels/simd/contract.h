/*
 * The vector operations of an instruction set: what micro/ may use and a new simd/NAME.h must
 * define. tests/kernels checks each of them lane by lane on every set.
 *
 *   v_f32             a vector of V_LANES floats; V_LANES divides 16
 *   V_REGISTERS       vector registers of the set
 *   V_HAS_MASKS       1 if v_load_n and v_store_n cost no more than v_load and v_store, and accept
 *                     n = V_LANES
 *   V_HAS_DPBF16      1 if v_dpbf16 is one instruction
 *   TILE_MR, TILE_NV  the register tile: rows, and vectors per row. Accumulators and operands must
 *                     fit the registers (see "Register tiles" in docs/measurements.md)
 *
 *   v_zero()          +0 in every lane
 *   v_set(x)          x in every lane
 *   v_broadcast(p)    v_set(*p) as a factor of v_fma, in the cheapest form of the set
 *   v_load(p) v_store(p, v)    V_LANES floats, natural alignment
 *   v_pin(a)          a, kept in a register: without it gcc 12 reloads memory operands for every
 *                     use
 *   v_load_n(p, n, fill)       lanes below n < V_LANES from p, the others from fill; reads n floats
 *   v_store_n(p, n, v)         the lanes below n < V_LANES; writes n floats
 *   v_transpose(rows)          transposes V_LANES vectors in place
 *   v_deinterleave(a, b, &even, &odd)   the even and the odd lanes of a followed by b
 *
 *   v_add v_sub v_mul v_div v_sqrt      IEEE, correctly rounded
 *   v_fma(a, b, c)    a * b + c, rounded once; on scalar twice, because fmaf without hardware
 *                     support is about 30 times slower
 *   v_fnma(a, b, c)   c - a * b, rounded as v_fma
 *   v_fma_exact(a, b, c)       v_fma, on scalar too within 0.501 ulp, in double precision; for
 *                              error
 *                     bounds that a second rounding would break
 *   v_min(a, b) v_max(a, b)    a NaN in b is returned; with a NaN only in a the result is a or b,
 *                     depending on the set, as is the sign of a zero result of two zeros
 *   v_abs(a) v_neg_abs(a)      the sign bit cleared, and set
 *   v_copysign(a, b)  a with the sign bit of b
 *   v_if_lt(a, b, x, y)        a < b ? x : y, so y if a or b is NaN
 *   v_zero_if_lt(a, b, y)      a < b ? +0 : y, so y if a or b is NaN; cheaper than v_if_lt
 *   v_relu_mask(a, x)          a > 0 ? x : +0, NaN if a is NaN; needs no register for a constant
 *   v_ldexp(a, n)     a * 2^n rounded once, for 0.5 <= |a| <= 2 or NaN, and integral |n| <= 250
 *   v_exponent(a)     floor(log2(a)) as a float, for finite a > 0; unspecified otherwise
 *   v_mantissa(a)     a / 2^v_exponent(a), in [1, 2), for finite a > 0; unspecified otherwise
 *   v_reduce_add(a)   the sum of the lanes, as a tree: halves, quarters, ...
 *   v_reduce_add_rows(rows)    lane i is v_reduce_add(rows[i]); V_LANES vectors
 *   v_reduce_max(a)   the largest lane; any lane if one is NaN
 *   v_reduce_max_rows(rows)    lane i is v_reduce_max(rows[i]); V_LANES vectors
 *   v_permute_index(i)         truncates lane numbers in [0, V_LANES) to an index of v_permute
 *   v_permute(a, index)        lane l is lane index[l] of a
 *
 * bf16: a lane holds two, the first in its lower half.
 *
 *   v_interleave_bf16(low, high)    lane l holds low[l], then high[l], rounded to nearest even;
 *                                   below
 *                     2^-126 to a zero of the same sign; NaN becomes a quiet NaN
 *   v_pack_bf16(a, b)          the lanes of a, then those of b, rounded alike, neighbours in one
 *                              lane
 *   v_bf16_even(p) v_bf16_odd(p)    the first and the second half of each lane as floats, exactly
 *   v_load_bf16(p)    V_LANES consecutive elements as floats, exactly
 *   v_store_bf16(p, v)         V_LANES consecutive elements, rounded as by v_interleave_bf16
 *   v_dpbf16(a, b, c)          v_fma(even(a), even(b), v_fma(odd(a), odd(b), c)); operands and
 *                              results
 *                     below 2^-126 may be flushed to a zero of the same sign
 *
 * There are no mask types: a comparison is part of the operation that uses it, because its result
 * is a vector on some sets and a mask register on others.
 */
#ifndef LANEWISE_SIMD_CONTRACT_H
#define LANEWISE_SIMD_CONTRACT_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Required for speed: without it gcc 12 keeps the accumulators of a tile in memory. See "Unrolled
 * tiles" in docs/measurements.md. */
#if defined(__clang__)
#define LW_UNROLL_TILE _Pragma("clang loop unroll(full)")
#else
#define LW_UNROLL_TILE _Pragma("GCC unroll 32")
#endif
#define LW_UNROLL LW_UNROLL_TILE

/* For functions on vectors in registers: a call would pass the vectors through memory. See "Inlined
 * vector functions" in docs/measurements.md. */
#define LW_INLINE static inline __attribute__((always_inline))

#endif
