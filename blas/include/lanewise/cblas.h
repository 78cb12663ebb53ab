/*
 * Lanewise behind the names of the BLAS: cblas_sgemm, cblas_sgemv, sgemm_ and sgemv_, with the arguments and
 * the meaning that the reference BLAS and its C interface give them. Programs that are built for any BLAS try
 * Lanewise by LD_PRELOAD=liblanewise_cblas.so; others link it and include this header, or declare what they call.
 * New programs better call lw_sgemm, which reports errors by its result.
 *
 * What holds for all four functions:
 *
 *   Matrices   float32; column-major (Fortran, CblasColMajor) or row-major (CblasRowMajor) with a leading
 *              dimension of at least the length of a stored column or row, and at least 1. What lies between
 *              them is neither read nor written.
 *   Vectors    of n elements with increment inc, not 0: element i is x[i * inc] for inc > 0 and
 *              x[(i - n + 1) * inc] for inc < 0, so that the pointer is always the lowest address.
 *   Integers   32 bits. Sizes may be 0.
 *   alpha = 0  A and the other factor are not read, and may hold anything or not be there.
 *   beta = 0   C or y is not read, and may hold anything, NaN too.
 *   Aliasing   C and y share no elements with other operands. (They may lie in gaps of each other.)
 *   Rounding   that of lw_sgemm (lanewise/kernels.h): every result is alpha * (a sum of products) + beta * C
 *              within g * (|alpha| * the sum of absolute products + |beta * C|), g = n*u / (1 - n*u), n = k + 3 (n = 2k + 3
 *              on scalar), u = 2^-24; the bits depend neither on the number of threads nor on the increments.
 *   Threads    up to lw_max_threads() where there is enough work for them: OMP_NUM_THREADS caps them.
 *   Memory     buffers are kept from call to call. Where there is none, the result is computed without: a call
 *              cannot fail but by a wrong argument.
 *   Errors     of several wrong arguments the one that the reference finds first is reported, and C or y stays as it
 *              is. sgemm_ and sgemv_ call xerbla_ with the name ("SGEMM ", "SGEMV ") and the number of the
 *              argument; the cblas_ functions call cblas_xerbla with their name and the number of their own argument,
 *              counted from 1, in both orders. Both handlers are the program's, or those of another BLAS in it: this
 *              library looks them up when it is loaded and defines neither, since a definition of its own in a
 *              preloaded library would replace those of LAPACK and of NumPy, too. Where a program has none, the
 *              message goes to stderr and the program stops with EXIT_FAILURE, as the standard asks. When a handler
 *              comes back, so does the call, without having done anything.
 *
 * The header may stand after the cblas.h of another BLAS, whose declarations it leaves alone; before it, both would
 * define the enumerations.
 */
#ifndef LANEWISE_CBLAS_H
#define LANEWISE_CBLAS_H

#include <lanewise/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(CBLAS_H) && !defined(__GSL_CBLAS_H__)

/* How matrices are stored. */
typedef enum CBLAS_LAYOUT {
    CblasRowMajor = 101, /* row by row */
    CblasColMajor = 102  /* column by column */
} CBLAS_LAYOUT;

/* What op of a matrix is. */
typedef enum CBLAS_TRANSPOSE {
    CblasNoTrans = 111,  /* the matrix */
    CblasTrans = 112,    /* its transpose */
    CblasConjTrans = 113 /* of real matrices the transpose */
} CBLAS_TRANSPOSE;

/*
 * C = alpha * op(A) * op(B) + beta * C, op(X) = X or its transpose; op(A) is m x k, op(B) k x n, C m x n.
 *
 * With m or n 0, or with beta 1 and k or alpha 0, nothing is touched; else with k or alpha 0, C = beta * C.
 */
LW_API void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m,
                        int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                        float beta, float *c, int ldc);

/*
 * y = alpha * op(A) * x + beta * y; A, as it is stored, is m x n.
 *
 * With m or n 0 nothing is touched, whatever beta is; with alpha 0, y = beta * y. Sums along rows of memory of
 * more than 4096 elements are taken in pieces of so many.
 */
LW_API void cblas_sgemv(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int m, int n, float alpha,
                        const float *a, int lda, const float *x, int incx, float beta, float *y,
                        int incy);

#endif

/*
 * The same as Fortran calls them: column-major, every argument by its address, transposes by a letter: 'N', 'T' or
 * 'C', in either case. The lengths of those strings, which compilers pass behind the other arguments, are not needed.
 */
LW_API void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k,
                   const float *alpha, const float *a, const int *lda, const float *b,
                   const int *ldb, const float *beta, float *c, const int *ldc);
LW_API void sgemv_(const char *trans, const int *m, const int *n, const float *alpha,
                   const float *a, const int *lda, const float *x, const int *incx,
                   const float *beta, float *y, const int *incy);

#ifdef __cplusplus
}
#endif

#endif
