/* Every wrong argument: checks the handler, the routine name and the argument number, and that
 * operands are unchanged. */
#include "handlers.h"
#include "operands.h"
#include "suite.h"

#include <lanewise/cblas.h>
#include <string.h>

/* Checks that exactly the handler of this interface was called, once, with these arguments. */
static void expect(int in_c, const char *name, int argument, int line)
{
    ck_assert_msg(reported.calls == 1 && reported.in_c == in_c &&
                      strcmp(reported.name, name) == 0 && reported.argument == argument,
                  "line %d: %d calls of a handler, the last %s of %s with %d instead of %s with %d",
                  line, reported.calls, reported.in_c ? "in C" : "in Fortran", reported.name,
                  reported.argument, name, argument);
    memset(&reported, 0, sizeof reported);
}

/* Operands large enough for every call, which no wrong call may change. */
static float a[64], b[64], c[64];

static void fill(void)
{
    for (int i = 0; i < 64; i++)
        a[i] = b[i] = c[i] = (float)i;
}

static void expect_untouched(void)
{
    for (int i = 0; i < 64; i++)
        ck_assert(a[i] == (float)i && b[i] == (float)i && c[i] == (float)i);
}

static void fortran_gemm(char ta, char tb, int m, int n, int k, int lda, int ldb, int ldc,
                         int argument, int line)
{
    const float one = 1.0f, zero = 0.0f;
    sgemm_(&ta, &tb, &m, &n, &k, &one, a, &lda, b, &ldb, &zero, c, &ldc);
    expect(0, "SGEMM", argument, line);
}

static void c_gemm(int layout, int ta, int tb, int m, int n, int k, int lda, int ldb, int ldc,
                   int argument, int line)
{
    cblas_sgemm((CBLAS_LAYOUT)layout, (CBLAS_TRANSPOSE)ta, (CBLAS_TRANSPOSE)tb, m, n, k, 1.0f, a,
                lda, b, ldb, 0.0f, c, ldc);
    expect(1, "cblas_sgemm", argument, line);
}

static void fortran_gemv(char trans, int m, int n, int lda, int incx, int incy, int argument,
                         int line)
{
    const float one = 1.0f, zero = 0.0f;
    sgemv_(&trans, &m, &n, &one, a, &lda, b, &incx, &zero, c, &incy);
    expect(0, "SGEMV", argument, line);
}

static void c_gemv(int layout, int trans, int m, int n, int lda, int incx, int incy, int argument,
                   int line)
{
    cblas_sgemv((CBLAS_LAYOUT)layout, (CBLAS_TRANSPOSE)trans, m, n, 1.0f, a, lda, b, incx, 0.0f, c,
                incy);
    expect(1, "cblas_sgemv", argument, line);
}

enum { COL = CblasColMajor, ROW = CblasRowMajor, N = CblasNoTrans, T = CblasTrans, WRONG = 7 };

START_TEST(sgemm_reports_the_arguments_of_fortran)
{
    fill();
    fortran_gemm('/', 'N', 2, 2, 2, 2, 2, 2, 1, __LINE__);
    fortran_gemm('\0', 'N', 2, 2, 2, 2, 2, 2, 1, __LINE__);
    fortran_gemm('N', 'X', 2, 2, 2, 2, 2, 2, 2, __LINE__);
    fortran_gemm('N', 'N', -1, 2, 2, 2, 2, 2, 3, __LINE__);
    fortran_gemm('N', 'N', 2, -1, 2, 2, 2, 2, 4, __LINE__);
    fortran_gemm('N', 'N', 2, 2, -1, 2, 2, 2, 5, __LINE__);
    /* A of 3 x 2 is stored as 3 x 2 or 2 x 3, B of 2 x 4 likewise; a leading dimension is at least
     * 1. */
    fortran_gemm('N', 'N', 3, 4, 2, 2, 2, 3, 8, __LINE__);
    fortran_gemm('T', 'N', 3, 4, 2, 1, 2, 3, 8, __LINE__);
    fortran_gemm('N', 'N', 3, 4, 2, 3, 1, 3, 10, __LINE__);
    fortran_gemm('N', 'c', 3, 4, 2, 3, 3, 3, 10, __LINE__);
    fortran_gemm('N', 'N', 3, 4, 2, 3, 2, 2, 13, __LINE__);
    fortran_gemm('T', 'T', 3, 4, 2, 2, 4, 2, 13, __LINE__);
    fortran_gemm('N', 'N', 0, 0, 0, 0, 1, 1, 8, __LINE__);
    fortran_gemm('N', 'N', 0, 0, 0, 1, 0, 1, 10, __LINE__);
    fortran_gemm('N', 'N', 0, 0, 0, 1, 1, 0, 13, __LINE__);
    /* The first of several wrong arguments is reported. */
    fortran_gemm('X', 'X', -1, -1, -1, 0, 0, 0, 1, __LINE__);
    fortran_gemm('N', 'N', -1, -1, -1, 0, 0, 0, 3, __LINE__);
    expect_untouched();
}
END_TEST

START_TEST(sgemm_reports_the_arguments_of_c)
{
    fill();
    c_gemm(WRONG, N, N, 2, 2, 2, 2, 2, 2, 1, __LINE__);
    c_gemm(N, N, N, 2, 2, 2, 2, 2, 2, 1, __LINE__);
    for (int i = 0; i < 2; i++) {
        const int layout = i ? ROW : COL;
        c_gemm(layout, WRONG, N, 2, 2, 2, 2, 2, 2, 2, __LINE__);
        c_gemm(layout, N, WRONG, 2, 2, 2, 2, 2, 2, 3, __LINE__);
        c_gemm(layout, N, N, -1, 2, 2, 2, 2, 2, 4, __LINE__);
        c_gemm(layout, N, N, 2, -1, 2, 2, 2, 2, 5, __LINE__);
        c_gemm(layout, N, N, 2, 2, -1, 2, 2, 2, 6, __LINE__);
        c_gemm(layout, N, N, 0, 0, 0, 0, 1, 1, 9, __LINE__);
        c_gemm(layout, N, N, 0, 0, 0, 1, 0, 1, 11, __LINE__);
        c_gemm(layout, N, N, 0, 0, 0, 1, 1, 0, 14, __LINE__);
    }
    c_gemm(COL, N, N, 3, 4, 2, 2, 2, 3, 9, __LINE__);
    c_gemm(COL, T, N, 3, 4, 2, 1, 2, 3, 9, __LINE__);
    c_gemm(COL, N, N, 3, 4, 2, 3, 1, 3, 11, __LINE__);
    c_gemm(COL, N, T, 3, 4, 2, 3, 3, 3, 11, __LINE__);
    c_gemm(COL, N, N, 3, 4, 2, 3, 2, 2, 14, __LINE__);
    c_gemm(ROW, N, N, 3, 4, 2, 1, 4, 4, 9, __LINE__);
    c_gemm(ROW, T, N, 3, 4, 2, 2, 4, 4, 9, __LINE__);
    c_gemm(ROW, N, N, 3, 4, 2, 2, 3, 4, 11, __LINE__);
    c_gemm(ROW, N, T, 3, 4, 2, 2, 1, 4, 11, __LINE__);
    c_gemm(ROW, N, N, 3, 4, 2, 2, 4, 3, 14, __LINE__);
    /* Of two wrong arguments, the one is reported that comes first in the column-major product
     * equal to the row-major one. */
    c_gemm(COL, N, N, -1, -1, 2, 2, 2, 2, 4, __LINE__);
    c_gemm(ROW, N, N, -1, -1, 2, 2, 2, 2, 5, __LINE__);
    c_gemm(COL, N, N, 2, 2, 2, 1, 1, 2, 9, __LINE__);
    c_gemm(ROW, N, N, 2, 2, 2, 1, 1, 2, 11, __LINE__);
    expect_untouched();
}
END_TEST

START_TEST(sgemv_reports_the_arguments_of_fortran)
{
    fill();
    fortran_gemv('/', 2, 2, 2, 1, 1, 1, __LINE__);
    fortran_gemv('N', -1, 2, 2, 1, 1, 2, __LINE__);
    fortran_gemv('N', 2, -1, 2, 1, 1, 3, __LINE__);
    fortran_gemv('N', 3, 2, 2, 1, 1, 6, __LINE__);
    fortran_gemv('t', 3, 2, 2, 1, 1, 6, __LINE__);
    fortran_gemv('N', 0, 0, 0, 1, 1, 6, __LINE__);
    fortran_gemv('N', 2, 2, 2, 0, 1, 8, __LINE__);
    fortran_gemv('N', 2, 2, 2, 1, 0, 11, __LINE__);
    fortran_gemv('N', 0, 0, 1, 0, 0, 8, __LINE__);
    fortran_gemv('X', -1, -1, 0, 0, 0, 1, __LINE__);
    expect_untouched();
}
END_TEST

START_TEST(sgemv_reports_the_arguments_of_c)
{
    fill();
    c_gemv(WRONG, N, 2, 2, 2, 1, 1, 1, __LINE__);
    for (int i = 0; i < 2; i++) {
        const int layout = i ? ROW : COL;
        c_gemv(layout, WRONG, 2, 2, 2, 1, 1, 2, __LINE__);
        c_gemv(layout, N, -1, 2, 2, 1, 1, 3, __LINE__);
        c_gemv(layout, N, 2, -1, 2, 1, 1, 4, __LINE__);
        c_gemv(layout, N, 0, 0, 0, 1, 1, 7, __LINE__);
        c_gemv(layout, N, 2, 2, 2, 0, 1, 9, __LINE__);
        c_gemv(layout, T, 2, 2, 2, 1, 0, 12, __LINE__);
    }
    c_gemv(COL, N, 3, 2, 2, 1, 1, 7, __LINE__);
    c_gemv(COL, T, 3, 2, 2, 1, 1, 7, __LINE__);
    c_gemv(ROW, N, 2, 3, 2, 1, 1, 7, __LINE__);
    c_gemv(ROW, T, 2, 3, 2, 1, 1, 7, __LINE__);
    c_gemv(COL, N, -1, -1, 2, 1, 1, 3, __LINE__);
    c_gemv(ROW, N, -1, -1, 2, 1, 1, 4, __LINE__);
    expect_untouched();
}
END_TEST

/* Valid arguments are not reported. */
START_TEST(valid_arguments_are_not_reported)
{
    const float one = 1.0f, zero = 0.0f;
    const int n = 0, ld = 1, inc = -3;
    sgemm_("n", "C", &n, &n, &n, &one, NULL, &ld, NULL, &ld, &zero, NULL, &ld);
    sgemv_("c", &n, &n, &one, NULL, &ld, NULL, &inc, &zero, NULL, &inc);
    cblas_sgemm(CblasRowMajor, CblasConjTrans, CblasTrans, 3, 4, 2, 1.0f, a, 3, b, 2, 0.0f, c, 4);
    cblas_sgemv(CblasRowMajor, CblasConjTrans, 3, 4, 1.0f, a, 4, b, -1, 0.0f, c, 1);
    ck_assert_int_eq(reported.calls, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("error exits");
    tcase_add_test(tests, sgemm_reports_the_arguments_of_fortran);
    tcase_add_test(tests, sgemm_reports_the_arguments_of_c);
    tcase_add_test(tests, sgemv_reports_the_arguments_of_fortran);
    tcase_add_test(tests, sgemv_reports_the_arguments_of_c);
    tcase_add_test(tests, valid_arguments_are_not_reported);
    return run_case("blas_error_exits", tests);
}
