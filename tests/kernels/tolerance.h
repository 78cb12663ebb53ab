/* The errors that the tests permit: the bounds of kernels.h and, where it gives none, bounds
 * derived from the order of the operations. None is fitted to measured errors.
 *
 * u is half the spacing of floats at 1. After n roundings a result is off by at most gamma(n) times
 * the sum of the magnitudes (Higham 2002, section 3.1). */
#ifndef TOLERANCE_H
#define TOLERANCE_H

#include "data.h"

#include <lanewise/kernels.h>
#include <math.h>

static const double UNIT = 0x1p-24;
static const double SMALLEST = 0x1p-149; /* spacing of denormals */

static const double EXP_ULP = 1.0;
static const double LOG_ULP = 1.0;
static const double SIGMOID_ULP = 2.0;
static const double TANH_ULP = 2.0;
static const double SILU_ULP = 4.0;
static const double ROUNDING_ULP = 0.5;

static inline double gamma_bound(double n)
{
    return n * UNIT / (1.0 - n * UNIT);
}

/* Spacing of floats at the correctly rounded x. */
static inline double ulp_at(double x)
{
    const double magnitude = fabs((double)rounded(x));
    int exponent;
    if (magnitude < 0x1p-126)
        return SMALLEST;
    if (isinf(magnitude))
        return 0x1p104;
    frexp(magnitude, &exponent);
    return ldexp(1.0, exponent - 24);
}

/* Roundings in a chain of k products on a set with or without FMA, plus `ends` more. */
static inline double chain_roundings(double k, double ends, int has_fma)
{
    return (has_fma ? k : 2.0 * k) + ends;
}

/* Roundings in a row sum: 16 interleaved partial sums of n / 16 terms, four levels of a tree, two
 * roundings for each term. */
static inline double row_sum_roundings(double n)
{
    return 2.0 * ceil(n / 16.0) + 6.0;
}

/* w is 2 q, the argument of the sigmoid in GELU. */
static inline double gelu_ulp(double w)
{
    return 4.0 + 3.0 * fabs(w);
}

/* distance is |x - max|. */
static inline double softmax_ulp(double distance, double cols)
{
    return 5.0 + distance + log2(cols) + cols / 16.0;
}

/* Converts an error in ulp to a relative error in units of 2^-24: one ulp is at most two units. */
static inline double ulp_to_relative(double ulp)
{
    return 2.0 * UNIT * ulp;
}

/* Absolute error of s - s^2, s = sigmoid(w), if w has a relative error of roundings * u: s is off
 * by 2 ulp, which the difference multiplies by up to three. If 1 + exp(-w) rounds to 1, s is
 * exactly 1 and the error is the exact value. */
static inline double sigmoid_slope_error(double w, double roundings)
{
    const double s = w < 0.0 ? exp(w) / (1.0 + exp(w)) : 1.0 / (1.0 + exp(-w));
    if (w > 18.0)
        return 2.0 * exp(-w);
    return UNIT * s * (13.0 + roundings * fabs(w)) + SMALLEST;
}

#endif
