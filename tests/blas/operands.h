/* Operands of the BLAS: matrices and vectors as they lie in memory, with what surrounds them, and what results may be. */
#ifndef OPERANDS_H
#define OPERANDS_H

#include <stddef.h>

/* How a function is called. */
enum interface { FORTRAN, C_BY_COLUMNS, C_BY_ROWS, INTERFACES };

/* A matrix op(X) of rows x cols in memory. Between its columns (or rows) lies what no function may use: NaN in
 * operands that are read, and in those that are written a number that has to stay. */
struct matrix {
    int rows, cols, along, ld; /* along: a row of op(X) lies together, not a column */
    size_t count;              /* from the first element to the last */
    float *data, *before;
};

/* A vector with its increment, and gaps as above. */
struct vector {
    int n, inc;
    size_t count;
    float *data, *before;
};

/* values: rows x cols or n, row-major; NULL: all NaN. gap: what lies between. */
struct matrix matrix_of(int rows, int cols, int along, int pad, const float *values, float gap);
struct vector vector_of(int n, int inc, const float *values, float gap);
void matrix_free(struct matrix *x);
void vector_free(struct vector *x);

size_t matrix_place(const struct matrix *x, int i, int j);
size_t vector_place(const struct vector *x, int i);

/* Random floats in [-1, 1), the same in every run. */
float *random_floats(size_t n, unsigned seed);

/* sums = op(A) * op(B) in double precision, magnitudes the same of absolute values; row-major. */
void exact_product(int m, int n, int k, const float *a, const float *b, double *sums,
                   double *magnitudes);

/* Whether a result is alpha * sum + beta * before, as exactly as the testers of the reference BLAS want it: within 16
 * units of the magnitude of its terms. */
int is_near(float got, float alpha, double sum, double magnitude, float beta, float before);

/* Whether the memory is as it was. */
int is_unchanged(const float *data, const float *before, size_t count);

/* The instruction sets to test: on a thin run only the one in use. Selects the index-th; NULL past the last. */
const char *select_set(size_t index);
int is_fast_run(void);

#endif
