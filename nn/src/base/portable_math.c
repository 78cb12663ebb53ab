/* Elementary functions with bit-identical results on every CPU. */
#include "portable_math.h"

#include <math.h>

/* log x = e ln 2 + log m with m in [sqrt(1/2), sqrt(2)) and log m = 2 (s + s^3 / 3 + s^5 / 5 + ...)
 * with s = (m - 1) / (m + 1). Since |s| < 0.1716, the first omitted term is 2^-65 of the sum. */
double lw_portable_log(double x)
{
    static const double root_of_half = 0.7071067811865476;
    /* ln 2 in two parts; the product of the first with e is exact. */
    static const double ln2_high = 0x1.62e42fefap-1, ln2_low = 0x1.cf79abc9e3b39p-40;
    int e;
    double m = frexp(x, &e);
    if (m < root_of_half) {
        m *= 2.0;
        e--;
    }
    const double s = (m - 1.0) / (m + 1.0), square = s * s;
    double series = 0.0;
    for (int odd = 23; odd >= 3; odd -= 2)
        series = (series + 1.0 / odd) * square;
    return (double)e * ln2_high + ((double)e * ln2_low + 2.0 * s * series) + 2.0 * s;
}

/* Horner evaluation of the series of cos x (last even) or sin x / x (last odd), up to the term
 * x^last or x^(last - 1); square = x^2. */
static double alternating_series(double square, int last)
{
    double series = 1.0;
    for (int k = last; k > 1; k -= 2)
        series = 1.0 - series * (square * (1.0 / (k * (k - 1))));
    return series;
}

/* Reduces to the nearest quarter turn. The remainder is exact and at most pi / 4, where the first
 * omitted terms are below 2^-58. */
double lw_portable_cos2pi(double turns)
{
    static const double half_pi = 1.5707963267948966;
    const double nearest = floor(4.0 * turns + 0.5);
    const double rest = (4.0 * turns - nearest) * half_pi, square = rest * rest;
    switch ((int)nearest % 4) {
    case 0:
        return alternating_series(square, 18);
    case 1:
        return -rest * alternating_series(square, 17);
    case 2:
        return -alternating_series(square, 18);
    default:
        return rest * alternating_series(square, 17);
    }
}

double lw_portable_pow(double x, uint64_t n)
{
    double power = 1.0;
    for (; n > 0; n /= 2) {
        if (n % 2)
            power *= x;
        x *= x;
    }
    return power;
}
