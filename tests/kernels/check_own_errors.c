/* The errors of single functions, and the overlaps that are permitted. */
#include "checks.h"
#include "failure.h"

#include <math.h>
#include <string.h>

/* Outputs of failing calls, which must not change. */
static float out[64];

static void check_failure(struct tally *tally, lw_status status, lw_status want,
                          const char *function, const char *argument)
{
    failure_check(tally, status, want, function, argument);
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        TALLY_CHECK(tally, out[i] == 7.0f, "%s: changed an output on failure", function);
}

static void check_products(struct tally *tally)
{
    const float x[16] = {0.0f};
    for (int bad = -1; bad <= 2; bad += 3) {
        check_failure(tally, lw_sgemm(bad, 0, 2, 2, 2, 1.0f, x, 2, x, 2, 0.0f, out, 2), LW_EINVAL,
                      "lw_sgemm", "transa");
        check_failure(tally, lw_sgemm(0, bad, 2, 2, 2, 1.0f, x, 2, x, 2, 0.0f, out, 2), LW_EINVAL,
                      "lw_sgemm", "transb");
    }
    const float betas[] = {0.5f, -1.0f, NAN};
    for (size_t i = 0; i < sizeof betas / sizeof *betas; i++) {
        check_failure(tally,
                      lw_linear_backward_weights(2, 2, 2, x, 2, x, 2, betas[i], out, 2, NULL),
                      LW_EINVAL, "lw_linear_backward_weights", "beta");
        check_failure(tally, lw_column_sums(2, 2, x, 2, betas[i], out), LW_EINVAL, "lw_column_sums",
                      "beta");
    }
}

static void check_activations(struct tally *tally)
{
    const float x[16] = {0.0f};
    const int bad[] = {LW_ACTIVATION_SOFTMAX, LW_ACTIVATION_SOFTMAX + 1, 1000, -1};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const lw_activation activation = (lw_activation)bad[i];
        check_failure(tally, lw_activate(activation, 4, x, out), LW_EINVAL, "lw_activate",
                      "activation");
        check_failure(tally, lw_activate_backward(activation, 4, x, x, out), LW_EINVAL,
                      "lw_activate_backward", "activation");
        check_failure(tally,
                      lw_linear_forward(2, 2, 2, x, 2, x, 2, NULL, activation, NULL, 0, out, 2),
                      LW_EINVAL, "lw_linear_forward", "activation");
        check_failure(tally,
                      lw_linear_backward_input(2, 2, 2, x, 2, x, 2, activation, x, 2, out, 2),
                      LW_EINVAL, "lw_linear_backward_input", "activation");
    }
    for (int a = LW_ACTIVATION_LINEAR; a <= LW_ACTIVATION_SOFTMAX; a++)
        TALLY_CHECK(tally,
                    lw_activation_saves_input((lw_activation)a) ==
                        (a == LW_ACTIVATION_GELU || a == LW_ACTIVATION_SILU),
                    "lw_activation_saves_input(%d)", a);
}

static void check_rows(struct tally *tally)
{
    const float x[16] = {0.0f};
    int32_t index[2] = {7, 7};
    const char *argmax = "lw_argmax";
    check_failure(tally, lw_argmax(2, 0, x, 4, index), LW_EINVAL, argmax, NULL);
    const size_t wide = (size_t)INT32_MAX + 1;
    check_failure(tally, lw_argmax(1, wide, x, wide, index), LW_EINVAL, argmax, NULL);
    TALLY_CHECK(tally, lw_argmax(0, 0, NULL, 0, NULL) == LW_OK, "lw_argmax of nothing");
    TALLY_CHECK(tally, index[0] == 7 && index[1] == 7, "lw_argmax: changed index on failure");
}

static void check_labels(struct tally *tally)
{
    static const char name[] = "lw_softmax_cross_entropy";
    const float x[12] = {0.0f};
    const int32_t bad[] = {-1, 3, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const int32_t labels[4] = {0, 2, bad[i], 1};
        check_failure(tally, lw_softmax_cross_entropy(4, 3, x, 3, labels, 1.0f, out, out + 8, 3),
                      LW_EDATA, name, "row");
        TALLY_CHECK(tally, strstr(lw_last_error(), "row 2") != NULL, "%s: no row in \"%s\"", name,
                    lw_last_error());
    }
    const int32_t zero[1] = {0};
    check_failure(tally, lw_softmax_cross_entropy(1, 0, NULL, 0, zero, 1.0f, out, NULL, 0),
                  LW_EDATA, name, "row");
    TALLY_CHECK(tally, !strstr(lw_last_error(), "1844674407"), "%s: a column below 0 in \"%s\"",
                name, lw_last_error());
}

static void check_sgd(struct tally *tally)
{
    static const char name[] = "lw_sgd_update";
    const float g[4] = {0.0f};
    const lw_sgd_update_params nesterov = {.learning_rate = 1.0f, .nesterov = 1};
    const lw_sgd_update_params momentum = {.learning_rate = 1.0f, .momentum = 0.5f};
    check_failure(tally, lw_sgd_update(4, NULL, g, out, out + 8), LW_EINVAL, name, "params");
    check_failure(tally, lw_sgd_update(4, &nesterov, g, out, out + 8), LW_EINVAL, name, "nesterov");
    check_failure(tally, lw_sgd_update(4, &momentum, g, out, NULL), LW_EINVAL, name, "velocity");
}

static void check_adam(struct tally *tally)
{
    static const char name[] = "lw_adam_update";
    const float g[4] = {0.0f};
    const lw_adam_update_params good = {1e-3f, 0.9f, 0.999f, 1e-8f, 0.0f, 0, 1};
    float *const m = out + 8, *const v = out + 16;
    check_failure(tally, lw_adam_update(4, NULL, g, out, m, v), LW_EINVAL, name, "params");
    lw_adam_update_params bad = good;
    bad.step = 0;
    check_failure(tally, lw_adam_update(4, &bad, g, out, m, v), LW_EINVAL, name, "step");
    const float fractions[] = {1.0f, -0.1f, 2.0f, NAN, INFINITY};
    for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++) {
        bad = good;
        bad.beta1 = fractions[i];
        check_failure(tally, lw_adam_update(4, &bad, g, out, m, v), LW_EINVAL, name, "beta1");
        bad = good;
        bad.beta2 = fractions[i];
        check_failure(tally, lw_adam_update(4, &bad, g, out, m, v), LW_EINVAL, name, "beta2");
    }
}

/* Column blocks of one matrix, as nn stores them: X, Z and Y next to each other. */
static void check_column_blocks(struct tally *tally)
{
    enum { ROW_COUNT = 3, LD = 9, BLOCK = 3 };
    float wide[ROW_COUNT * LD], apart[2 * ROW_COUNT * BLOCK], w[BLOCK * BLOCK];
    struct generator from = {5};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        wide[i] = generate_value(&from, UNIFORM);
    for (size_t i = 0; i < sizeof w / sizeof *w; i++)
        w[i] = generate_value(&from, UNIFORM);
    float *const z = apart, *const y = apart + ROW_COUNT * BLOCK;
    TALLY_CHECK(tally,
                lw_linear_forward(ROW_COUNT, BLOCK, BLOCK, wide, LD, w, BLOCK, NULL,
                                  LW_ACTIVATION_SILU, z, BLOCK, y, BLOCK) == LW_OK &&
                    lw_linear_forward(ROW_COUNT, BLOCK, BLOCK, wide, LD, w, BLOCK, NULL,
                                      LW_ACTIVATION_SILU, wide + BLOCK, LD, wide + 2 * BLOCK,
                                      LD) == LW_OK,
                "column blocks: %s", lw_last_error());
    for (size_t i = 0; i < ROW_COUNT; i++) {
        TALLY_CHECK(tally,
                    !memcmp(wide + i * LD + BLOCK, z + i * BLOCK, BLOCK * sizeof *z) &&
                        !memcmp(wide + i * LD + 2 * BLOCK, y + i * BLOCK, BLOCK * sizeof *y),
                    "column blocks: row %zu differs", i);
    }
    /* One column too many: the last of X is the first of Z. */
    failure_check(tally,
                  lw_linear_forward(ROW_COUNT, BLOCK, BLOCK, wide, LD, w, BLOCK, NULL,
                                    LW_ACTIVATION_SILU, wide + BLOCK - 1, LD, wide + 2 * BLOCK, LD),
                  LW_EOVERLAP, "lw_linear_forward", "z");
}

void check_own_errors(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        out[i] = 7.0f;
    check_products(tally);
    check_activations(tally);
    check_rows(tally);
    check_labels(tally);
    check_sgd(tally);
    check_adam(tally);
    check_column_blocks(tally);
}
