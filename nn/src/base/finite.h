/* Search for NaN and infinity in arrays. */
#ifndef LANEWISE_BASE_FINITE_H
#define LANEWISE_BASE_FINITE_H

#include <stddef.h>

/* Returns 1 if all n values are finite, otherwise 0. */
int lw_are_finite(size_t n, const float *x);

/* Returns the index of the first value that is not finite, or n. */
size_t lw_find_nonfinite(size_t n, const float *x);

#endif
