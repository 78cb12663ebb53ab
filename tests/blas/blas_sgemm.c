/*
 * sgemm, after the level 3 tester of the reference BLAS: every combination of options and many
 * shapes, against double precision, with checks of the memory around the operands.
 */
#include "calls.h"
#include "suite.h"

#include <lanewise/kernels.h>
#include <math.h>
#include <stdlib.h>

static const int sizes[] = {0, 1, 2, 3, 5, 9, 16, 17, 35};
static const float factors[] = {0.0f, 1.0f, 0.7f, -1.3f};
static const float GAP = 1234.5f;
enum { SIZES = sizeof sizes / sizeof *sizes, FACTORS = sizeof factors / sizeof *factors };

/* Values of the operands of one shape, row-major, and their product. */
struct problem {
    int m, n, k;
    float *a, *b, *c;
    double *sums, *magnitudes;
};

static struct problem problem_of(int m, int n, int k)
{
    struct problem p = {.m = m, .n = n, .k = k};
    const size_t results = (size_t)m * (size_t)n;
    p.a = random_floats((size_t)m * (size_t)k, 1);
    p.b = random_floats((size_t)k * (size_t)n, 2);
    p.c = random_floats(results, 3);
    p.sums = calloc(results + 1, sizeof *p.sums);
    p.magnitudes = calloc(results + 1, sizeof *p.magnitudes);
    exact_product(m, n, k, p.a, p.b, p.sums, p.magnitudes);
    return p;
}

static void problem_free(struct problem *p)
{
    free(p->a);
    free(p->b);
    free(p->c);
    free(p->sums);
    free(p->magnitudes);
}

/* Returns whether C, and nothing else, changed to the expected values. */
static int is_expected(const struct problem *p, float alpha, float beta, const struct matrix *a,
                       const struct matrix *b, const struct matrix *c)
{
    if (!is_unchanged(a->data, a->before, a->count) || !is_unchanged(b->data, b->before, b->count))
        return 0;
    /* Removes the elements from a copy, so that only the padding remains. */
    int right = 1;
    for (int i = 0; i < p->m; i++) {
        for (int j = 0; j < p->n; j++) {
            const size_t at = (size_t)i * (size_t)p->n + (size_t)j, offset = matrix_offset(c, i, j);
            right &=
                is_near(c->data[offset], alpha, p->sums[at], p->magnitudes[at], beta, p->c[at]);
            c->before[offset] = c->data[offset];
        }
    }
    return right && is_unchanged(c->data, c->before, c->count);
}

static void check_call(const struct problem *p, enum interface interface, enum transpose ta,
                       enum transpose tb, int variant, float alpha, float beta)
{
    /* Operands that must not be read contain NaN. */
    const float *values_a = alpha == 0.0f ? NULL : p->a, *values_b = alpha == 0.0f ? NULL : p->b;
    const int pad = variant % 4;
    struct matrix a = matrix_of(p->m, p->k, is_contiguous(interface, ta), pad, values_a, NAN);
    struct matrix b = matrix_of(p->k, p->n, is_contiguous(interface, tb), 3 - pad, values_b, NAN);
    struct matrix c = matrix_of(p->m, p->n, is_contiguous(interface, NOT_TRANSPOSED), (pad + 1) % 4,
                                beta == 0.0f ? NULL : p->c, GAP);
    call_sgemm(interface, ta, tb, variant & 1, alpha, &a, &b, beta, &c);
    ck_assert_msg(is_expected(p, alpha, beta, &a, &b, &c),
                  "interface %d, op %d and %d, %d x %d x %d, lda %d ldb %d ldc %d, alpha %g beta "
                  "%g, %s",
                  (int)interface, (int)ta, (int)tb, p->m, p->n, p->k, a.ld, b.ld, c.ld,
                  (double)alpha, (double)beta, lw_isa_name());
    matrix_free(&a);
    matrix_free(&b);
    matrix_free(&c);
}

static void check_options(const struct problem *p)
{
    int variant = p->m + 2 * p->n + p->k;
    for (enum interface interface = FORTRAN; interface < INTERFACES; interface++)
        for (enum transpose ta = NOT_TRANSPOSED; ta < TRANSPOSES; ta++)
            for (enum transpose tb = NOT_TRANSPOSED; tb < TRANSPOSES; tb++)
                for (int al = 0; al < FACTORS; al++)
                    for (int be = 0; be < FACTORS; be++)
                        check_call(p, interface, ta, tb, variant++, factors[al], factors[be]);
}

START_TEST(sgemm_matches_double_precision_for_all_options)
{
    /* A fast run skips sizes. */
    const int step = is_fast_run() ? 2 : 1;
    for (size_t set = 0; select_isa(set); set++) {
        for (int m = 0; m < SIZES; m += step) {
            for (int n = 0; n < SIZES; n += step) {
                for (int k = 0; k < SIZES; k += step) {
                    struct problem p = problem_of(sizes[m], sizes[n], sizes[k]);
                    check_options(&p);
                    problem_free(&p);
                }
            }
        }
    }
}
END_TEST

/* Shapes that lw_sgemm packs, blocks and splits between threads. */
START_TEST(sgemm_matches_double_precision_for_larger_matrices)
{
    static const int shapes[][3] = {{130, 70, 200}, {257, 129, 65}, {3, 500, 300}, {400, 5, 90}};
    for (size_t set = 0; select_isa(set); set++) {
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            struct problem p = problem_of(shapes[s][0], shapes[s][1], shapes[s][2]);
            for (enum interface interface = FORTRAN; interface < INTERFACES; interface++)
                for (enum transpose ta = NOT_TRANSPOSED; ta < CONJUGATED; ta++)
                    for (enum transpose tb = NOT_TRANSPOSED; tb < CONJUGATED; tb++)
                        check_call(&p, interface, ta, tb, (int)interface + (int)ta + (int)tb,
                                   ta == tb ? 1.0f : 0.7f, ta > tb ? 0.0f : -1.3f);
            problem_free(&p);
        }
    }
}
END_TEST

/* With beta = 1 and no product, C is not written: it may be in read-only memory. */
START_TEST(sgemm_does_not_write_unchanged_c)
{
    static const float constant[4] = {1.0f, 2.0f, 3.0f, 4.0f};
    struct matrix empty = {.rows = 2, .cols = 0, .ld = 2};
    struct matrix none = {.rows = 2, .cols = 2, .ld = 2};
    struct matrix c = {.rows = 2, .cols = 2, .ld = 2};
    c.data = (float *)(size_t)constant;
    for (enum interface interface = FORTRAN; interface < INTERFACES; interface++) {
        empty.row_major = 0;
        call_sgemm(interface, NOT_TRANSPOSED, NOT_TRANSPOSED, 0, 0.7f, &empty, &none, 1.0f, &c);
        call_sgemm(interface, NOT_TRANSPOSED, NOT_TRANSPOSED, 0, 0.0f, &none, &none, 1.0f, &c);
        struct matrix no_rows = {.rows = 0, .cols = 2, .ld = 2};
        call_sgemm(interface, NOT_TRANSPOSED, NOT_TRANSPOSED, 0, 1.0f, &none, &none, 0.0f,
                   &no_rows);
    }
    ck_assert_float_eq(constant[3], 4.0f);
}
END_TEST

/* C may be stored in the padding of an operand, also with different leading dimensions. */
START_TEST(sgemm_accepts_operands_in_padding_of_each_other)
{
    enum { M = 5, N = 4, K = 3, ROWS = 12 };
    const float alpha = 0.7f, beta = -1.3f;
    for (enum interface interface = FORTRAN; interface < INTERFACES; interface++) {
        struct problem p = problem_of(M, N, K);
        const int row_major = is_contiguous(interface, NOT_TRANSPOSED);
        float *all = random_floats(ROWS * 2 * ROWS, 4);
        /* In lines of 12 elements, A has the first ones of every other line, and C the last ones of
         * each line. */
        struct matrix a = {
            .rows = M, .cols = K, .row_major = row_major, .ld = 2 * ROWS, .data = all};
        struct matrix c = {
            .rows = M, .cols = N, .row_major = row_major, .ld = ROWS, .data = all + 6};
        struct matrix b = matrix_of(K, N, row_major, 1, p.b, NAN);
        for (int i = 0; i < M; i++) {
            for (int q = 0; q < K; q++)
                all[matrix_offset(&a, i, q)] = p.a[i * K + q];
            for (int j = 0; j < N; j++)
                c.data[matrix_offset(&c, i, j)] = p.c[i * N + j];
        }
        call_sgemm(interface, NOT_TRANSPOSED, NOT_TRANSPOSED, 0, alpha, &a, &b, beta, &c);
        for (int i = 0; i < M; i++)
            for (int j = 0; j < N; j++)
                ck_assert(is_near(c.data[matrix_offset(&c, i, j)], alpha, p.sums[i * N + j],
                                  p.magnitudes[i * N + j], beta, p.c[i * N + j]));
        for (int i = 0; i < M; i++)
            for (int q = 0; q < K; q++)
                ck_assert_float_eq(all[matrix_offset(&a, i, q)], p.a[i * K + q]);
        matrix_free(&b);
        free(all);
        problem_free(&p);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("sgemm");
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, sgemm_matches_double_precision_for_all_options);
    tcase_add_test(tests, sgemm_matches_double_precision_for_larger_matrices);
    tcase_add_test(tests, sgemm_does_not_write_unchanged_c);
    tcase_add_test(tests, sgemm_accepts_operands_in_padding_of_each_other);
    return run_case("blas_sgemm", tests);
}
