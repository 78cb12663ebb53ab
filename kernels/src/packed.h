/* An operand packed beforehand. */
#ifndef LANEWISE_PACKED_H
#define LANEWISE_PACKED_H

#include "gemm.h"

struct lw_packed_matrix {
    const struct lw_isa *isa; /* set of the panels; runs the products whatever set is selected */
    size_t k, n;
    float *panels;
    float *columns; /* after the panels, n x k, for dot-product GEMMs of this shape; else NULL */
};

/* C = A * B: element (i, p) of the m x k operand A is a[i * a_row + p * a_col]. */
struct lw_gemm lw_packed_product(const struct lw_packed_matrix *b, size_t m, const float *a,
                                 size_t a_row, size_t a_col, float *c, size_t ldc);

#endif
