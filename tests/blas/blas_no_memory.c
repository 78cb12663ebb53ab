/* Without memory for buffers, results are the same but slower. */
#include "calls.h"
#include "suite.h"

#include <lanewise/kernels.h>
#include <math.h>
#include <stdlib.h>

static int refused;

/* Replaces the function from which the kernels allocate their buffers. */
__attribute__((visibility("default"))) void *aligned_alloc(size_t alignment, size_t size)
{
    (void)alignment;
    (void)size;
    refused++;
    return NULL;
}

START_TEST(sgemm_works_without_memory)
{
    enum { M = 150, N = 140, K = 130 };
    float *values_a = random_floats(M * K, 1), *values_b = random_floats(K * N, 2);
    static double sums[M * N], magnitudes[M * N];
    exact_product(M, N, K, values_a, values_b, sums, magnitudes);
    for (enum interface interface = FORTRAN; interface < INTERFACES; interface++) {
        for (enum transpose ta = NOT_TRANSPOSED; ta < CONJUGATED; ta++) {
            for (enum transpose tb = NOT_TRANSPOSED; tb < CONJUGATED; tb++) {
                const int before = refused;
                struct matrix a = matrix_of(M, K, is_contiguous(interface, ta), 1, values_a, NAN);
                struct matrix b = matrix_of(K, N, is_contiguous(interface, tb), 0, values_b, NAN);
                struct matrix c =
                    matrix_of(M, N, is_contiguous(interface, NOT_TRANSPOSED), 2, NULL, NAN);
                call_sgemm(interface, ta, tb, 0, 0.7f, &a, &b, 0.0f, &c);
                ck_assert_int_gt(refused, before);
                for (int i = 0; i < M; i++)
                    for (int j = 0; j < N; j++)
                        ck_assert(is_near(c.data[matrix_offset(&c, i, j)], 0.7f, sums[i * N + j],
                                          magnitudes[i * N + j], 0.0f, 0.0f));
                matrix_free(&a);
                matrix_free(&b);
                matrix_free(&c);
            }
        }
    }
    free(values_a);
    free(values_b);
}
END_TEST

/* With few outputs and many inputs, the matrix is transposed into a buffer if one can be
 * allocated. */
START_TEST(sgemv_works_without_memory)
{
    enum { M = 9, N = 5000 };
    float *values_a = random_floats(M * N, 1), *values_x = random_floats(N, 2);
    double sums[M], magnitudes[M];
    exact_product(M, 1, N, values_a, values_x, sums, magnitudes);
    struct matrix a = matrix_of(M, N, is_contiguous(FORTRAN, NOT_TRANSPOSED), 0, values_a, NAN);
    struct vector x = vector_of(N, -2, values_x, NAN), y = vector_of(M, -1, NULL, NAN);
    call_sgemv(FORTRAN, NOT_TRANSPOSED, 0, 0.7f, &a, &x, 0.0f, &y);
    ck_assert_int_gt(refused, 0);
    for (int i = 0; i < M; i++)
        ck_assert(is_near(y.data[vector_offset(&y, i)], 0.7f, sums[i], magnitudes[i], 0.0f, 0.0f));
    matrix_free(&a);
    vector_free(&x);
    vector_free(&y);
    free(values_a);
    free(values_x);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("no memory");
    tcase_add_test(tests, sgemm_works_without_memory);
    tcase_add_test(tests, sgemv_works_without_memory);
    return run_case("blas_no_memory", tests);
}
