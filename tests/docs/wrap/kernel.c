/* Compares a kernel of the guide, on the scalar set, with a plain loop. */
#include "simd/scalar.h"

#include "micro/map.inc"

#include <stdio.h>

BLOCK

int main(void)
{
    enum { N = 37 };
    float x[N], r[N], y[N + 1];
    for (size_t i = 0; i < N; i++) {
        x[i] = (float)i - 20.0f;
        r[i] = i == 7 ? NAN : 1.5f;
    }
    for (size_t n = 0; n <= N; n++) {
        y[n] = 1234.0f;
        add_relu(n, x, r, y);
        for (size_t i = 0; i < n; i++) {
            const float want = x[i] + r[i] > 0.0f ? x[i] + r[i] : 0.0f;
            if (i == 7 ? !isnan(y[i]) : !(y[i] == want && !signbit(y[i])))
                return fprintf(stderr, "y[%zu] is %g, not %g\n", i, (double)y[i], (double)want), 1;
        }
        if (y[n] != 1234.0f)
            return fprintf(stderr, "wrote past %zu elements\n", n), 1;
    }
    return 0;
}
