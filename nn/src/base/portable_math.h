/*
 * Elementary functions with bit-identical results on every CPU and with every C library: fixed
 * series in double precision without fused multiply-add. The functions of <math.h> may differ in
 * the last bit between libraries and CPUs.
 */
#ifndef LANEWISE_PORTABLE_MATH_H
#define LANEWISE_PORTABLE_MATH_H

#include <stdint.h>

/* log(x) for normal x > 0; error at most 2 ulp. */
double lw_portable_log(double x);

/* cos(2 pi turns) for turns in [0, 1]; absolute error at most 2^-52. */
double lw_portable_cos2pi(double turns);

/* x^n, with 0^0 = 1; relative error at most 2 n 2^-53. */
double lw_portable_pow(double x, uint64_t n);

#endif
