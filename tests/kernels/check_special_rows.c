#include "checks.h"

#include <math.h>

/* Lengths with full vectors, tails and both, for every set. */
static const size_t lengths[] = {1, 2, 3, 4, 7, 8, 10, 16, 17, 37};
enum { LENGTHS = sizeof lengths / sizeof *lengths, LONGEST = 37 };

typedef lw_status (*row_function)(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                                  size_t ldy);

/* A row in which one element differs from the others. */
static void fill_row(float *x, size_t n, float usual, size_t at, float special)
{
    for (size_t j = 0; j < n; j++)
        x[j] = j == at ? special : usual;
}

static void check_all_nan(struct tally *tally, row_function f, const float *x, size_t n)
{
    float y[LONGEST];
    TALLY_CHECK(tally, f(1, n, x, n, y, n) == LW_OK, "%s", lw_last_error());
    for (size_t j = 0; j < n; j++)
        TALLY_CHECK(tally, isnan(y[j]), "a row of %g, %g... gives %g at %zu of %zu", (double)x[0],
                    (double)x[n - 1], (double)y[j], j, n);
}

/* NaN or +Inf anywhere, or only -Inf, makes the whole row NaN. */
static void check_nan_rows(struct tally *tally, row_function f, size_t n)
{
    float x[LONGEST];
    for (size_t at = 0; at < n; at++) {
        fill_row(x, n, 1.0f, at, NAN);
        check_all_nan(tally, f, x, n);
        fill_row(x, n, 1.0f, at, INFINITY);
        check_all_nan(tally, f, x, n);
        fill_row(x, n, -INFINITY, at, NAN);
        check_all_nan(tally, f, x, n);
    }
    fill_row(x, n, -INFINITY, 0, -INFINITY);
    check_all_nan(tally, f, x, n);
}

/* A single -Inf has probability 0; the others have equal probabilities. */
static void check_single_infinity(struct tally *tally, size_t n)
{
    for (size_t at = 0; n > 1 && at < n; at++) {
        float x[LONGEST], y[LONGEST], log_y[LONGEST];
        fill_row(x, n, -3.0f, at, -INFINITY);
        (void)!lw_softmax(1, n, x, n, y, n);
        (void)!lw_log_softmax(1, n, x, n, log_y, n);
        for (size_t j = 0; j < n; j++) {
            const double probability = 1.0 / (double)(n - 1);
            const int right = j == at ? y[j] == 0.0f && log_y[j] == -INFINITY
                                      : fabs((double)y[j] - probability) <= 1e-6 &&
                                            fabs((double)log_y[j] - log(probability)) <= 1e-6;
            TALLY_CHECK(tally, right, "-Inf at %zu of %zu: %g and %g at %zu", at, n, (double)y[j],
                        (double)log_y[j], j);
        }
    }
}

/* Equal rows whose length is a power of two are exact at any level: the maximum is subtracted
 * first. */
static void check_equal_rows(struct tally *tally, size_t n)
{
    static const float levels[] = {0.0f, -0.0f, 100.0f, -100.0f, 1e30f, -1e30f, 0x1p-149f};
    if (n & (n - 1))
        return;
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
        float x[LONGEST], y[LONGEST];
        fill_row(x, n, levels[l], 0, levels[l]);
        (void)!lw_softmax(1, n, x, n, y, n);
        for (size_t j = 0; j < n; j++)
            TALLY_CHECK(tally, y[j] == 1.0f / (float)n, "softmax of %zu times %g is %g", n,
                        (double)levels[l], (double)y[j]);
    }
}

/* One element far above the others has probability 1. */
static void check_dominant(struct tally *tally, size_t n)
{
    static const float levels[] = {200.0f, 1e30f};
    for (size_t at = 0; at < n; at++) {
        for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
            float x[LONGEST], y[LONGEST];
            fill_row(x, n, -levels[l], at, levels[l]);
            (void)!lw_softmax(1, n, x, n, y, n);
            for (size_t j = 0; j < n; j++)
                TALLY_CHECK(tally, y[j] == (j == at ? 1.0f : 0.0f), "%g at %zu of %zu gives %g",
                            (double)levels[l], at, n, (double)y[j]);
        }
    }
}

static void check_largest(struct tally *tally, const float *x, size_t n, size_t want)
{
    int32_t index = -1;
    (void)!lw_argmax(1, n, x, n, &index);
    TALLY_CHECK(tally, index == (int32_t)want, "argmax of %zu is %d, not %zu", n, (int)index, want);
}

static void check_argmax(struct tally *tally, size_t n)
{
    float x[LONGEST];
    for (size_t at = 0; at < n; at++) {
        fill_row(x, n, 1.0f, at, 2.0f);
        check_largest(tally, x, n, at);
        fill_row(x, n, INFINITY, at, NAN);
        check_largest(tally, x, n, at);
        fill_row(x, n, -INFINITY, at, -1e30f);
        check_largest(tally, x, n, at);
        fill_row(x, n, -0.0f, at, 0.0f); /* equal: the first */
        check_largest(tally, x, n, 0);
        fill_row(x, n, NAN, at, 1.0f); /* the first NaN */
        check_largest(tally, x, n, at == 0 && n > 1 ? 1 : 0);
    }
    fill_row(x, n, -INFINITY, 0, -INFINITY);
    check_largest(tally, x, n, 0);
}

/* A NaN affects only its column; -0 is added to +0. */
static void check_column_sums(struct tally *tally, size_t n)
{
    for (size_t at = 0; at < n; at++) {
        float x[2 * LONGEST], sums[LONGEST];
        fill_row(x, n, -0.0f, at, NAN);
        fill_row(x + n, n, -0.0f, at, 1.0f);
        (void)!lw_column_sums(2, n, x, n, 0.0f, sums);
        for (size_t j = 0; j < n; j++)
            TALLY_CHECK(tally, j == at ? isnan(sums[j]) : bits_of(sums[j]) == 0,
                        "column sum %zu of %zu is %g", j, n, (double)sums[j]);
    }
}

void check_special_rows(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    for (size_t i = 0; i < LENGTHS; i++) {
        check_nan_rows(tally, lw_softmax, lengths[i]);
        check_nan_rows(tally, lw_log_softmax, lengths[i]);
        check_single_infinity(tally, lengths[i]);
        check_equal_rows(tally, lengths[i]);
        check_dominant(tally, lengths[i]);
        check_argmax(tally, lengths[i]);
        check_column_sums(tally, lengths[i]);
    }
}
