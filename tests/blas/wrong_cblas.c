/* Preloaded before the library: changes the fourth digit of the results of the function named by
 * WRONG_CBLAS, to prove that the tests detect wrong results. */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <lanewise/cblas.h>
#include <stdlib.h>
#include <string.h>

typedef void sgemm(CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, int, int, int, float,
                   const float *, int, const float *, int, float, float *, int);
typedef void sgemv(CBLAS_LAYOUT, CBLAS_TRANSPOSE, int, int, float, const float *, int,
                   const float *, int, float, float *, int);

/* Finds the next definition of a function. POSIX allows copying the result of dlsym. */
static void find(const char *name, void *function)
{
    void *const found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    memcpy(function, &found, sizeof found);
}

static float factor(const char *name)
{
    const char *wrong = getenv("WRONG_CBLAS");
    return wrong && strcmp(wrong, name) == 0 ? 1.0005f : 1.0f;
}

void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n,
                 int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                 float *c, int ldc)
{
    sgemm *next;
    find("cblas_sgemm", &next);
    next(layout, transa, transb, m, n, k, alpha * factor("cblas_sgemm"), a, lda, b, ldb, beta, c,
         ldc);
}

void cblas_sgemv(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int m, int n, float alpha,
                 const float *a, int lda, const float *x, int incx, float beta, float *y, int incy)
{
    sgemv *next;
    find("cblas_sgemv", &next);
    next(layout, trans, m, n, alpha * factor("cblas_sgemv"), a, lda, x, incx, beta, y, incy);
}
