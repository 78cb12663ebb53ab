/* Cases of kernels that allocate: packed operands and packing buffers. */
#include "trials.h"

#include <lanewise/internal/bf16.h>
#include <lanewise/internal/weights.h>
#include <stdlib.h>
#include <string.h>

/* Too large to be read in place, or to be packed into a buffer on the stack. */
enum { M = 301, N = 313, K = 287 };

static float *a, *b, *c;
static lw_packed_matrix *packed;

static float *fill(size_t count, unsigned seed)
{
    float *values = malloc(count * sizeof *values);
    require(values != NULL, "no memory for an operand");
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525U + 1013904223U;
        values[i] = (float)(seed >> 20) / 2048.0f - 1.0f;
    }
    return values;
}

static void prepare(void)
{
    lw_set_threads(1);
    a = fill(M * K, 1);
    b = fill(K * N, 2);
    c = fill(M * N, 3);
    packed = NULL;
}

static void prepare_threads(void)
{
    prepare();
    lw_set_threads(2);
}

static void release(void)
{
    lw_set_threads(0);
    lw_packed_matrix_destroy(packed);
    packed = NULL;
    free(a);
    free(b);
    free(c);
}

static uint64_t observe(uint64_t hash)
{
    const int is_packed = packed != NULL;
    return hash_bytes(hash_bytes(hash, c, M * N * sizeof *c), &is_packed, sizeof is_packed);
}

static lw_status pack(void)
{
    return lw_sgemm_pack(&packed, 1, K, N, b, K);
}

/* With beta = 0 the result can be computed again after a failure. */
static lw_status sgemm(void)
{
    return lw_sgemm(1, 1, M, N, K, 0.5f, a, M, b, K, 0.0f, c, N);
}

static void prepare_packed(void)
{
    prepare();
    REQUIRE_OK(pack());
}

static lw_status sgemm_packed(void)
{
    return lw_sgemm_packed(1, M, 0.5f, a, M, packed, 0.0f, c, N);
}

static lw_status linear_backward_weights(void)
{
    return lw_linear_backward_weights(K, M, N, a, M, b, N, 0.0f, c, N, NULL);
}

/* A dot-product GEMM, which transposes its narrow operand. */
static lw_status linear_dot_products(void)
{
    return lw_linear_forward(40, 2000, 9, a, 2000, b, 9, NULL, LW_ACTIVATION_TANH, NULL, 0, c, 9);
}

const fault_case kernel_cases[] = {
    {"pack", prepare, pack, observe, release, NULL},
    {"sgemm", prepare, sgemm, observe, release, NULL},
    {"sgemm, 2 threads", prepare_threads, sgemm, observe, release, NULL},
    {"sgemm_packed", prepare_packed, sgemm_packed, observe, release, NULL},
    {"linear_backward_weights", prepare, linear_backward_weights, observe, release, NULL},
    {"linear_backward_weights, 2 threads", prepare_threads, linear_backward_weights, observe,
     release, NULL},
    {"linear_forward, narrow", prepare, linear_dot_products, observe, release, NULL},
    {"linear_forward, narrow, 2 threads", prepare_threads, linear_dot_products, observe, release,
     NULL},
    {"scratch_reserve", prepare, lw_scratch_reserve, observe, release, NULL},
    {0}};
