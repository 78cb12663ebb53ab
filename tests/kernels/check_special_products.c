#include "checks.h"
#include "sizes.h"

#include <math.h>
#include <string.h>

enum { M = 9, N = 37, K = 5 };

/* Infinities and NaN in a row of A affect only that row of C, those in a column of B only that
 * column, also in tiles with padding. */
static void check_spread(struct tally *tally, float poison)
{
    float a[M * K], b[K * N], c[M * N];
    for (size_t row = 0; row < M; row++) {
        for (size_t col = 0; col < N; col += N - 1) {
            for (size_t i = 0; i < M * K; i++)
                a[i] = 1.0f;
            for (size_t i = 0; i < K * N; i++)
                b[i] = 1.0f;
            a[row * K + K - 1] = poison;
            b[2 * N + col] = poison;
            TALLY_CHECK(tally, lw_sgemm(0, 0, M, N, K, 1.0f, a, K, b, N, 0.0f, c, N) == LW_OK, "%s",
                        lw_last_error());
            for (size_t i = 0; i < M; i++) {
                for (size_t j = 0; j < N; j++) {
                    const int poisoned = i == row || j == col;
                    TALLY_CHECK(tally, same_bits(c[i * N + j], poisoned ? poison : (float)K),
                                "%g at row %zu, column %zu makes %g of %zu, %zu", (double)poison,
                                row, col, (double)c[i * N + j], i, j);
                }
            }
        }
    }
}

/* beta = 0 overwrites any C; another beta keeps a NaN of C. */
static void check_beta(struct tally *tally)
{
    static const float betas[] = {0.0f, 1.0f, -0.5f};
    for (size_t v = 0; v < sizeof betas / sizeof *betas; v++) {
        for (int with_product = 0; with_product < 2; with_product++) {
            float a[M * K], b[K * N], c[M * N];
            memset(a, 0, sizeof a);
            memset(b, 0, sizeof b);
            for (size_t i = 0; i < M * N; i++)
                c[i] = NAN;
            const float alpha = with_product ? 1.0f : 0.0f;
            TALLY_CHECK(tally, lw_sgemm(0, 0, M, N, K, alpha, a, K, b, N, betas[v], c, N) == LW_OK,
                        "%s", lw_last_error());
            for (size_t i = 0; i < M * N; i++)
                TALLY_CHECK(tally, betas[v] == 0.0f ? bits_of(c[i]) == 0 : isnan(c[i]),
                            "beta = %g makes %g of NaN", (double)betas[v], (double)c[i]);
        }
    }
}

static void check_denormals(struct tally *tally)
{
    float a[K], b[K], c[1] = {0x1p-149f};
    for (size_t i = 0; i < K; i++) {
        a[i] = 0x1p-140f;
        b[i] = 0.5f;
    }
    TALLY_CHECK(tally, lw_sgemm(0, 0, 1, 1, K, 1.0f, a, K, b, 1, 1.0f, c, 1) == LW_OK, "%s",
                lw_last_error());
    TALLY_CHECK(tally, c[0] == (float)K * 0x1p-141f + 0x1p-149f, "denormals make %a", (double)c[0]);
}

/* Fused ReLU with and without stored z: NaN passes, the zero is +0. */
static void check_relu(struct tally *tally, float *z)
{
    float x[M], w[N], y[M * N];
    for (size_t i = 0; i < M; i++)
        x[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? -1.0f : 0.0f;
    for (size_t j = 0; j < N; j++)
        w[j] = j % 2 ? 0.0f : 1.0f;
    TALLY_CHECK(tally,
                lw_linear_forward(M, 1, N, x, 1, w, N, NULL, LW_ACTIVATION_RELU, z, N, y, N) ==
                    LW_OK,
                "%s", lw_last_error());
    for (size_t i = 0; i < M * N; i++) {
        const int passes = isnan(x[i / N]);
        TALLY_CHECK(tally, passes ? isnan(y[i]) : bits_of(y[i]) == 0,
                    "ReLU in the tile makes %g of %g * %g", (double)y[i], (double)x[i / N],
                    (double)w[i % N]);
    }
}

/* A derivative of 0 of ReLU hides any gradient; a saved NaN passes. */
static void check_relu_backward(struct tally *tally)
{
    float dz[M], w[N], saved[M * N], dx[M * N];
    for (size_t i = 0; i < M; i++)
        dz[i] = i % 2 ? INFINITY : NAN;
    for (size_t j = 0; j < N; j++)
        w[j] = -1.0f;
    for (size_t i = 0; i < M * N; i++)
        saved[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? -1.0f : 0.0f;
    TALLY_CHECK(tally,
                lw_linear_backward_input(M, N, 1, dz, 1, w, 1, LW_ACTIVATION_RELU, saved, N, dx,
                                         N) == LW_OK,
                "%s", lw_last_error());
    for (size_t i = 0; i < M * N; i++)
        TALLY_CHECK(tally, isnan(saved[i]) ? isnan(dx[i]) : bits_of(dx[i]) == 0,
                    "ReLU backward in the tile makes %g of saved %g", (double)dx[i],
                    (double)saved[i]);
}

/* Without inputs the result is the bias. */
static void check_no_inputs(struct tally *tally)
{
    float b[N], y[M * N];
    for (size_t j = 0; j < N; j++)
        b[j] = (float)j - 18.0f;
    TALLY_CHECK(
        tally,
        lw_linear_forward(M, 0, N, NULL, 0, NULL, N, b, LW_ACTIVATION_RELU, NULL, 0, y, N) == LW_OK,
        "%s", lw_last_error());
    for (size_t i = 0; i < M * N; i++)
        TALLY_CHECK(tally, y[i] == fmaxf(b[i % N], 0.0f), "no inputs: %g", (double)y[i]);
}

void check_special_products(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    float z[M * N];
    check_spread(tally, NAN);
    check_spread(tally, INFINITY);
    check_beta(tally);
    check_denormals(tally);
    check_relu(tally, NULL);
    check_relu(tally, z);
    check_relu_backward(tally);
    check_no_inputs(tally);
}
