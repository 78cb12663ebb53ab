#include "operands.h"

#include <float.h>
#include <lanewise/kernels.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static float *allocate(size_t count)
{
    float *x = malloc((count > 0 ? count : 1) * sizeof *x);
    if (!x)
        abort();
    return x;
}

static float *copy(const float *x, size_t count)
{
    float *to = allocate(count);
    memcpy(to, x, count * sizeof *x);
    return to;
}

static float *filled(size_t count, float value)
{
    float *x = allocate(count);
    for (size_t i = 0; i < count; i++)
        x[i] = value;
    return x;
}

size_t matrix_offset(const struct matrix *x, int i, int j)
{
    return x->row_major ? (size_t)i * (size_t)x->ld + (size_t)j
                        : (size_t)j * (size_t)x->ld + (size_t)i;
}

size_t vector_offset(const struct vector *x, int i)
{
    const int from = x->inc < 0 ? i - x->n + 1 : i;
    return (size_t)((ptrdiff_t)from * x->inc);
}

struct matrix matrix_of(int rows, int cols, int row_major, int pad, const float *values, float gap)
{
    struct matrix x = {.rows = rows, .cols = cols, .row_major = row_major};
    const int length = row_major ? cols : rows, lines = row_major ? rows : cols;
    x.ld = (length > 1 ? length : 1) + pad;
    if (length > 0 && lines > 0)
        x.count = (size_t)(lines - 1) * (size_t)x.ld + (size_t)length;
    x.data = filled(x.count, gap);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            x.data[matrix_offset(&x, i, j)] =
                values ? values[(size_t)i * (size_t)cols + (size_t)j] : NAN;
    x.before = copy(x.data, x.count);
    return x;
}

struct vector vector_of(int n, int inc, const float *values, float gap)
{
    struct vector x = {.n = n, .inc = inc};
    if (n > 0)
        x.count = (size_t)(n - 1) * (size_t)abs(inc) + 1;
    x.data = filled(x.count, gap);
    for (int i = 0; i < n; i++)
        x.data[vector_offset(&x, i)] = values ? values[i] : NAN;
    x.before = copy(x.data, x.count);
    return x;
}

void matrix_free(struct matrix *x)
{
    free(x->data);
    free(x->before);
}

void vector_free(struct vector *x)
{
    free(x->data);
    free(x->before);
}

float *random_floats(size_t n, unsigned seed)
{
    float *x = allocate(n);
    unsigned state = seed * 2654435761u + 1u;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) * 0x1p-23f - 1.0f;
    }
    return x;
}

void exact_product(int m, int n, int k, const float *a, const float *b, double *sums,
                   double *magnitudes)
{
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            double sum = 0.0, magnitude = 0.0;
            for (int p = 0; p < k; p++) {
                const double term = (double)a[(size_t)i * (size_t)k + (size_t)p] *
                                    (double)b[(size_t)p * (size_t)n + (size_t)j];
                sum += term;
                magnitude += fabs(term);
            }
            sums[(size_t)i * (size_t)n + (size_t)j] = sum;
            magnitudes[(size_t)i * (size_t)n + (size_t)j] = magnitude;
        }
    }
}

int is_near(float actual, float alpha, double sum, double magnitude, float beta, float before)
{
    const double kept = beta == 0.0f ? 0.0 : (double)beta * (double)before;
    const double expected = (alpha == 0.0f ? 0.0 : (double)alpha * sum) + kept;
    const double terms = (alpha == 0.0f ? 0.0 : fabs((double)alpha) * magnitude) + fabs(kept);
    return fabs((double)actual - expected) <= 16.0 * (double)FLT_EPSILON * terms;
}

int is_unchanged(const float *data, const float *before, size_t count)
{
    return memcmp(data, before, count * sizeof *data) == 0;
}

int is_fast_run(void)
{
    return getenv("LANEWISE_TEST_FAST") != NULL;
}

const char *select_isa(size_t index)
{
    if (is_fast_run())
        return index == 0 ? lw_isa_name() : NULL;
    const char *name = lw_isa_available(index);
    return name && lw_isa_select(name) == LW_OK ? name : NULL;
}
