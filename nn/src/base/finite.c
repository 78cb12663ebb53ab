/* Search for NaN and infinity in arrays. */
#include "finite.h"

#include <math.h>

int lw_are_finite(size_t n, const float *x)
{
    int finite = 1;
    for (size_t i = 0; i < n; i++)
        finite &= isfinite(x[i]) != 0;
    return finite;
}

size_t lw_find_nonfinite(size_t n, const float *x)
{
    size_t i = 0;
    while (i < n && isfinite(x[i]))
        i++;
    return i;
}
