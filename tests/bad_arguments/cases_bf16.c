/* Bad arguments of bf16.h. */
#include "cases_kernels.h"

#include <lanewise/internal/bf16.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 4, IN = 40, OUT = 6, LONG = 4096 };

/* All zeros: every bf16 operand is valid. */
static struct {
    _Alignas(64) lw_bf16 x[LONG];
    _Alignas(64) lw_bf16 y[LONG];
    _Alignas(64) lw_bf16 z[LONG];
    _Alignas(64) lw_bf16 w[LONG];
    _Alignas(64) lw_bf16 v[LONG];
    _Alignas(64) float f[LONG];
    float g[LONG], b[LONG], m[2 * LONG];
    size_t index[LONG];
} s;

void bad_bf16_from_float(void)
{
    watch_memory(&s, sizeof s);
    REFUSES(LW_EINVAL, "x", lw_bf16_from_float(5, NULL, s.y));
    REFUSES(LW_EINVAL, "y", lw_bf16_from_float(5, s.f, NULL));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "x", lw_bf16_from_float(huge_sizes[i], s.f, s.y));
    REFUSES(LW_EOVERLAP, "y", lw_bf16_from_float(5, s.f, (lw_bf16 *)(void *)s.f));
    REFUSES(LW_EOVERLAP, "y", lw_bf16_from_float(5, s.f, (lw_bf16 *)(void *)(s.f + 4)));
    IDLE(lw_bf16_from_float(0, NULL, NULL));
}

void bad_bf16_to_float(void)
{
    watch_memory(&s, sizeof s);
    REFUSES(LW_EINVAL, "x", lw_bf16_to_float(5, NULL, s.f));
    REFUSES(LW_EINVAL, "y", lw_bf16_to_float(5, s.x, NULL));
    for (size_t i = 0; i < HUGE_SIZES; i++)
        REFUSES(LW_EINVAL, "y", lw_bf16_to_float(huge_sizes[i], s.x, s.f));
    REFUSES(LW_EOVERLAP, "y", lw_bf16_to_float(5, (lw_bf16 *)(void *)(s.f + 4), s.f));
    IDLE(lw_bf16_to_float(0, NULL, NULL));
}

void bad_bf16_gather(void)
{
    watch_memory(&s, sizeof s);
    const lw_bf16_output all = {s.x, 4, s.y, 3, s.g, 3}, none = {0};
#define CALL(rows, x, ldx, index, ...)                                                             \
    lw_bf16_gather(rows, 3, x, ldx, index, &(const lw_bf16_output){__VA_ARGS__})
    REFUSES(LW_EINVAL, "y", lw_bf16_gather(4, 3, s.f, 3, NULL, NULL));
    REFUSES(LW_EINVAL, "x", lw_bf16_gather(4, 3, NULL, 3, NULL, &all));
    REFUSES(LW_EINVAL, "x", lw_bf16_gather(4, 3, s.f, 2, NULL, &all));
    REFUSES(LW_EINVAL, "x", lw_bf16_gather(4, 3, s.f, 2, s.index, &all));
    REFUSES(LW_EINVAL, "y", CALL(4, s.f, 3, NULL, .rows = s.x, .ld = 2));
    REFUSES(LW_EINVAL, "y", CALL(4, s.f, 3, NULL, .rows = s.x, .ld = 3)); /* odd */
    REFUSES(LW_EINVAL, "y", CALL(4, s.f, 3, NULL, .vnni2 = s.x, .ld_vnni2 = 2));
    REFUSES(LW_EINVAL, "y", CALL(4, s.f, 3, NULL, .floats = s.g, .ld_floats = 2));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "x", lw_bf16_gather(huge, 3, s.f, 3, NULL, &none));
        REFUSES(LW_EINVAL, "index", lw_bf16_gather(huge, 3, s.f, 3, s.index, &none));
        REFUSES(LW_EINVAL, "x", lw_bf16_gather(4, huge, s.f, huge, s.index, &none));
        REFUSES(LW_EINVAL, "x", lw_bf16_gather(4, 3, s.f, huge, NULL, &none));
        REFUSES(LW_EINVAL, "y", CALL(4, s.f, 3, NULL, .rows = s.x, .ld = huge / 2 * 2));
        REFUSES(LW_EINVAL, "y", CALL(4, s.f, 3, NULL, .vnni2 = s.x, .ld_vnni2 = huge));
        REFUSES(LW_EINVAL, "y", CALL(4, s.f, 3, NULL, .floats = s.g, .ld_floats = huge));
    }
    REFUSES(LW_EOVERLAP, "y", CALL(4, s.f, 3, NULL, .floats = s.f, .ld_floats = 3));
    REFUSES(LW_EOVERLAP, "y", CALL(4, s.f, 3, NULL, .rows = (lw_bf16 *)(void *)s.f, .ld = 4));
    REFUSES(LW_EOVERLAP, "y",
            CALL(4, s.f, 3, NULL, .rows = s.x, .ld = 4, .vnni2 = s.x, .ld_vnni2 = 3));
    REFUSES(LW_EOVERLAP, "y",
            CALL(4, s.f, 3, s.index, .floats = (float *)(void *)s.index, .ld_floats = 3));
    IDLE(lw_bf16_gather(0, 3, NULL, 3, NULL, &all));
    IDLE(lw_bf16_gather(4, 0, NULL, 0, NULL, &all));
    IDLE(lw_bf16_gather(4, 3, s.f, 3, NULL, &none));
#undef CALL
}

void bad_bf16_packed_size(void)
{
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        HOLDS(lw_bf16_packed_size(huge_sizes[i], 3) == 0);
        HOLDS(lw_bf16_packed_size(3, huge_sizes[i]) == 0);
        HOLDS(lw_bf16_packed_size(huge_sizes[i], huge_sizes[i]) == 0);
    }
    HOLDS(lw_bf16_packed_size(0, 3) == 0 && lw_bf16_packed_size(3, 0) == 0);
    HOLDS(lw_bf16_packed_size(3, 3) == 128);
}

void bad_bf16_pack(void)
{
    watch_memory(&s, sizeof s);
#define CALL(in, out, row0, row1, col0, col1, w, ldw, forward, backward)                           \
    lw_bf16_pack(in, out, row0, row1, col0, col1, w, ldw, forward, backward)
    REFUSES(LW_EINVAL, "w", CALL(IN, OUT, 0, IN, 0, OUT, NULL, OUT, s.w, s.v));
    REFUSES(LW_EINVAL, "w", CALL(IN, OUT, 0, IN, 0, OUT, s.f, OUT - 1, s.w, s.v));
    REFUSES(LW_EINVAL, "rows", CALL(IN, OUT, 1, IN, 0, OUT, s.f, OUT, s.w, s.v));
    REFUSES(LW_EINVAL, "rows", CALL(IN, OUT, 0, IN - 1, 0, OUT, s.f, OUT, s.w, s.v));
    REFUSES(LW_EINVAL, "rows", CALL(IN, OUT, 0, 64, 0, OUT, s.f, OUT, s.w, s.v));
    REFUSES(LW_EINVAL, "rows", CALL(IN, OUT, 32, 0, 0, OUT, s.f, OUT, s.w, s.v));
    REFUSES(LW_EINVAL, "columns", CALL(IN, OUT, 0, IN, 1, OUT, s.f, OUT, s.w, s.v));
    REFUSES(LW_EINVAL, "columns", CALL(IN, OUT, 0, IN, 0, 32, s.f, OUT, s.w, s.v));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i], even = huge / 32 * 32;
        REFUSES(LW_EINVAL, "rows", CALL(IN, OUT, 0, huge, 0, OUT, s.f, OUT, s.w, s.v));
        REFUSES(LW_EINVAL, "rows", CALL(IN, OUT, even, even, 0, OUT, s.f, OUT, s.w, s.v));
        REFUSES(LW_EINVAL, "columns", CALL(IN, OUT, 0, IN, 0, huge, s.f, OUT, s.w, s.v));
        REFUSES(LW_EINVAL, "w", CALL(huge, OUT, 0, 32, 0, OUT, s.f, OUT, NULL, NULL));
        REFUSES(LW_EINVAL, "w", CALL(IN, huge, 0, IN, 0, 32, s.f, huge, NULL, NULL));
        REFUSES(LW_EINVAL, "w", CALL(IN, OUT, 0, IN, 0, OUT, s.f, huge, NULL, NULL));
    }
    lw_bf16 *const in_w = (lw_bf16 *)(void *)s.f;
    REFUSES(LW_EOVERLAP, "forward", CALL(IN, OUT, 0, IN, 0, OUT, s.f, OUT, in_w, s.v));
    REFUSES(LW_EOVERLAP, "backward", CALL(IN, OUT, 0, IN, 0, OUT, s.f, OUT, s.w, in_w + 8));
    REFUSES(LW_EOVERLAP, "forward", CALL(IN, OUT, 0, IN, 0, OUT, s.f, OUT, s.w, s.w));
    IDLE(CALL(IN, OUT, 0, IN, 0, OUT, s.f, OUT, NULL, NULL));
    IDLE(CALL(0, OUT, 0, 0, 0, OUT, NULL, OUT, NULL, NULL));
    IDLE(CALL(IN, 0, 0, IN, 0, 0, NULL, 0, NULL, NULL));
    IDLE(CALL(IN, OUT, 32, 32, 0, OUT, s.f, OUT, s.w, s.v));
#undef CALL
}

void bad_bf16_linear_forward(void)
{
    watch_memory(&s, sizeof s);
    const lw_bf16_output y = {s.y, OUT, s.v, OUT, s.g, OUT}, none = {0};
#define CALL(batch, x, ldx, w, b, activation, z, ldz, y)                                           \
    lw_bf16_linear_forward(batch, IN, OUT, x, ldx, w, b, (lw_activation)(activation), z, ldz, y)
#define INTO(...)                                                                                  \
    &(const lw_bf16_output)                                                                        \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "activation",
                CALL(BATCH, s.x, IN, s.w, s.b, BAD_ENUM(LW_ACTIVATION_SOFTMAX, i), s.z, OUT, &y));
    REFUSES(LW_EINVAL, "activation",
            CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_SOFTMAX, s.z, OUT, &y));
    REFUSES(LW_EINVAL, "x", CALL(BATCH, NULL, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, &y));
    REFUSES(LW_EINVAL, "x", CALL(BATCH, s.x, IN - 2, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, &y));
    REFUSES(LW_EINVAL, "x", CALL(BATCH, s.x, IN + 1, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, &y));
    REFUSES(LW_EINVAL, "w", CALL(BATCH, s.x, IN, NULL, s.b, LW_ACTIVATION_RELU, s.z, OUT, &y));
    REFUSES(LW_EINVAL, "z", CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT - 2, &y));
    REFUSES(LW_EINVAL, "z", CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT + 1, &y));
    REFUSES(LW_EINVAL, "y", CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, NULL));
    REFUSES(LW_EINVAL, "y",
            CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT,
                 INTO(.rows = s.y, .ld = OUT - 1)));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i], even = huge / 2 * 2;
        REFUSES(LW_EINVAL, "x", CALL(huge, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, &none));
        REFUSES(LW_EINVAL, "x",
                CALL(BATCH, s.x, even, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, &none));
        REFUSES(LW_EINVAL, "z",
                CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, even, &none));
        REFUSES(LW_EINVAL, "y",
                CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT,
                     INTO(.rows = s.y, .ld = even)));
        REFUSES(LW_EINVAL, "x",
                lw_bf16_linear_forward(2, even, OUT, s.x, even, s.w, s.b, LW_ACTIVATION_RELU, NULL,
                                       0, &none));
        REFUSES(LW_EINVAL, "w",
                lw_bf16_linear_forward(2, IN, huge, s.x, IN, s.w, NULL, LW_ACTIVATION_RELU, NULL, 0,
                                       &none));
    }
    REFUSES(
        LW_EOVERLAP, "y",
        CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, INTO(.rows = s.x, .ld = OUT)));
    REFUSES(LW_EOVERLAP, "y",
            CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT,
                 INTO(.vnni2 = s.w, .ld_vnni2 = OUT)));
    REFUSES(LW_EOVERLAP, "y",
            CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT,
                 INTO(.floats = s.b, .ld_floats = OUT)));
    REFUSES(
        LW_EOVERLAP, "y",
        CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.z, OUT, INTO(.rows = s.z, .ld = OUT)));
    REFUSES(LW_EOVERLAP, "z", CALL(BATCH, s.x, IN, s.w, s.b, LW_ACTIVATION_RELU, s.x, OUT, &none));
    IDLE(CALL(0, NULL, IN, s.w, s.b, LW_ACTIVATION_RELU, NULL, 0, &none));
    IDLE(CALL(BATCH, s.x, IN, s.w, NULL, LW_ACTIVATION_RELU, NULL, 0, &none));
    ACCEPTS(lw_bf16_linear_forward(2, 0, OUT, NULL, 0, NULL, s.b, LW_ACTIVATION_RELU, NULL, 0, &y));
    IDLE(lw_bf16_linear_forward(2, IN, 0, s.x, IN, NULL, NULL, LW_ACTIVATION_RELU, NULL, 0, &y));
#undef CALL
}

void bad_bf16_linear_backward_input(void)
{
    watch_memory(&s, sizeof s);
    const lw_bf16_output dx = {s.y, IN, s.v, IN, s.g, IN}, none = {0};
#define CALL(batch, dz, lddz, w, activation, saved, lds, dx)                                       \
    lw_bf16_linear_backward_input(batch, IN, OUT, dz, lddz, w, (lw_activation)(activation), saved, \
                                  lds, dx)
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "activation",
                CALL(BATCH, s.x, OUT, s.w, BAD_ENUM(LW_ACTIVATION_SOFTMAX, i), s.z, IN, &dx));
    REFUSES(LW_EINVAL, "activation",
            CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_SOFTMAX, s.z, IN, &dx));
    REFUSES(LW_EINVAL, "dz", CALL(BATCH, NULL, OUT, s.w, LW_ACTIVATION_RELU, s.z, IN, &dx));
    REFUSES(LW_EINVAL, "dz", CALL(BATCH, s.x, OUT - 2, s.w, LW_ACTIVATION_RELU, s.z, IN, &dx));
    REFUSES(LW_EINVAL, "w", CALL(BATCH, s.x, OUT, NULL, LW_ACTIVATION_RELU, s.z, IN, &dx));
    REFUSES(LW_EINVAL, "saved", CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, NULL, IN, &dx));
    REFUSES(LW_EINVAL, "saved", CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, s.z, IN - 2, &dx));
    REFUSES(LW_EINVAL, "dx", CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, s.z, IN, NULL));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i], even = huge / 2 * 2;
        REFUSES(LW_EINVAL, "dz", CALL(huge, s.x, OUT, s.w, LW_ACTIVATION_LINEAR, NULL, 0, &none));
        REFUSES(LW_EINVAL, "dz", CALL(BATCH, s.x, even, s.w, LW_ACTIVATION_RELU, s.z, IN, &none));
        REFUSES(LW_EINVAL, "saved",
                CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, s.z, even, &none));
        REFUSES(
            LW_EINVAL, "dx",
            CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, s.z, IN, INTO(.rows = s.y, .ld = even)));
    }
    REFUSES(LW_EOVERLAP, "dx",
            CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, s.z, IN, INTO(.rows = s.z, .ld = IN)));
    REFUSES(LW_EOVERLAP, "dx",
            CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, s.z, IN, INTO(.rows = s.x, .ld = IN)));
    REFUSES(LW_EOVERLAP, "dx",
            CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_RELU, s.z, IN,
                 INTO(.vnni2 = s.w, .ld_vnni2 = IN)));
    IDLE(CALL(0, NULL, OUT, s.w, LW_ACTIVATION_RELU, NULL, IN, &dx));
    IDLE(CALL(BATCH, s.x, OUT, s.w, LW_ACTIVATION_LINEAR, NULL, 0, &none));
#undef CALL
}

void bad_bf16_linear_backward_weights(void)
{
    watch_memory(&s, sizeof s);
#define CALL(batch, x, ldx, dz, lddz, beta, dw, lddw, db)                                          \
    lw_bf16_linear_backward_weights(batch, IN, OUT, x, ldx, dz, lddz, beta, dw, lddw, db)
    static const float betas[] = {0.5f, -1.0f, NAN, INFINITY};
    for (size_t i = 0; i < sizeof betas / sizeof *betas; i++)
        REFUSES(LW_EINVAL, "beta", CALL(BATCH, s.x, IN, s.z, OUT, betas[i], s.f, OUT, s.b));
    REFUSES(LW_EINVAL, "x", CALL(BATCH, NULL, IN, s.z, OUT, 0.0f, s.f, OUT, s.b));
    REFUSES(LW_EINVAL, "x", CALL(BATCH, s.x, IN - 1, s.z, OUT, 0.0f, s.f, OUT, s.b));
    REFUSES(LW_EINVAL, "dz", CALL(BATCH, s.x, IN, NULL, OUT, 0.0f, s.f, OUT, s.b));
    REFUSES(LW_EINVAL, "dz", CALL(BATCH, s.x, IN, s.z, OUT - 1, 0.0f, s.f, OUT, s.b));
    REFUSES(LW_EINVAL, "dw", CALL(BATCH, s.x, IN, s.z, OUT, 0.0f, NULL, OUT, s.b));
    REFUSES(LW_EINVAL, "dw", CALL(BATCH, s.x, IN, s.z, OUT, 0.0f, s.f, OUT - 1, s.b));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "x", CALL(huge, s.x, IN, s.z, OUT, 0.0f, s.f, OUT, s.b));
        REFUSES(LW_EINVAL, "x", CALL(BATCH, s.x, huge, s.z, OUT, 0.0f, s.f, OUT, s.b));
        REFUSES(LW_EINVAL, "dz", CALL(BATCH, s.x, IN, s.z, huge, 0.0f, s.f, OUT, s.b));
        REFUSES(LW_EINVAL, "dw", CALL(BATCH, s.x, IN, s.z, OUT, 0.0f, s.f, huge, s.b));
    }
    REFUSES(LW_EOVERLAP, "dw",
            CALL(BATCH, (lw_bf16 *)(void *)s.f, IN, s.z, OUT, 0.0f, s.f, OUT, s.b));
    REFUSES(LW_EOVERLAP, "dw", CALL(BATCH, s.x, IN, s.z, OUT, 0.0f, s.f, OUT, s.f + OUT));
    REFUSES(LW_EOVERLAP, "db",
            CALL(BATCH, s.x, IN, (lw_bf16 *)(void *)s.b, OUT, 0.0f, s.f, OUT, s.b));
    ACCEPTS(CALL(0, NULL, IN, NULL, OUT, 0.0f, s.f, OUT, NULL));
    IDLE(lw_bf16_linear_backward_weights(BATCH, 0, 0, NULL, 0, NULL, 0, 0.0f, NULL, 0, NULL));
#undef CALL
}

/* ---- Master weights -------------------------------------------------------------------------- */

void bad_bf16_weights_of(void)
{
    static const size_t empty[][2] = {{0, 0}, {0, 300}, {300, 0}};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        const lw_weights weights = lw_bf16_weights_of(empty[i][0], empty[i][1]);
        HOLDS(lw_weights_floats(&weights) == 0);
    }
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const lw_weights wide = lw_bf16_weights_of(300, huge_sizes[i]);
        HOLDS(lw_weights_floats(&wide) == SIZE_MAX && !wide.w);
        const lw_weights tall = lw_bf16_weights_of(huge_sizes[i], 300);
        HOLDS(lw_weights_floats(&tall) == SIZE_MAX);
    }
}

static lw_weights weights(void)
{
    lw_weights made = lw_bf16_weights_of(IN, OUT);
    made.w = s.f;
    return made;
}

static lw_weights form(int form)
{
    lw_weights made = weights();
    made.layout = (lw_weights_layout)form;
    return made;
}

void bad_bf16_weights_pack(void)
{
    watch_memory(&s, sizeof s);
    const lw_weights good = weights(), none = {0};
    lw_weights bad = good;
    REFUSES(LW_EINVAL, "weights", lw_bf16_weights_pack(NULL, 0, IN, s.w, s.v));
    REFUSES(LW_EINVAL, "weights", lw_bf16_weights_pack(&none, 0, 0, s.w, s.v));
    for (int i = 0; i < BAD_ENUMS; i++) {
        bad = form(BAD_ENUM(LW_WEIGHTS_PANELS, i));
        REFUSES(LW_EINVAL, "weights", lw_bf16_weights_pack(&bad, 0, IN, s.w, s.v));
    }
    bad = form(LW_WEIGHTS_TRANSPOSED);
    REFUSES(LW_EINVAL, "weights", lw_bf16_weights_pack(&bad, 0, IN, s.w, s.v));
    bad = good;
    bad.w = NULL;
    REFUSES(LW_EINVAL, "w", lw_bf16_weights_pack(&bad, 0, IN, s.w, s.v));
    REFUSES(LW_EINVAL, "rows", lw_bf16_weights_pack(&good, 1, IN - 1, s.w, s.v));
    REFUSES(LW_EINVAL, "rows", lw_bf16_weights_pack(&good, 0, IN - 1, s.w, s.v));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "rows", lw_bf16_weights_pack(&good, 0, huge, s.w, s.v));
        REFUSES(LW_EINVAL, "rows", lw_bf16_weights_pack(&good, huge, 1, s.w, s.v));
        REFUSES(LW_EINVAL, "rows", lw_bf16_weights_pack(&good, 32, huge, s.w, s.v));
        bad = good;
        bad.in = huge;
        REFUSES(LW_EINVAL, "w", lw_bf16_weights_pack(&bad, 0, 32, NULL, NULL));
        bad = good;
        bad.out = huge;
        REFUSES(LW_EINVAL, "w", lw_bf16_weights_pack(&bad, 0, 32, NULL, NULL));
    }
    REFUSES(LW_EOVERLAP, "forward", lw_bf16_weights_pack(&good, 0, IN, s.w, s.w));
    REFUSES(LW_EOVERLAP, "forward",
            lw_bf16_weights_pack(&good, 0, IN, (lw_bf16 *)(void *)s.f, s.v));
    REFUSES(LW_EOVERLAP, "backward",
            lw_bf16_weights_pack(&good, 0, IN, s.w, (lw_bf16 *)(void *)s.f));
    IDLE(lw_bf16_weights_pack(&good, 0, IN, NULL, NULL));
}

void bad_bf16_weights_update(void)
{
    watch_memory(&s, sizeof s);
    const lw_sgd_update_params sgd = {.learning_rate = 1.0f, .momentum = 0.5f};
    const lw_layer_update update = {.sgd = &sgd, .m = s.m, .b = s.b, .b_m = s.m + LONG};
    const lw_weights good = weights();
    lw_weights bad = good;
#define CALL(weights, first, count, batch, x, ldx, dz, lddz, update)                               \
    lw_bf16_weights_update(weights, first, count, batch, x, ldx, dz, lddz, update, s.w, s.v)
    REFUSES(LW_EINVAL, "weights", CALL(NULL, 0, IN, BATCH, s.x, IN, s.z, OUT, &update));
    for (int i = 0; i < BAD_ENUMS; i++) {
        bad = form(BAD_ENUM(LW_WEIGHTS_PANELS, i));
        REFUSES(LW_EINVAL, "weights", CALL(&bad, 0, IN, BATCH, s.x, IN, s.z, OUT, &update));
    }
    bad = good;
    bad.isa = NULL;
    REFUSES(LW_EINVAL, "weights", CALL(&bad, 0, IN, BATCH, s.x, IN, s.z, OUT, &update));
    bad = good;
    bad.w = NULL;
    REFUSES(LW_EINVAL, "w", CALL(&bad, 0, IN, BATCH, s.x, IN, s.z, OUT, &update));
    REFUSES(LW_EINVAL, "rows", CALL(&good, 0, IN + 1, BATCH, s.x, IN, s.z, OUT, &update));
    REFUSES(LW_EINVAL, "batch", CALL(&good, 0, IN, 1025, s.x, IN, s.z, OUT, &update));
    REFUSES(LW_EINVAL, "x", CALL(&good, 0, IN, BATCH, NULL, IN, s.z, OUT, &update));
    REFUSES(LW_EINVAL, "x", CALL(&good, 0, IN, BATCH, s.x, IN - 1, s.z, OUT, &update));
    REFUSES(LW_EINVAL, "dz", CALL(&good, 0, IN, BATCH, s.x, IN, NULL, OUT, &update));
    REFUSES(LW_EINVAL, "dz", CALL(&good, 0, IN, BATCH, s.x, IN, s.z, OUT - 1, &update));
    REFUSES(LW_EINVAL, "update", CALL(&good, 0, IN, BATCH, s.x, IN, s.z, OUT, NULL));
    REFUSES(LW_EINVAL, "adam",
            CALL(&good, 0, IN, BATCH, s.x, IN, s.z, OUT, &(const lw_layer_update){.m = s.m}));
    REFUSES(LW_EINVAL, "velocity",
            CALL(&good, 0, IN, BATCH, s.x, IN, s.z, OUT, &(const lw_layer_update){.sgd = &sgd}));
    for (size_t i = 0; i < HUGE_SIZES; i++) {
        const size_t huge = huge_sizes[i];
        REFUSES(LW_EINVAL, "batch", CALL(&good, 0, IN, huge, s.x, IN, s.z, OUT, &update));
        REFUSES(LW_EINVAL, "x", CALL(&good, 0, IN, BATCH, s.x, huge, s.z, OUT, &update));
        REFUSES(LW_EINVAL, "dz", CALL(&good, 0, IN, BATCH, s.x, IN, s.z, huge, &update));
        REFUSES(LW_EINVAL, "rows", CALL(&good, huge, huge, BATCH, s.x, IN, s.z, OUT, &update));
    }
    REFUSES(LW_EOVERLAP, "w",
            CALL(&good, 0, IN, BATCH, (lw_bf16 *)(void *)s.f, IN, s.z, OUT, &update));
    REFUSES(LW_EOVERLAP, "b",
            CALL(&good, 0, IN, BATCH, s.x, IN, (lw_bf16 *)(void *)s.b, OUT, &update));
    ACCEPTS(CALL(&good, 0, IN, 0, NULL, IN, NULL, OUT, &update));
#undef CALL
}
