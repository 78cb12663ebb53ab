/* The BLAS functions through each of their interfaces, called as programs call them. */
#ifndef CALLS_H
#define CALLS_H

#include "operands.h"

/* Transpose arguments; the conjugate transpose equals the transpose for real matrices. */
enum transpose { NOT_TRANSPOSED, TRANSPOSED, CONJUGATED, TRANSPOSES };

/* Returns whether the rows of op(X) are contiguous. */
int is_contiguous(enum interface interface, enum transpose trans);

/* small: the transpose arguments are lower-case letters. */
void call_sgemm(enum interface interface, enum transpose transa, enum transpose transb, int small,
                float alpha, const struct matrix *a, const struct matrix *b, float beta,
                struct matrix *c);

/* a is op(A). */
void call_sgemv(enum interface interface, enum transpose trans, int small, float alpha,
                const struct matrix *a, const struct vector *x, float beta, struct vector *y);

#endif
