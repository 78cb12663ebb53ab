/*
 * BLAS interface to Lanewise's matrix products: cblas_sgemm, cblas_sgemv, sgemm_ and sgemv_, with
 * the arguments and semantics of the reference BLAS and its C interface. Programs built for any
 * BLAS use it through LD_PRELOAD=liblanewise_cblas.so, or link the library and include this header.
 * New programs should call lw_sgemm, which returns errors as a status.
 *
 * For all four functions:
 *
 *   Matrices   float32; column-major (Fortran, CblasColMajor) or row-major (CblasRowMajor). The
 *              leading dimension is at least 1 and at least the length of a stored column or row.
 *              Padding between columns or rows is neither read nor written.
 *   Vectors    n elements with increment inc, not 0. Element i is x[i * inc] for inc > 0 and
 *              x[(i - n + 1) * inc] for inc < 0: the pointer is always the lowest address.
 *   Integers   32 bits. Sizes may be 0.
 *   alpha = 0  A and the other factor are not read; they may be NULL or contain anything.
 *   beta = 0   C or y is not read; it may contain anything, including NaN.
 *   Aliasing   C and y share no elements with other operands. They may be stored in the padding of
 *              each other.
 *   Rounding   as lw_sgemm (lanewise/kernels.h): every result is
 *              alpha * (a sum of products) + beta * C with an error of at most
 *              g * (|alpha| * the sum of absolute products + |beta * C|), where
 *              g = n*u / (1 - n*u), n = k + 3 (2k + 3 on scalar), u = 2^-24. Results are
 *              bit-identical for any number of threads and any increments.
 *   Threads    up to lw_max_threads() if there is enough work. OMP_NUM_THREADS limits them.
 *   Memory     buffers are kept between calls. If allocation fails, the result is computed without
 *              them: only an invalid argument makes a call fail.
 *   Errors     the first invalid argument, in the order in which the reference checks them, is
 *              reported; C or y is unchanged. sgemm_ and sgemv_ call xerbla_ with their name
 *              ("SGEMM ", "SGEMV ") and the number of the argument; the cblas_ functions call
 *              cblas_xerbla with their name and the number of the cblas_ argument, from 1, in both
 *              orders. The library looks up both handlers in the program or another BLAS when it is
 *              loaded and defines neither: a definition in a preloaded library would replace the
 *              handlers of LAPACK and NumPy. Without a handler, the message goes to stderr and the
 *              program exits with EXIT_FAILURE, as the standard requires. If a handler returns, the
 *              call returns without any other effect.
 *
 * Include this header after the cblas.h of another BLAS, if any: it then skips its own
 * declarations. In the other order, both define the enumerations.
 */
#ifndef LANEWISE_CBLAS_H
#define LANEWISE_CBLAS_H

#include <lanewise/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(CBLAS_H) && !defined(__GSL_CBLAS_H__)

/* The storage order of matrices. */
typedef enum CBLAS_LAYOUT {
    CblasRowMajor = 101, /* row by row */
    CblasColMajor = 102  /* column by column */
} CBLAS_LAYOUT;

/* The operation op on a matrix. */
typedef enum CBLAS_TRANSPOSE {
    CblasNoTrans = 111,  /* none */
    CblasTrans = 112,    /* transpose */
    CblasConjTrans = 113 /* conjugate transpose: the transpose of a real matrix */
} CBLAS_TRANSPOSE;

/*
 * C = alpha * op(A) * op(B) + beta * C, op(X) = X or its transpose.
 * op(A) is m x k, op(B) k x n, C m x n.
 *
 * Does nothing if m or n is 0, or if beta is 1 and k or alpha is 0. Otherwise, if k or alpha is 0,
 * C = beta * C.
 */
LW_API void cblas_sgemm(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m,
                        int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                        float beta, float *c, int ldc);

/*
 * y = alpha * op(A) * x + beta * y; A is m x n.
 *
 * Does nothing if m or n is 0, whatever beta is. If alpha is 0, y = beta * y. Sums over more than
 * 4096 elements of x are computed in blocks of 4096.
 */
LW_API void cblas_sgemv(CBLAS_LAYOUT layout, CBLAS_TRANSPOSE trans, int m, int n, float alpha,
                        const float *a, int lda, const float *x, int incx, float beta, float *y,
                        int incy);

#endif

/*
 * The Fortran interface: column-major, every argument by address, transposes as a letter 'N', 'T'
 * or 'C' in either case. The string lengths that Fortran compilers append to the arguments are
 * ignored.
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
