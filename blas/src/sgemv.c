/* The product of a matrix and a vector, as products of pieces by lw_sgemm. */
#include "arguments.h"
#include "product.h"
#include "report.h"

#include <string.h>

/* The most elements of x and of y in a piece: 16 KB of each on the stack, and 512 x 20000 in 699 us instead of 794
 * with a fourth of it. x is taken in pieces also where it could be read as it lies, so that the bits depend neither on
 * its increment nor on alpha. */
enum { PIECE = 4096 };

/* Where element 0 of a vector of n lies. */
static ptrdiff_t first(int n, int inc)
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
 * y = alpha * op(S) * x + beta * y for a piece of y that lies together; S row-major, op(S) = S if its rows are
 * multiplied along, else the transpose. Both are products of one row, x: with the dot products as a column,
 * 1024 x 1024 took 45 us instead of 38, and 20000 x 16, which is too short for dots, 78 instead of 28.
 */
static void run_piece(int along, size_t outputs, size_t inputs, float alpha, const float *s,
                      size_t ld, const float *x, ptrdiff_t incx, float beta, float *y)
{
    float gathered[PIECE];
    scale(outputs, beta, y);
    if (alpha == 0.0f)
        return;
    for (size_t p = 0; p < inputs; p += PIECE) {
        const size_t count = inputs - p < PIECE ? inputs - p : PIECE;
        const float *from = x + (ptrdiff_t)p * incx;
        if (alpha != 1.0f || incx != 1) {
            for (size_t i = 0; i < count; i++)
                gathered[i] = alpha * from[(ptrdiff_t)i * incx];
            from = gathered;
        }
        blas_product(0, along, 1, outputs, count, 1.0f, from, count, s + (along ? p : p * ld), ld,
                     1.0f, y, outputs);
    }
}

/* Column-major, right arguments. */
static void run(int trans, int m, int n, float alpha, const float *a, int lda, const float *x,
                int incx, float beta, float *y, int incy)
{
    if (m == 0 || n == 0 || (alpha == 0.0f && beta == 1.0f))
        return;
    const int xs = trans ? m : n, ys = trans ? n : m;
    const size_t outputs = (size_t)ys, inputs = (size_t)xs, ld = (size_t)lda;
    x += first(xs, incx);
    y += first(ys, incy);
    if (incy == 1) {
        run_piece(trans, outputs, inputs, alpha, a, ld, x, incx, beta, y);
        return;
    }
    /* Even pieces: a rest of a few columns would be summed in another order. */
    const size_t pieces = (outputs + PIECE - 1) / PIECE;
    for (size_t piece = 0; piece < pieces; piece++) {
        const size_t begin = outputs * piece / pieces;
        const size_t count = outputs * (piece + 1) / pieces - begin;
        float gathered[PIECE];
        float *to = y + (ptrdiff_t)begin * incy;
        if (beta != 0.0f) {
            for (size_t i = 0; i < count; i++)
                gathered[i] = to[(ptrdiff_t)i * incy];
        }
        run_piece(trans, count, inputs, alpha, a + (trans ? begin * ld : begin), ld, x, incx, beta,
                  gathered);
        for (size_t i = 0; i < count; i++)
            /* NOLINTNEXTLINE(clang-analyzer-*): run_piece wrote it */
            to[(ptrdiff_t)i * incy] = gathered[i];
    }
}

void sgemv_(const char *trans, const int *m, const int *n, const float *alpha, const float *a,
            const int *lda, const float *x, const int *incx, const float *beta, float *y,
            const int *incy)
{
    const int transposed = blas_transposed_by_letter(*trans);
    const int wrong = blas_check_sgemv(transposed, *m, *n, *lda, *incx, *incy);
    if (wrong) {
        blas_report_fortran("SGEMV ", wrong);
        return;
    }
    run(transposed, *m, *n, *alpha, a, *lda, x, *incx, *beta, y, *incy);
}

void cblas_sgemv(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int m, int n, float alpha,
                 const float *a, int lda, const float *x, int incx, float beta, float *y, int incy)
{
    static const char name[] = "cblas_sgemv";
    const int transposed = blas_transposed(trans);
    const int by_rows = layout == CblasRowMajor;
    if (!by_rows && layout != CblasColMajor) {
        blas_report_c(name, 1, "layout", (int)layout);
        return;
    }
    if (transposed < 0) {
        blas_report_c(name, 2, "Trans", (int)trans);
        return;
    }
    /* Row-major is the transpose, column-major, and n is checked before m, as there. */
    const int columns = by_rows ? m : n, rows = by_rows ? n : m;
    const int wrong = blas_check_sgemv(transposed, rows, columns, lda, incx, incy);
    if (wrong) {
        const int number = by_rows && wrong <= 3 ? 6 - wrong : wrong + 1;
        blas_report_c(name, number, NULL, 0);
        return;
    }
    run(by_rows ? !transposed : transposed, rows, columns, alpha, a, lda, x, incx, beta, y, incy);
}
