/*
 * Elementary functions of which every C library and every CPU returns the same bits: fixed series in double
 * precision, without fused multiply-adds. The C library's may differ in the last bit, also from CPU to CPU.
 */
#ifndef LANEWISE_PORTABLE_MATH_H
#define LANEWISE_PORTABLE_MATH_H

#include <stdint.h>

/* log(x) for a normal x above 0, within 2 ulp. */
double lw_portable_log(double x);

/* cos(2 pi turns) for turns from 0 to 1, within 2^-52. */
double lw_portable_cos2pi(double turns);

/* x^n, 0^0 being 1; relative error up to 2 n 2^-53. */
double lw_portable_pow(double x, uint64_t n);

#endif
