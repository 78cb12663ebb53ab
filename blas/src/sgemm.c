/* sgemm_ and cblas_sgemm: argument checks, quick returns, and conversion to row-major lw_sgemm. */
#include "arguments.h"
#include "product.h"
#include "report.h"

/* Column-major, valid arguments. A column-major matrix is the row-major transpose, so this computes
 * C^T = op(B)^T * op(A)^T. */
static void run(int transa, int transb, int m, int n, int k, float alpha, const float *a, int lda,
                const float *b, int ldb, float beta, float *c, int ldc)
{
    if ((k == 0 || alpha == 0.0f) && beta == 1.0f)
        return;
    blas_product(transb, transa, (size_t)n, (size_t)m, (size_t)k, alpha, b, (size_t)ldb, a,
                 (size_t)lda, beta, c, (size_t)ldc);
}

void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,
            const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
            const float *beta, float *c, const int *ldc)
{
    const int ta = blas_transposed_by_letter(*transa), tb = blas_transposed_by_letter(*transb);
    const int invalid = blas_check_sgemm(ta, tb, *m, *n, *k, *lda, *ldb, *ldc);
    if (invalid) {
        blas_report_fortran("SGEMM ", invalid);
        return;
    }
    run(ta, tb, *m, *n, *k, *alpha, a, *lda, b, *ldb, *beta, c, *ldc);
}

/* Converts the number of an invalid argument to that of a row-major cblas_sgemm call, which is
 * checked with A and B, and m and n, exchanged. */
static int row_major_number(int number)
{
    switch (number) {
    case 3:
        return 5;
    case 4:
        return 4;
    case 8:
        return 11;
    case 10:
        return 9;
    default:
        return number + 1;
    }
}

void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n,
                 int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                 float *c, int ldc)
{
    static const char name[] = "cblas_sgemm";
    const int ta = blas_transposed(transa), tb = blas_transposed(transb);
    const int row_major = layout == CblasRowMajor;
    if (!row_major && layout != CblasColMajor) {
        blas_report_c(name, 1, "layout", (int)layout);
    } else if (ta < 0) {
        blas_report_c(name, 2, "TransA", (int)transa);
    } else if (tb < 0) {
        blas_report_c(name, 3, "TransB", (int)transb);
    } else if (row_major) {
        const int invalid = blas_check_sgemm(tb, ta, n, m, k, ldb, lda, ldc);
        if (invalid)
            blas_report_c(name, row_major_number(invalid), NULL, 0);
        else
            run(tb, ta, n, m, k, alpha, b, ldb, a, lda, beta, c, ldc);
    } else {
        const int invalid = blas_check_sgemm(ta, tb, m, n, k, lda, ldb, ldc);
        if (invalid)
            blas_report_c(name, invalid + 1, NULL, 0);
        else
            run(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }
}
