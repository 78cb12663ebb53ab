/* NaN, infinities and denormals in layers of bf16; errors of their functions. */
#include "checks.h"
#include "failure.h"
#include "reference_bf16.h"

#include <math.h>
#include <string.h>

enum { BATCH = 5, IN = 3, OUT = 5, LD_IN = 4, LD_OUT = 6 };

static lw_bf16 x[BATCH * LD_IN], y[BATCH * LD_OUT], vnni2[6 * OUT];
static lw_bf16 packed[2 * 2 * LW_BF16_PANEL];
static float w[IN * OUT], out[BATCH * OUT];
static const lw_bf16_output output = {y, LD_OUT, vnni2, OUT, out, OUT};

static void fill(float x_value, float w_value)
{
    for (size_t i = 0; i < IN * OUT; i++)
        w[i] = w_value;
    memset(x, 0, sizeof x);
    for (size_t i = 0; i < BATCH; i++) {
        for (size_t j = 0; j < IN; j++)
            x[i * LD_IN + j] = reference_bf16(x_value);
    }
}

static void forward(struct tally *tally, lw_activation activation)
{
    TALLY_CHECK(tally,
                lw_bf16_pack(IN, OUT, 0, IN, 0, OUT, w, OUT, packed, NULL) == LW_OK &&
                    lw_bf16_linear_forward(BATCH, IN, OUT, x, LD_IN, packed, NULL, activation, NULL,
                                           0, &output) == LW_OK,
                "special bf16: %s", lw_last_error());
    /* Zero padding after the rows for any contents: sigmoid(0) and Inf * 0 are not 0. */
    for (size_t i = 0; i < BATCH; i++)
        TALLY_CHECK(tally, y[i * LD_OUT + OUT] == 0, "after row %zu: %04x", i,
                    (unsigned)y[i * LD_OUT + OUT]);
    for (size_t j = 0; j < OUT; j++)
        TALLY_CHECK(tally, vnni2[2 * (BATCH / 2 * OUT + j) + 1] == 0, "below the last row: %04x",
                    (unsigned)vnni2[2 * (BATCH / 2 * OUT + j) + 1]);
}

/* A special value in one element of X or W reaches its row or column and nothing else. */
static void check_spread(struct tally *tally, float special)
{
    const lw_activation activations[] = {LW_ACTIVATION_LINEAR, LW_ACTIVATION_RELU,
                                         LW_ACTIVATION_SIGMOID};
    for (size_t a = 0; a < 3; a++) {
        fill(0.5f, 1.0f);
        x[2 * LD_IN + 2] = reference_bf16(special);
        w[1 * OUT + 4] = special;
        forward(tally, activations[a]);
        for (size_t i = 0; i < BATCH * OUT; i++) {
            const int row = i / OUT == 2, column = i % OUT == 4;
            const float sum = row || column ? special : 1.5f;
            float want;
            (void)!lw_activate(activations[a], 1, &sum, &want);
            const float got = reference_float(y[i / OUT * LD_OUT + i % OUT]);
            TALLY_CHECK(tally, isnan(want) ? isnan(got) : got == reference_rounded(want),
                        "%g in bf16, activation %d: %g at %zu, not %g", (double)special,
                        (int)activations[a], (double)got, i, (double)want);
        }
    }
    fill(INFINITY, 0.0f);
    forward(tally, LW_ACTIVATION_LINEAR);
    TALLY_CHECK(tally, isnan(out[0]), "Inf * 0 in bf16: %g", (double)out[0]);
}

static void check_denormals(struct tally *tally)
{
    /* Three products of 2^-130, each of which may be flushed. */
    fill(0x1p-65f, 0x1p-65f);
    forward(tally, LW_ACTIVATION_LINEAR);
    for (size_t i = 0; i < BATCH * OUT; i++)
        TALLY_CHECK(tally, out[i] >= 0.0f && out[i] <= 3 * 0x1p-130f, "denormal sum: %a",
                    (double)out[i]);
    /* The smallest normal number must not be flushed. */
    fill(0x1p-126f, 1.0f);
    forward(tally, LW_ACTIVATION_LINEAR);
    for (size_t i = 0; i < BATCH * OUT; i++)
        TALLY_CHECK(tally, out[i] == 3 * 0x1p-126f, "smallest normal: %a", (double)out[i]);
}

static void check_refusals(struct tally *tally)
{
    static const char forward_name[] = "lw_bf16_linear_forward", pack_name[] = "lw_bf16_pack",
                      input_name[] = "lw_bf16_linear_backward_input",
                      weights_name[] = "lw_bf16_linear_backward_weights";
    lw_bf16 before[BATCH * LD_OUT];
    fill(1.0f, 1.0f);
    forward(tally, LW_ACTIVATION_LINEAR);
    memcpy(before, y, sizeof y);
    const lw_bf16_output odd = {y, LD_OUT - 1, NULL, 0, NULL, 0},
                         overlap = {x, LD_OUT, NULL, 0, NULL, 0};
    const lw_bf16_output twice = {y, LD_OUT, y, OUT, NULL, 0};
    failure_check(tally, lw_bf16_from_float(2, NULL, y), LW_EINVAL, "lw_bf16_from_float", "x");
    failure_check(tally, lw_bf16_to_float(2, NULL, out), LW_EINVAL, "lw_bf16_to_float", "x");
    failure_check(tally, lw_bf16_gather(BATCH, OUT, out, OUT, NULL, NULL), LW_EINVAL,
                  "lw_bf16_gather", "y");
    failure_check(tally, lw_bf16_gather(BATCH, OUT, out, OUT, NULL, &output), LW_EOVERLAP,
                  "lw_bf16_gather", "y");
#define FORWARD(ldx, activation, to)                                                               \
    lw_bf16_linear_forward(BATCH, IN, OUT, x, ldx, packed, NULL, activation, NULL, 0, to)
    failure_check(tally, FORWARD(LD_IN - 1, LW_ACTIVATION_LINEAR, &output), LW_EINVAL, forward_name,
                  "x");
    failure_check(tally, FORWARD(2, LW_ACTIVATION_LINEAR, &output), LW_EINVAL, forward_name, "x");
    failure_check(tally, FORWARD(LD_IN, LW_ACTIVATION_SOFTMAX, &output), LW_EINVAL, forward_name,
                  "activation");
    failure_check(tally, FORWARD(LD_IN, LW_ACTIVATION_LINEAR, &odd), LW_EINVAL, forward_name, "y");
    failure_check(tally, FORWARD(LD_IN, LW_ACTIVATION_LINEAR, &overlap), LW_EOVERLAP, forward_name,
                  "y");
    failure_check(tally, FORWARD(LD_IN, LW_ACTIVATION_LINEAR, &twice), LW_EOVERLAP, forward_name,
                  "y");
#undef FORWARD
    failure_check(tally, lw_bf16_pack(IN, OUT, 1, IN, 0, OUT, w, OUT, packed, NULL), LW_EINVAL,
                  pack_name, "rows");
    failure_check(tally, lw_bf16_pack(IN, OUT, 0, IN, 0, 4, w, OUT, packed, NULL), LW_EINVAL,
                  pack_name, "columns");
    failure_check(tally, lw_bf16_pack(IN, OUT, 0, IN, 0, OUT, w, OUT, packed, packed), LW_EOVERLAP,
                  pack_name, "backward");
    failure_check(tally,
                  lw_bf16_linear_backward_input(BATCH, IN, OUT, y, LD_OUT, packed,
                                                LW_ACTIVATION_RELU, NULL, LD_IN,
                                                &(lw_bf16_output){.rows = x, .ld = LD_IN}),
                  LW_EINVAL, input_name, "saved");
    failure_check(
        tally,
        lw_bf16_linear_backward_weights(BATCH, IN, OUT, x, IN, vnni2, OUT, 0.5f, out, OUT, NULL),
        LW_EINVAL, weights_name, "beta");
    failure_check(
        tally,
        lw_bf16_linear_backward_weights(BATCH, IN, OUT, x, IN, vnni2, OUT, 0.0f, out, OUT, out),
        LW_EOVERLAP, weights_name, "db");
    TALLY_CHECK(tally, !memcmp(before, y, sizeof y), "bf16: changed an output on failure");
    TALLY_CHECK(tally,
                lw_bf16_packed_size(3, 33) == 256 && lw_bf16_packed_size(SIZE_MAX / 2, 64) == 0,
                "lw_bf16_packed_size");
}

void check_special_bf16(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    check_spread(tally, NAN);
    check_spread(tally, INFINITY);
    check_denormals(tally);
    check_refusals(tally);
}
