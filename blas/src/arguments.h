/* Argument checks in the order of the reference BLAS. Inline: they must take less time than a
 * product of 4 x 4 matrices. */
#ifndef LANEWISE_BLAS_ARGUMENTS_H
#define LANEWISE_BLAS_ARGUMENTS_H

#include <lanewise/cblas.h>

/* Return whether the matrix is transposed, 0 or 1; -1 if the argument is invalid. */
static inline int blas_transposed_by_letter(char letter)
{
    switch (letter) {
    case 'N':
    case 'n':
        return 0;
    case 'T':
    case 't':
    case 'C':
    case 'c':
        return 1;
    default:
        return -1;
    }
}

static inline int blas_transposed(CBLAS_TRANSPOSE trans)
{
    switch ((int)trans) {
    case CblasNoTrans:
        return 0;
    case CblasTrans:
    case CblasConjTrans:
        return 1;
    default:
        return -1;
    }
}

static inline int at_least_one(int n)
{
    return n > 1 ? n : 1;
}

/* Return the number of the first invalid argument of the Fortran function, 0 if all are valid.
 * Sizes are those of the column-major call. */
static inline int blas_check_sgemm(int transa, int transb, int m, int n, int k, int lda, int ldb,
                                   int ldc)
{
    if (transa < 0)
        return 1;
    if (transb < 0)
        return 2;
    if (m < 0)
        return 3;
    if (n < 0)
        return 4;
    if (k < 0)
        return 5;
    if (lda < at_least_one(transa ? k : m))
        return 8;
    if (ldb < at_least_one(transb ? n : k))
        return 10;
    if (ldc < at_least_one(m))
        return 13;
    return 0;
}

static inline int blas_check_sgemv(int trans, int m, int n, int lda, int incx, int incy)
{
    if (trans < 0)
        return 1;
    if (m < 0)
        return 2;
    if (n < 0)
        return 3;
    if (lda < at_least_one(m))
        return 6;
    if (incx == 0)
        return 8;
    if (incy == 0)
        return 11;
    return 0;
}

#endif
