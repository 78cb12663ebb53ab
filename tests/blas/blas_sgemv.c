/*
 * sgemv, after the level 2 tester of the reference BLAS: every combination of options and
 * increments and many shapes, against double precision, with checks of the memory around the
 * operands.
 */
#include "calls.h"
#include "suite.h"

#include <lanewise/cblas.h>
#include <lanewise/kernels.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int sizes[] = {0, 1, 2, 3, 5, 9, 16, 17, 35};
static const int increments[] = {1, 2, -1, -2};
static const float factors[] = {0.0f, 1.0f, 0.7f, -1.3f};
static const float GAP = 1234.5f;
enum {
    SIZES = sizeof sizes / sizeof *sizes,
    INCREMENTS = sizeof increments / sizeof *increments,
    FACTORS = sizeof factors / sizeof *factors
};

/* Values of op(A) (outputs x inputs), of x and y, and the product. */
struct problem {
    int outputs, inputs;
    float *a, *x, *y;
    double *sums, *magnitudes;
};

static struct problem problem_of(int outputs, int inputs)
{
    struct problem p = {.outputs = outputs, .inputs = inputs};
    p.a = random_floats((size_t)outputs * (size_t)inputs, 1);
    p.x = random_floats((size_t)inputs, 2);
    p.y = random_floats((size_t)outputs, 3);
    p.sums = calloc((size_t)outputs + 1, sizeof *p.sums);
    p.magnitudes = calloc((size_t)outputs + 1, sizeof *p.magnitudes);
    exact_product(outputs, 1, inputs, p.a, p.x, p.sums, p.magnitudes);
    return p;
}

static void problem_free(struct problem *p)
{
    free(p->a);
    free(p->x);
    free(p->y);
    free(p->sums);
    free(p->magnitudes);
}

/* Calls the function and checks that y, and nothing else, changed to the expected values. Stores y
 * in result. */
static void check_call(const struct problem *p, enum interface interface, enum transpose trans,
                       const struct matrix *a, int incx, int incy, float alpha, float beta,
                       float *result)
{
    struct vector x = vector_of(p->inputs, incx, alpha == 0.0f ? NULL : p->x, NAN);
    /* The quick return of the reference BLAS does not apply beta. */
    const int untouched = p->outputs == 0 || p->inputs == 0;
    struct vector y = vector_of(p->outputs, incy, beta == 0.0f ? NULL : p->y, GAP);
    call_sgemv(interface, trans, incx & 1, alpha, a, &x, beta, &y);
    int right =
        is_unchanged(a->data, a->before, a->count) && is_unchanged(x.data, x.before, x.count);
    for (int i = 0; i < p->outputs && !untouched; i++) {
        const size_t offset = vector_offset(&y, i);
        result[i] = y.data[offset];
        right &= is_near(result[i], alpha, p->sums[i], p->magnitudes[i], beta, p->y[i]);
        y.before[offset] = y.data[offset];
    }
    right = right && is_unchanged(y.data, y.before, y.count);
    ck_assert_msg(right,
                  "interface %d, op %d, %d outputs of %d inputs, lda %d, incx %d incy %d, alpha %g "
                  "beta %g, %s",
                  (int)interface, (int)trans, p->outputs, p->inputs, a->ld, incx, incy,
                  (double)alpha, (double)beta, lw_isa_name());
    vector_free(&x);
    vector_free(&y);
}

/* All increments; the bits of the result do not depend on them. */
static void check_increments(const struct problem *p, enum interface interface,
                             enum transpose trans, const struct matrix *a, float alpha, float beta)
{
    const size_t count = (size_t)p->outputs + 1;
    float *first = calloc(count, sizeof *first), *other = calloc(count, sizeof *other);
    for (int ix = 0; ix < INCREMENTS; ix++) {
        for (int iy = 0; iy < INCREMENTS; iy++) {
            float *result = ix + iy == 0 ? first : other;
            check_call(p, interface, trans, a, increments[ix], increments[iy], alpha, beta, result);
            ck_assert_msg(ix + iy == 0 || is_unchanged(first, other, count),
                          "incx %d and incy %d change bits of %d outputs of %d inputs, op %d",
                          increments[ix], increments[iy], p->outputs, p->inputs, (int)trans);
        }
    }
    free(first);
    free(other);
}

static void check_options(const struct problem *p)
{
    for (enum interface interface = FORTRAN; interface < INTERFACES; interface++) {
        for (enum transpose trans = NOT_TRANSPOSED; trans < TRANSPOSES; trans++) {
            const int row_major = is_contiguous(interface, trans),
                      pad = (p->outputs + p->inputs) % 3;
            for (int al = 0; al < FACTORS; al++) {
                struct matrix a = matrix_of(p->outputs, p->inputs, row_major, pad,
                                            factors[al] == 0.0f ? NULL : p->a, NAN);
                for (int be = 0; be < FACTORS; be++)
                    check_increments(p, interface, trans, &a, factors[al], factors[be]);
                matrix_free(&a);
            }
        }
    }
}

START_TEST(sgemv_matches_double_precision_for_all_options)
{
    const int step = is_fast_run() ? 2 : 1;
    for (size_t set = 0; select_isa(set); set++) {
        for (int m = 0; m < SIZES; m += step) {
            for (int n = 0; n < SIZES; n += step) {
                struct problem p = problem_of(sizes[m], sizes[n]);
                check_options(&p);
                problem_free(&p);
            }
        }
    }
}
END_TEST

/* Longer than the blocks in which vectors are processed, with short remainders. */
START_TEST(sgemv_matches_double_precision_for_long_vectors)
{
    static const int shapes[][2] = {{4097, 40}, {40, 4097}, {12300, 3}, {3, 12300}, {4096, 33}};
    for (size_t set = 0; select_isa(set); set++) {
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            struct problem p = problem_of(shapes[s][0], shapes[s][1]);
            for (enum interface interface = FORTRAN; interface < INTERFACES; interface++) {
                for (enum transpose trans = NOT_TRANSPOSED; trans < CONJUGATED; trans++) {
                    struct matrix a = matrix_of(p.outputs, p.inputs,
                                                is_contiguous(interface, trans), 1, p.a, NAN);
                    check_increments(&p, interface, trans, &a, 1.0f, 0.0f);
                    check_increments(&p, interface, trans, &a, 0.7f, -1.3f);
                    matrix_free(&a);
                }
            }
            problem_free(&p);
        }
    }
}
END_TEST

/* The bits do not depend on the thread count either. */
START_TEST(sgemv_bits_do_not_depend_on_thread_count)
{
    enum { OUTPUTS = 4100, INPUTS = 600 };
    struct problem p = problem_of(OUTPUTS, INPUTS);
    static float first[OUTPUTS], other[OUTPUTS];
    for (enum transpose trans = NOT_TRANSPOSED; trans < CONJUGATED; trans++) {
        struct matrix a = matrix_of(OUTPUTS, INPUTS, is_contiguous(FORTRAN, trans), 0, p.a, NAN);
        for (int threads = 1; threads <= 5; threads += 2) {
            lw_set_threads(threads);
            check_call(&p, FORTRAN, trans, &a, 1, -1, 0.7f, 1.0f, threads == 1 ? first : other);
            ck_assert(threads == 1 || memcmp(first, other, sizeof first) == 0);
        }
        matrix_free(&a);
    }
    lw_set_threads(0);
    problem_free(&p);
}
END_TEST

/* y may be a column or a row of the matrix that contains A. */
START_TEST(sgemv_accepts_vectors_in_padding_of_the_matrix)
{
    enum { N = 6, LD = 10 };
    float *all = random_floats(LD * LD, 4), *before = random_floats(LD * LD, 4);
    float *x = random_floats(N, 5);
    double sum, magnitude;
    for (int row = 0; row < 2; row++) {
        /* A is the 6 x 6 block at the origin; y is part of column 7, or part of row 7 below A. */
        const int offset = row ? 7 : 7 * LD, inc = row ? LD : 1;
        cblas_sgemv(CblasColMajor, CblasNoTrans, N, N, 1.0f, all, LD, x, 1, 1.0f, all + offset,
                    inc);
        for (int i = 0; i < LD * LD; i++) {
            const int at = (i - offset) / inc;
            if (i < offset || at >= N || (i - offset) % inc != 0) {
                ck_assert_float_eq(all[i], before[i]);
                continue;
            }
            float a_row[N];
            for (int j = 0; j < N; j++)
                a_row[j] = before[at + j * LD];
            exact_product(1, 1, N, a_row, x, &sum, &magnitude);
            ck_assert(is_near(all[i], 1.0f, sum, magnitude, 1.0f, before[i]));
        }
        memcpy(all, before, LD * LD * sizeof *all);
    }
    free(all);
    free(before);
    free(x);
}
END_TEST

/* With alpha = 0 and beta = 1, or an empty sum, y is not written: it may be in read-only memory. */
START_TEST(sgemv_does_not_write_unchanged_y)
{
    static const float constant[4] = {1.0f, 2.0f, 3.0f, 4.0f};
    struct matrix full = {.rows = 2, .cols = 3, .ld = 3}, empty = {.rows = 2, .cols = 0, .ld = 2};
    struct vector x = {.n = 3, .inc = 1};
    for (enum interface interface = FORTRAN; interface < INTERFACES; interface++) {
        for (int i = 0; i < INCREMENTS; i++) {
            struct vector y = {.n = 2, .inc = increments[i], .data = (float *)(size_t)constant};
            call_sgemv(interface, NOT_TRANSPOSED, 0, 0.0f, &full, &x, 1.0f, &y);
            call_sgemv(interface, NOT_TRANSPOSED, 0, 1.0f, &empty, &x, 0.0f, &y);
        }
    }
    ck_assert_float_eq(constant[3], 4.0f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("sgemv");
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, sgemv_matches_double_precision_for_all_options);
    tcase_add_test(tests, sgemv_matches_double_precision_for_long_vectors);
    tcase_add_test(tests, sgemv_bits_do_not_depend_on_thread_count);
    tcase_add_test(tests, sgemv_accepts_vectors_in_padding_of_the_matrix);
    tcase_add_test(tests, sgemv_does_not_write_unchanged_y);
    return run_case("blas_sgemv", tests);
}
