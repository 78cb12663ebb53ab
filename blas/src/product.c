#include "product.h"

#include <lanewise/kernels.h>

/* Evaluates the definition element by element. */
static void reference_product(int transa, int transb, size_t m, size_t n, size_t k, float alpha,
                              const float *a, size_t lda, const float *b, size_t ldb, float beta,
                              float *c, size_t ldc)
{
    const size_t a_row = transa ? 1 : lda, a_col = transa ? lda : 1;
    const size_t b_row = transb ? 1 : ldb, b_col = transb ? ldb : 1;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++) {
            float *to = c + i * ldc + j;
            float sum = beta == 0.0f ? 0.0f : beta * *to;
            for (size_t p = 0; p < k; p++)
                sum += alpha * a[i * a_row + p * a_col] * b[p * b_row + j * b_col];
            *to = sum;
        }
    }
}

void blas_product(int transa, int transb, size_t m, size_t n, size_t k, float alpha, const float *a,
                  size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc)
{
    /* lw_sgemm fails without memory for its buffers, and if C is stored in the padding of A or B
     * with a different leading dimension, which the BLAS allows. Both are rare. */
    if (lw_sgemm(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) != LW_OK)
        reference_product(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
