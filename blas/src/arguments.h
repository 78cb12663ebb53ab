/* The arguments of the BLAS, and the order in which the reference finds them wrong. Inlined: they have to cost less
 * than a product of four by four. */
#ifndef LANEWISE_BLAS_ARGUMENTS_H
#define LANEWISE_BLAS_ARGUMENTS_H

#include <lanewise/cblas.h>

/* 0 or 1, whether a matrix is transposed; -1 for what is none of the letters, or of the enumeration. */
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

/* The number of the first wrong argument, counted as Fortran's; 0 if all are right. Column-major. */
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
