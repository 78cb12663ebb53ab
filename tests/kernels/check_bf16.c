/* The layers of bf16.h: on every set and in every layout the bits of plain loops, without other
 * memory accesses. */
#include "bf16_layouts.h"
#include "cases.h"
#include "checks.h"
#include "reference_bf16.h"
#include "sizes.h"
#include "tolerance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct layer {
    char title[160];
    size_t batch, in, out;
    enum guard_side side;
    size_t padding;
    int has_bias;
    lw_activation activation;
    float *x, *w, *b, *dz, *saved; /* floats that are bf16, without gaps; b: any floats */
    struct bf16_layouts x_layouts, dz_layouts, saved_layouts;
    struct guard forward, backward; /* W packed */
};

static float *floats_create(struct generator *from, size_t n, enum fill fill, int is_bf16)
{
    float *x = malloc((n + 1) * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        const float value = generate_value(from, fill);
        x[i] = is_bf16 ? reference_rounded(value) : value;
    }
    return x;
}

/* Converts x to its layouts by lw_bf16_gather, from rows in another order and in two parts. */
static void gather(struct tally *tally, const struct layer *layer, struct bf16_layouts *layouts,
                   const float *x, size_t cols)
{
    const size_t rows = layer->batch, half = rows / 4 * 2;
    size_t *index = malloc((rows + 1) * sizeof *index);
    float *other = malloc((rows * cols + 1) * sizeof *other);
    for (size_t i = 0; i < rows; i++) {
        index[i] = rows - 1 - i;
        memcpy(other + index[i] * cols, x + i * cols, cols * sizeof *x);
    }
    bf16_layouts_create(layouts, rows, cols, layer->padding, layer->side);
    const lw_bf16_output lower = bf16_layouts_from_row(layouts, half);
    TALLY_CHECK(tally,
                lw_bf16_gather(half, cols, other, cols, index, &layouts->out) == LW_OK &&
                    lw_bf16_gather(rows - half, cols, other, cols, index + half, &lower) == LW_OK,
                "%s: %s", layer->title, lw_last_error());
    bf16_layouts_check(tally, layer->title, layouts, x);
    free(index);
    free(other);
}

static void check_panels(struct tally *tally, const struct layer *layer, const lw_bf16 *packed,
                         size_t k, size_t n, size_t w_k, size_t w_n)
{
    const size_t columns = (n + LW_BF16_PANEL - 1) / LW_BF16_PANEL * LW_BF16_PANEL;
    for (size_t p = 0; p < k + k % 2; p++) {
        for (size_t j = 0; j < columns; j++) {
            const float want = p < k && j < n ? layer->w[p * w_k + j * w_n] : 0.0f;
            const float got = reference_float(packed[reference_packed_index(k, p, j)]);
            TALLY_CHECK(tally, same_bits(got, want), "%s: packed at %zu, %zu is %a, not %a",
                        layer->title, p, j, (double)got, (double)want);
        }
    }
}

/* Computed in up to four parts. */
static void pack(struct tally *tally, struct layer *layer)
{
    const size_t in = layer->in, out = layer->out;
    layer->forward = guard_alloc(lw_bf16_packed_size(in, out) * sizeof(lw_bf16), layer->side);
    layer->backward = guard_alloc(lw_bf16_packed_size(out, in) * sizeof(lw_bf16), layer->side);
    const size_t row = in > LW_BF16_PANEL ? LW_BF16_PANEL : 0;
    const size_t col = out > 2 * LW_BF16_PANEL ? 2 * LW_BF16_PANEL : 0;
    for (int part = 0; part < 4; part++) {
        const lw_status status = lw_bf16_pack(in, out, part / 2 ? row : 0, part / 2 ? in : row,
                                              part % 2 ? col : 0, part % 2 ? out : col, layer->w,
                                              out, layer->forward.data, layer->backward.data);
        TALLY_CHECK(tally, status == LW_OK, "%s: %s", layer->title, lw_last_error());
    }
    check_panels(tally, layer, layer->forward.data, in, out, out, 1);
    check_panels(tally, layer, layer->backward.data, out, in, 1, out);
}

static void layer_create(struct tally *tally, struct layer *layer, struct generator *from,
                         enum fill fill)
{
    const size_t batch = layer->batch, in = layer->in, out = layer->out;
    snprintf(layer->title, sizeof layer->title,
             "bf16, batch %zu, %zu to %zu, padding %zu, activation %d", batch, in, out,
             layer->padding, (int)layer->activation);
    layer->x = floats_create(from, batch * in, fill, 1);
    layer->w = floats_create(from, in * out, fill, 1);
    layer->b = floats_create(from, out, fill, 0);
    layer->dz = floats_create(from, batch * out, fill, 1);
    layer->saved = floats_create(from, batch * in, UNIFORM, 1);
    gather(tally, layer, &layer->x_layouts, layer->x, in);
    gather(tally, layer, &layer->dz_layouts, layer->dz, out);
    gather(tally, layer, &layer->saved_layouts, layer->saved, in);
    pack(tally, layer);
}

static void layer_free(struct layer *layer)
{
    bf16_layouts_free(&layer->x_layouts);
    bf16_layouts_free(&layer->dz_layouts);
    bf16_layouts_free(&layer->saved_layouts);
    guard_free(&layer->forward);
    guard_free(&layer->backward);
    free(layer->x);
    free(layer->w);
    free(layer->b);
    free(layer->dz);
    free(layer->saved);
}

/* The reference itself, against double precision. */
static void check_chain(struct tally *tally, const struct layer *layer, float got, size_t k,
                        const float *a, size_t a_step, const float *b, size_t b_step)
{
    double want = 0.0, magnitude = 0.0;
    for (size_t p = 0; p < k; p++) {
        want += (double)a[p * a_step] * b[p * b_step];
        magnitude += fabs((double)a[p * a_step] * b[p * b_step]);
    }
    TALLY_CHECK(tally, fabs(got - want) <= gamma_bound((double)k + 1.0) * magnitude,
                "%s: %a is not %a", layer->title, (double)got, want);
}

static void check_forward(struct tally *tally, const struct layer *layer)
{
    const size_t batch = layer->batch, in = layer->in, out = layer->out, half = batch / 4 * 2;
    struct bf16_layouts z, y;
    bf16_layouts_create(&z, batch, out, layer->padding, layer->side);
    bf16_layouts_create(&y, batch, out, layer->padding + 1, layer->side);
    const int has_z =
        layer->activation == LW_ACTIVATION_GELU || layer->activation == LW_ACTIVATION_SILU;
    const float *b = layer->has_bias ? layer->b : NULL;
    for (int part = 0; part < 2; part++) {
        const size_t row = part ? half : 0, rows = part ? batch - half : half;
        const lw_bf16_output to = bf16_layouts_from_row(&y, row),
                             pre = bf16_layouts_from_row(&z, row);
        const lw_bf16 *x = bf16_layouts_from_row(&layer->x_layouts, row).rows;
        const lw_status status =
            lw_bf16_linear_forward(rows, in, out, x, layer->x_layouts.out.ld, layer->forward.data,
                                   b, layer->activation, has_z ? pre.rows : NULL, pre.ld, &to);
        TALLY_CHECK(tally, status == LW_OK, "%s: %s", layer->title, lw_last_error());
    }
    float *want = malloc((batch * out + 1) * sizeof *want);
    for (size_t i = 0; i < batch; i++) {
        for (size_t j = 0; j < out; j++) {
            const float *row = layer->x + i * in, *column = layer->w + j;
            const float sum = reference_dot(0.0f, in, row, 1, column, out);
            check_chain(tally, layer, sum, in, row, 1, column, out);
            want[i * out + j] = b ? sum + b[j] : sum;
        }
    }
    for (size_t at = 0; has_z && at < rows_extent(batch, out, z.out.ld); at++) {
        const size_t i = at / z.out.ld, j = at % z.out.ld;
        const lw_bf16 wanted = j < out             ? reference_bf16(want[i * out + j])
                               : j < out + out % 2 ? 0
                                                   : UNTOUCHED * 0x101;
        TALLY_CHECK(tally, z.out.rows[at] == wanted, "%s: z at %zu, %zu is %04x, not %04x",
                    layer->title, i, j, (unsigned)z.out.rows[at], (unsigned)wanted);
    }
    (void)!lw_activate(layer->activation, batch * out, want, want);
    bf16_layouts_check(tally, layer->title, &y, want);
    free(want);
    bf16_layouts_free(&z);
    bf16_layouts_free(&y);
}

static void check_backward_input(struct tally *tally, const struct layer *layer)
{
    const size_t batch = layer->batch, in = layer->in, out = layer->out;
    const struct bf16_layouts *saved = &layer->saved_layouts;
    struct bf16_layouts dx;
    bf16_layouts_create(&dx, batch, in, layer->padding, layer->side);
    const lw_status status = lw_bf16_linear_backward_input(
        batch, in, out, layer->dz_layouts.out.rows, layer->dz_layouts.out.ld, layer->backward.data,
        layer->activation, layer->activation == LW_ACTIVATION_LINEAR ? NULL : saved->out.rows,
        saved->out.ld, &dx.out);
    TALLY_CHECK(tally, status == LW_OK, "%s: %s", layer->title, lw_last_error());
    float *want = malloc((batch * in + 1) * sizeof *want);
    for (size_t i = 0; i < batch; i++) {
        for (size_t j = 0; j < in; j++)
            want[i * in + j] =
                reference_dot(0.0f, out, layer->dz + i * out, 1, layer->w + j * out, 1);
    }
    (void)!lw_activate_backward(layer->activation, batch * in, layer->saved, want, want);
    bf16_layouts_check(tally, layer->title, &dx, want);
    free(want);
    bf16_layouts_free(&dx);
}

static void check_backward_weights(struct tally *tally, const struct layer *layer, float beta)
{
    const size_t batch = layer->batch, in = layer->in, out = layer->out, half = in / 2;
    const size_t ld = out + layer->padding;
    const lw_bf16_output *x = &layer->x_layouts.out, *dz = &layer->dz_layouts.out;
    struct guard dw =
        guard_alloc(in > 0 && out > 0 ? ((in - 1) * ld + out) * sizeof(float) : 0, layer->side);
    struct guard db = guard_alloc(out * sizeof(float), layer->side);
    for (size_t i = 0; in > 0 && out > 0 && i < (in - 1) * ld + out; i++)
        ((float *)dw.data)[i] = 0.25f;
    for (size_t j = 0; j < out; j++)
        ((float *)db.data)[j] = 0.25f;
    const float from = beta == 0.0f ? 0.0f : 0.25f;
    for (int part = 0; part < 2; part++) {
        const size_t row = part ? half : 0, rows = part ? in - half : half;
        const lw_status status = lw_bf16_linear_backward_weights(
            batch, rows, out, x->vnni2 ? x->vnni2 + 2 * row : NULL, x->ld_vnni2, dz->vnni2,
            dz->ld_vnni2, beta, dw.data ? (float *)dw.data + row * ld : NULL, ld,
            part ? db.data : NULL);
        TALLY_CHECK(tally, status == LW_OK, "%s: %s", layer->title, lw_last_error());
    }
    for (size_t i = 0; i < in && out > 0; i++) {
        for (size_t j = 0; j < ld && (i + 1 < in || j < out); j++) {
            const float want =
                j < out ? reference_dot(from, batch, layer->x + i, in, layer->dz + j, out) : 0.25f;
            const float got = ((float *)dw.data)[i * ld + j];
            TALLY_CHECK(tally, same_bits(got, want), "%s: dW at %zu, %zu is %a, not %a",
                        layer->title, i, j, (double)got, (double)want);
        }
    }
    for (size_t j = 0; j < out; j++) {
        float want = from;
        for (size_t i = 0; i < batch; i++)
            want += layer->dz[i * out + j];
        const float got = ((float *)db.data)[j];
        TALLY_CHECK(tally, same_bits(got, want), "%s: db at %zu is %a, not %a", layer->title, j,
                    (double)got, (double)want);
    }
    guard_free(&dw);
    guard_free(&db);
}

void case_bf16_layer(struct tally *tally, size_t batch, size_t in, size_t out, size_t round)
{
    static const enum fill fills[] = {EIGHTHS, UNIFORM, WIDE};
    struct generator from = {round + 1};
    struct layer layer = {.batch = batch,
                          .in = in,
                          .out = out,
                          .side = round % 2 ? GUARD_AFTER : GUARD_BEFORE,
                          .padding = round % 3,
                          .has_bias = round % 5 != 0,
                          .activation = (lw_activation)(round % LW_ACTIVATION_SOFTMAX)};
    layer_create(tally, &layer, &from, fills[round / 2 % 3]);
    check_forward(tally, &layer);
    check_backward_input(tally, &layer);
    check_backward_weights(tally, &layer, (float)(round / 3 % 2));
    layer_free(&layer);
}

/* Every bf16 converts exactly in both directions, and floats round as in the reference; the soak
 * test uses every float. */
static void check_conversions(struct tally *tally)
{
    enum { COUNT = 1000, STEP = 65521 };
    struct guard x = guard_alloc(COUNT * sizeof(float), GUARD_AFTER);
    struct guard y = guard_alloc(COUNT * sizeof(lw_bf16), GUARD_AFTER);
    struct guard back = guard_alloc(COUNT * sizeof(float), GUARD_AFTER);
    uint32_t next = 0;
    for (size_t n = 0; n < COUNT; n++) {
        float *from = (float *)x.data + COUNT - n, *to = (float *)back.data + COUNT - n;
        lw_bf16 *narrow = (lw_bf16 *)y.data + COUNT - n;
        for (size_t i = 0; i < n; i++) {
            /* Ties and their neighbours, every third. */
            const uint32_t bits = next += STEP;
            from[i] =
                float_of(i % 3 ? bits : (bits & 0xffff0000u) + 0x7fffu + (uint32_t)(i / 3 % 3));
        }
        TALLY_CHECK(tally,
                    lw_bf16_from_float(n, from, narrow) == LW_OK &&
                        lw_bf16_to_float(n, narrow, to) == LW_OK,
                    "bf16 of %zu: %s", n, lw_last_error());
        for (size_t i = 0; i < n; i++) {
            TALLY_CHECK(tally, narrow[i] == reference_bf16(from[i]), "bf16 of %a: %04x, not %04x",
                        (double)from[i], (unsigned)narrow[i], (unsigned)reference_bf16(from[i]));
            TALLY_CHECK(tally, bits_of(to[i]) == (uint32_t)narrow[i] << 16, "%04x back: %a",
                        (unsigned)narrow[i], (double)to[i]);
        }
    }
    guard_free(&x);
    guard_free(&y);
    guard_free(&back);
}

void check_bf16(struct tally *tally, const struct operation *unused)
{
    static const size_t sizes[] = {0, 1, 2, 3, 7, 10, 15, 16, 17, 31, 32, 33, 64, 100};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    (void)unused;
    check_conversions(tally);
    size_t round = 0;
    const size_t step = is_fast() ? 5 : 1;
    for (size_t i = 0; i < SIZES * SIZES; i += step) {
        const size_t a = sizes[i / SIZES], b = sizes[i % SIZES];
        const size_t c = sizes[(i / SIZES * 5 + i % SIZES * 3 + 1) % SIZES];
        case_bf16_layer(tally, a, b, c, round++);
        case_bf16_layer(tally, b, c, a, round++);
        case_bf16_layer(tally, c, a, b, round++);
    }
    /* More than a block of rows, and of row pairs. */
    case_bf16_layer(tally, 128, 5, 7, round++);
    case_bf16_layer(tally, 131, 33, 35, round++);
    case_bf16_layer(tally, 1025, 3, 17, round++);
    case_bf16_layer(tally, 1030, 17, 33, round++);
}
