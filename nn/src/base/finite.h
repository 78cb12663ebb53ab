/* Numbers that are not finite. */
#ifndef LANEWISE_BASE_FINITE_H
#define LANEWISE_BASE_FINITE_H

#include <stddef.h>

int lw_are_finite(size_t n, const float *x);

/* The first of x that is not finite; n: all are. */
size_t lw_find_nonfinite(size_t n, const float *x);

#endif
