/* Dense layers: on floats, in the forms that weights are trained in, on bf16, and as narrow networks. */
#include "digest.h"

#include <lanewise/bf16.h>
#include <lanewise/narrow.h>

typedef struct layer {
    size_t batch, in, out;
} layer;

/* Many and few rows, narrow ends, a first layer with few inputs; the first is worth several threads. */
static const layer layers[] = {{120, 130, 97}, {64, 200, 10}, {300, 3, 40},
                               {31, 45, 33},   {2, 70, 64},   {77, 64, 1}};
enum { LAYERS = sizeof layers / sizeof *layers };

static const lw_activation activations[] = {LW_LINEAR, LW_RELU, LW_LEAKY_RELU, LW_SIGMOID,
                                            LW_TANH,   LW_GELU, LW_SILU};
enum { ACTIVATIONS = sizeof activations / sizeof *activations };

static void add_forward(digest *d)
{
    for (size_t i = 0; i < LAYERS * ACTIVATIONS; i++) {
        const layer l = layers[i / ACTIVATIONS];
        const float *x = numbers(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *w = numbers(l.in * l.out, -1.0f, 1.0f, 2), *b = numbers(l.out, -1.0f, 1.0f, 3);
        float *z = take_floats(l.batch * l.out), *y = take_floats(l.batch * l.out);
        must(lw_linear_forward(l.batch, l.in, l.out, x, l.in, w, l.out, b,
                               activations[i % ACTIVATIONS], z, l.out, y, l.out));
        add_floats(d, l.batch * l.out, z);
        add_floats(d, l.batch * l.out, y);
        release_all();
    }
}

static void add_backward_input(digest *d)
{
    for (size_t i = 0; i < LAYERS * ACTIVATIONS; i++) {
        const layer l = layers[i / ACTIVATIONS];
        const float *dz = numbers(l.batch * l.out, -1.0f, 1.0f, 1);
        const float *w = numbers(l.in * l.out, -1.0f, 1.0f, 2);
        const float *saved = numbers(l.batch * l.in, -1.0f, 1.0f, 3);
        float *dx = take_floats(l.batch * l.in);
        must(lw_linear_backward_input(l.batch, l.in, l.out, dz, l.out, w, l.out,
                                      activations[i % ACTIVATIONS], saved, l.in, dx, l.in));
        add_floats(d, l.batch * l.in, dx);
        release_all();
    }
}

static void add_backward_weights(digest *d)
{
    for (size_t i = 0; i < 2 * LAYERS; i++) {
        const layer l = layers[i / 2];
        const float *x = numbers(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *dz = numbers(l.batch * l.out, -1.0f, 1.0f, 2);
        float *dw = numbers(l.in * l.out, -1.0f, 1.0f, 3), *db = numbers(l.out, -1.0f, 1.0f, 4);
        must(lw_linear_backward_weights(l.batch, l.in, l.out, x, l.in, dz, l.out, (float)(i % 2),
                                        dw, l.out, db));
        add_floats(d, l.in * l.out, dw);
        add_floats(d, l.out, db);
        release_all();
    }
}

static const lw_sgd_update_params momentum = {0.1f, 0.9f, 0.01f, 1};
static const lw_adam_update_params adam = {0.01f, 0.9f, 0.999f, 1e-8f, 0.01f, 1, 3};

/* Moments are laid out as the weights: shown as rows, too. */
static void add_arranged(digest *d, const lw_weights *weights, const float *stored)
{
    float *rows = take_floats(weights->in * weights->out);
    lw_weights_restore(weights, stored, rows);
    add_floats(d, weights->in * weights->out, rows);
}

static void add_trained_weights(digest *d)
{
    for (size_t i = 0; i < 2 * LAYERS; i++) {
        const layer l = layers[i / 2];
        const float *x = numbers(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *dz = numbers(l.batch * l.out, -1.0f, 1.0f, 2);
        lw_weights weights = lw_weights_of(l.in, l.out);
        const size_t floats = lw_weights_floats(&weights);
        weights.w = take_floats(floats);
        lw_weights_arrange(&weights, numbers(l.in * l.out, -1.0f, 1.0f, 3), weights.w);
        float *b = numbers(l.out, -1.0f, 1.0f, 4), *y = take_floats(l.batch * l.out);
        float *dx = take_floats(l.batch * l.in);
        lw_layer_update update = {.m = take_floats(floats),
                                  .v = take_floats(floats),
                                  .b = b,
                                  .b_m = take_floats(l.out),
                                  .b_v = take_floats(l.out)};
        if (i % 2 == 0) {
            update.sgd = &momentum;
            update.v = update.b_v = NULL;
        } else {
            update.adam = &adam;
        }
        must(lw_weights_forward(&weights, l.batch, x, l.in, b, LW_TANH, NULL, 0, y, l.out));
        add_floats(d, l.batch * l.out, y);
        must(lw_weights_backward_input(&weights, l.batch, dz, l.out, LW_RELU, x, l.in, dx, l.in));
        add_floats(d, l.batch * l.in, dx);
        must(lw_weights_backward_update(&weights, 0, l.in, l.batch, x, l.in, dz, l.out, &update));
        add_arranged(d, &weights, weights.w);
        add_arranged(d, &weights, update.m);
        if (update.v)
            add_arranged(d, &weights, update.v);
        add_floats(d, l.out, b);
        release_all();
    }
}

/* Rows of bf16 from floats, with a zero behind an odd row's end. */
static lw_bf16 *rounded(size_t rows, size_t cols, const float *x)
{
    const size_t ld = cols + cols % 2;
    lw_bf16 *y = take_bytes(rows * ld * sizeof *y);
    const lw_bf16_output output = {.rows = y, .ld = ld};
    must(lw_bf16_gather(rows, cols, x, cols, NULL, &output));
    return y;
}

static lw_bf16 *paired(size_t rows, size_t cols, const float *x)
{
    lw_bf16 *y = take_bytes((rows + 1) * cols * sizeof *y);
    const lw_bf16_output output = {.pairs = y, .ld_pairs = cols};
    must(lw_bf16_gather(rows, cols, x, cols, NULL, &output));
    return y;
}

static void add_bf16_rounding(digest *d)
{
    const float *x = samples();
    lw_bf16 *y = take_bytes(SAMPLES * sizeof *y);
    float *z = take_floats(SAMPLES);
    must(lw_bf16_from_float(SAMPLES, x, y));
    must(lw_bf16_to_float(SAMPLES, y, z));
    add_floats(d, SAMPLES, z);
}

static void add_bf16_layers(digest *d)
{
    for (size_t i = 0; i < LAYERS; i++) {
        const layer l = layers[i];
        const size_t ld_in = l.in + l.in % 2, ld_out = l.out + l.out % 2;
        const float *x = numbers(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *w = numbers(l.in * l.out, -1.0f, 1.0f, 2), *b = numbers(l.out, -1.0f, 1.0f, 3);
        const float *dz = numbers(l.batch * l.out, -1.0f, 1.0f, 4);
        lw_bf16 *forward = take_bytes(lw_bf16_packed_size(l.in, l.out) * sizeof *forward);
        lw_bf16 *backward = take_bytes(lw_bf16_packed_size(l.out, l.in) * sizeof *backward);
        must(lw_bf16_pack(l.in, l.out, 0, l.in, 0, l.out, w, l.out, forward, backward));
        lw_bf16 *z = take_bytes(l.batch * ld_out * sizeof *z);
        lw_bf16 *rows = take_bytes(l.batch * ld_out * sizeof *rows);
        const lw_bf16_output y = {
            .rows = rows, .ld = ld_out, .floats = take_floats(l.batch * l.out), .ld_floats = l.out};
        must(lw_bf16_linear_forward(l.batch, l.in, l.out, rounded(l.batch, l.in, x), ld_in, forward,
                                    b, LW_GELU, z, ld_out, &y));
        add_halves(d, l.batch * ld_out, rows);
        add_floats(d, l.batch * l.out, y.floats);
        const lw_bf16_output dx = {.floats = take_floats(l.batch * l.in), .ld_floats = l.in};
        must(lw_bf16_linear_backward_input(l.batch, l.in, l.out, rounded(l.batch, l.out, dz),
                                           ld_out, backward, LW_RELU, rounded(l.batch, l.in, x),
                                           ld_in, &dx));
        add_floats(d, l.batch * l.in, dx.floats);
        float *dw = take_floats(l.in * l.out), *db = take_floats(l.out);
        must(lw_bf16_linear_backward_weights(l.batch, l.in, l.out, paired(l.batch, l.in, x), l.in,
                                             paired(l.batch, l.out, dz), l.out, 0.0f, dw, l.out,
                                             db));
        add_floats(d, l.in * l.out, dw);
        add_floats(d, l.out, db);
        release_all();
    }
}

/* One block and several, with every loss; what is left over of the last block too. */
static void add_narrow(digest *d)
{
    static const lw_narrow_layer narrow_layers[] = {{10, LW_RELU}, {5, LW_TANH}, {3, LW_SOFTMAX}};
    static const size_t rows[] = {1, 7, 100, 384, 1000};
    lw_narrow plan;
    must(lw_narrow_plan(&plan, 6, 3, narrow_layers));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t blocks = lw_narrow_blocks(rows[i]);
        const lw_narrow_batch batch = {.rows = rows[i],
                                       .x = numbers(rows[i] * 6, -1.0f, 1.0f, 1),
                                       .loss = LW_NARROW_SOFTMAX_ENTROPY,
                                       .labels = labels(rows[i], 3, 2),
                                       .scale = 0.01f,
                                       .y = take_floats(rows[i] * 3),
                                       .row_loss = take_floats(rows[i])};
        float *parameters = take_floats(plan.parameter_count);
        float *sums = take_floats(blocks * plan.parameter_count);
        float *workspace = take_floats(plan.workspace);
        for (size_t l = 0; l < 3; l++) {
            const size_t in = l == 0 ? 6 : narrow_layers[l - 1].units;
            const float *w = numbers(in * narrow_layers[l].units, -1.0f, 1.0f, 3 + l);
            for (size_t j = 0; j < in * narrow_layers[l].units; j++)
                parameters[plan.w[l] + j] = w[j];
        }
        must(lw_narrow_pass(&plan, &batch, 0, blocks, parameters, sums, workspace));
        add_floats(d, rows[i] * 3, batch.y);
        add_floats(d, rows[i], batch.row_loss);
        add_floats(d, blocks * plan.parameter_count, sums);
        if (blocks == 1) {
            const lw_narrow_update update = {.adam = &adam};
            float *m = take_floats(plan.parameter_count), *v = take_floats(plan.parameter_count);
            for (int step = 0; step < 3; step++)
                must(lw_narrow_step(&plan, &batch, &update, parameters, sums, m, v, workspace));
            add_floats(d, plan.parameter_count, parameters);
        }
        release_all();
    }
}

const golden_case layer_cases[] = {{"layer_forward", add_forward},
                                   {"layer_backward_input", add_backward_input},
                                   {"layer_backward_weights", add_backward_weights},
                                   {"layer_trained_weights", add_trained_weights},
                                   {"bf16_rounding", add_bf16_rounding},
                                   {"bf16_layers", add_bf16_layers},
                                   {"narrow_networks", add_narrow},
                                   {NULL, NULL}};
