/* The functions of the BLAS by all their interfaces, and as programs call them. */
#ifndef CALLS_H
#define CALLS_H

#include "operands.h"

/* What a matrix is multiplied as: as it is, or one of the two transposes. */
enum transpose { AS_IT_IS, TRANSPOSED, CONJUGATED, TRANSPOSES };

/* Whether a row of op(X) lies together. */
int lies_along(enum interface interface, enum transpose trans);

/* Letters of either case stand for transposes: lower ones if small. */
void call_sgemm(enum interface interface, enum transpose transa, enum transpose transb, int small,
                float alpha, const struct matrix *a, const struct matrix *b, float beta,
                struct matrix *c);

/* a is op(A). */
void call_sgemv(enum interface interface, enum transpose trans, int small, float alpha,
                const struct matrix *a, const struct vector *x, float beta, struct vector *y);

#endif
