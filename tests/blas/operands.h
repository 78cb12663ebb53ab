/* Operands of the BLAS functions, with the memory around them, and the error bounds of results. */
#ifndef OPERANDS_H
#define OPERANDS_H

#include <stddef.h>

/* The interface of a call. */
enum interface { FORTRAN, C_COL_MAJOR, C_ROW_MAJOR, INTERFACES };

/* A matrix op(X) of rows x cols in memory. The padding between its columns (or rows) must not be
 * used: it contains NaN in inputs, and in outputs a number that must not change. */
struct matrix {
    int rows, cols, row_major, ld; /* row_major: the rows of op(X) are contiguous */
    size_t count;                  /* elements from the first to the last, with padding */
    float *data, *before;
};

/* A vector with its increment and padding as above. */
struct vector {
    int n, inc;
    size_t count;
    float *data, *before;
};

/* values: rows x cols or n elements, row-major; NULL: all NaN. gap: the value of the padding. */
struct matrix matrix_of(int rows, int cols, int row_major, int pad, const float *values, float gap);
struct vector vector_of(int n, int inc, const float *values, float gap);
void matrix_free(struct matrix *x);
void vector_free(struct vector *x);

size_t matrix_offset(const struct matrix *x, int i, int j);
size_t vector_offset(const struct vector *x, int i);

/* Random floats in [-1, 1), the same in every run. */
float *random_floats(size_t n, unsigned seed);

/* sums = op(A) * op(B) in double precision, magnitudes = |op(A)| * |op(B)|; row-major. */
void exact_product(int m, int n, int k, const float *a, const float *b, double *sums,
                   double *magnitudes);

/* Returns whether a result is alpha * sum + beta * before, within the bound of the reference
 * testers: 16 units of rounding of the sum of magnitudes. */
int is_near(float actual, float alpha, double sum, double magnitude, float beta, float before);

/* Returns whether the memory is unchanged. */
int is_unchanged(const float *data, const float *before, size_t count);

/* Iterates over the instruction sets to test; a fast run tests only the current one. Selects the
 * set at the index; returns NULL past the last. */
const char *select_isa(size_t index);
int is_fast_run(void);

#endif
