/* lw_sgemm for callers that cannot return an error. */
#ifndef LANEWISE_BLAS_PRODUCT_H
#define LANEWISE_BLAS_PRODUCT_H

#include <stddef.h>

/* Row-major, with valid arguments. */
void blas_product(int transa, int transb, size_t m, size_t n, size_t k, float alpha, const float *a,
                  size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc);

#endif
