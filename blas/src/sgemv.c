/* sgemv_ and cblas_sgemv, as matrix products of one row, in blocks. */
#include "arguments.h"
#include "product.h"
#include "report.h"

#include <string.h>

/* Maximum number of elements of x and of y in a block: 16 KB of each on the stack. 512 x 20000
 * takes 699 us, with blocks of 1024 794 us. A contiguous x is processed in blocks too, so that
 * results are bit-identical for any increment and alpha. */
enum { BLOCK = 4096 };

/* The offset of element 0 of a vector of n elements. */
static ptrdiff_t first_offset(int n, int inc)
{
    return inc < 0 ? (ptrdiff_t)(1 - n) * inc : 0;
}

static void scale(size_t n, float beta, float *y)
{
    if (beta == 0.0f) {
        memset(y, 0, n * sizeof *y);
    } else if (beta != 1.0f) {
        for (size_t i = 0; i < n; i++)
            y[i] *= beta; /* NOLINT(clang-analyzer-*): written by the caller, as beta is not 0 */
    }
}

/*
 * y = alpha * op(S) * x + beta * y for a contiguous block of y. S is row-major; op(S) is S if dot
 * is set (dot products with its rows), else its transpose. Both are products of one row, x^T: with
 * x as a column, 1024 x 1024 took 45 us instead of 38, and 20000 x 16 took 78 us instead of 28.
 */
static void run_block(int dot, size_t outputs, size_t inputs, float alpha, const float *s,
                      size_t ld, const float *x, ptrdiff_t incx, float beta, float *y)
{
    float gathered[BLOCK];
    scale(outputs, beta, y);
    if (alpha == 0.0f)
        return;
    for (size_t p = 0; p < inputs; p += BLOCK) {
        const size_t count = inputs - p < BLOCK ? inputs - p : BLOCK;
        const float *from = x + (ptrdiff_t)p * incx;
        if (alpha != 1.0f || incx != 1) {
            for (size_t i = 0; i < count; i++)
                gathered[i] = alpha * from[(ptrdiff_t)i * incx];
            from = gathered;
        }
        blas_product(0, dot, 1, outputs, count, 1.0f, from, count, s + (dot ? p : p * ld), ld, 1.0f,
                     y, outputs);
    }
}

/* Column-major, valid arguments. */
static void run(int trans, int m, int n, float alpha, const float *a, int lda, const float *x,
                int incx, float beta, float *y, int incy)
{
    if (m == 0 || n == 0 || (alpha == 0.0f && beta == 1.0f))
        return;
    const int xs = trans ? m : n, ys = trans ? n : m;
    const size_t outputs = (size_t)ys, inputs = (size_t)xs, ld = (size_t)lda;
    x += first_offset(xs, incx);
    y += first_offset(ys, incy);
    if (incy == 1) {
        run_block(trans, outputs, inputs, alpha, a, ld, x, incx, beta, y);
        return;
    }
    /* Blocks of equal size: a remainder of a few columns would be summed in another order. */
    const size_t blocks = (outputs + BLOCK - 1) / BLOCK;
    for (size_t block = 0; block < blocks; block++) {
        const size_t begin = outputs * block / blocks;
        const size_t count = outputs * (block + 1) / blocks - begin;
        float gathered[BLOCK];
        float *to = y + (ptrdiff_t)begin * incy;
        if (beta != 0.0f) {
            for (size_t i = 0; i < count; i++)
                gathered[i] = to[(ptrdiff_t)i * incy];
        }
        run_block(trans, count, inputs, alpha, a + (trans ? begin * ld : begin), ld, x, incx, beta,
                  gathered);
        for (size_t i = 0; i < count; i++)
            /* NOLINTNEXTLINE(clang-analyzer-*): run_block wrote it */
            to[(ptrdiff_t)i * incy] = gathered[i];
    }
}

void sgemv_(const char *trans, const int *m, const int *n, const float *alpha, const float *a,
            const int *lda, const float *x, const int *incx, const float *beta, float *y,
            const int *incy)
{
    const int transposed = blas_transposed_by_letter(*trans);
    const int invalid = blas_check_sgemv(transposed, *m, *n, *lda, *incx, *incy);
    if (invalid) {
        blas_report_fortran("SGEMV ", invalid);
        return;
    }
    run(transposed, *m, *n, *alpha, a, *lda, x, *incx, *beta, y, *incy);
}

void cblas_sgemv(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int m, int n, float alpha,
                 const float *a, int lda, const float *x, int incx, float beta, float *y, int incy)
{
    static const char name[] = "cblas_sgemv";
    const int transposed = blas_transposed(trans);
    const int row_major = layout == CblasRowMajor;
    if (!row_major && layout != CblasColMajor) {
        blas_report_c(name, 1, "layout", (int)layout);
        return;
    }
    if (transposed < 0) {
        blas_report_c(name, 2, "Trans", (int)trans);
        return;
    }
    /* A row-major matrix is the column-major transpose. n is checked before m, as in the
     * reference. */
    const int columns = row_major ? m : n, rows = row_major ? n : m;
    const int invalid = blas_check_sgemv(transposed, rows, columns, lda, incx, incy);
    if (invalid) {
        const int number = row_major && invalid <= 3 ? 6 - invalid : invalid + 1;
        blas_report_c(name, number, NULL, 0);
        return;
    }
    run(row_major ? !transposed : transposed, rows, columns, alpha, a, lda, x, incx, beta, y, incy);
}
