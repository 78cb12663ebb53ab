/* Dense layers: fp32, each layout of weights, bf16, and small nets. */
#include "digest.h"

#include <lanewise/internal/bf16.h>
#include <lanewise/internal/small_net.h>

typedef struct layer {
    size_t batch, in, out;
} layer;

/* Many and few rows, narrow tails, a first layer with few inputs. The first shape is split between
 * threads. */
static const layer layers[] = {{120, 130, 97}, {64, 200, 10}, {300, 3, 40},
                               {31, 45, 33},   {2, 70, 64},   {77, 64, 1}};
enum { LAYERS = sizeof layers / sizeof *layers };

static const lw_activation activations[] = {
    LW_ACTIVATION_LINEAR, LW_ACTIVATION_RELU, LW_ACTIVATION_LEAKY_RELU, LW_ACTIVATION_SIGMOID,
    LW_ACTIVATION_TANH,   LW_ACTIVATION_GELU, LW_ACTIVATION_SILU};
enum { ACTIVATIONS = sizeof activations / sizeof *activations };

static void add_forward(digest *d)
{
    for (size_t i = 0; i < LAYERS * ACTIVATIONS; i++) {
        const layer l = layers[i / ACTIVATIONS];
        const float *x = random_floats(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *w = random_floats(l.in * l.out, -1.0f, 1.0f, 2),
                    *b = random_floats(l.out, -1.0f, 1.0f, 3);
        float *z = alloc_floats(l.batch * l.out), *y = alloc_floats(l.batch * l.out);
        require_ok(lw_linear_forward(l.batch, l.in, l.out, x, l.in, w, l.out, b,
                                     activations[i % ACTIVATIONS], z, l.out, y, l.out));
        add_floats(d, l.batch * l.out, z);
        add_floats(d, l.batch * l.out, y);
        free_all();
    }
}

static void add_backward_input(digest *d)
{
    for (size_t i = 0; i < LAYERS * ACTIVATIONS; i++) {
        const layer l = layers[i / ACTIVATIONS];
        const float *dz = random_floats(l.batch * l.out, -1.0f, 1.0f, 1);
        const float *w = random_floats(l.in * l.out, -1.0f, 1.0f, 2);
        const float *saved = random_floats(l.batch * l.in, -1.0f, 1.0f, 3);
        float *dx = alloc_floats(l.batch * l.in);
        require_ok(lw_linear_backward_input(l.batch, l.in, l.out, dz, l.out, w, l.out,
                                            activations[i % ACTIVATIONS], saved, l.in, dx, l.in));
        add_floats(d, l.batch * l.in, dx);
        free_all();
    }
}

static void add_backward_weights(digest *d)
{
    for (size_t i = 0; i < 2 * LAYERS; i++) {
        const layer l = layers[i / 2];
        const float *x = random_floats(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *dz = random_floats(l.batch * l.out, -1.0f, 1.0f, 2);
        float *dw = random_floats(l.in * l.out, -1.0f, 1.0f, 3),
              *db = random_floats(l.out, -1.0f, 1.0f, 4);
        require_ok(lw_linear_backward_weights(l.batch, l.in, l.out, x, l.in, dz, l.out,
                                              (float)(i % 2), dw, l.out, db));
        add_floats(d, l.in * l.out, dw);
        add_floats(d, l.out, db);
        free_all();
    }
}

static const lw_sgd_update_params momentum = {0.1f, 0.9f, 0.01f, 1};
static const lw_adam_update_params adam = {0.01f, 0.9f, 0.999f, 1e-8f, 0.01f, 1, 3};

/* Moments have the layout of the weights, so they are unpacked as well. */
static void add_arranged(digest *d, const lw_weights *weights, const float *stored)
{
    float *rows = alloc_floats(weights->in * weights->out);
    lw_weights_unpack(weights, stored, rows);
    add_floats(d, weights->in * weights->out, rows);
}

static void add_trained_weights(digest *d)
{
    for (size_t i = 0; i < 2 * LAYERS; i++) {
        const layer l = layers[i / 2];
        const float *x = random_floats(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *dz = random_floats(l.batch * l.out, -1.0f, 1.0f, 2);
        lw_weights weights = lw_weights_of(l.in, l.out);
        const size_t floats = lw_weights_floats(&weights);
        weights.w = alloc_floats(floats);
        lw_weights_pack(&weights, random_floats(l.in * l.out, -1.0f, 1.0f, 3), weights.w);
        float *b = random_floats(l.out, -1.0f, 1.0f, 4), *y = alloc_floats(l.batch * l.out);
        float *dx = alloc_floats(l.batch * l.in);
        lw_layer_update update = {.m = alloc_floats(floats),
                                  .v = alloc_floats(floats),
                                  .b = b,
                                  .b_m = alloc_floats(l.out),
                                  .b_v = alloc_floats(l.out)};
        if (i % 2 == 0) {
            update.sgd = &momentum;
            update.v = update.b_v = NULL;
        } else {
            update.adam = &adam;
        }
        require_ok(lw_weights_forward(&weights, l.batch, x, l.in, b, LW_ACTIVATION_TANH, NULL, 0, y,
                                      l.out));
        add_floats(d, l.batch * l.out, y);
        require_ok(lw_weights_backward_input(&weights, l.batch, dz, l.out, LW_ACTIVATION_RELU, x,
                                             l.in, dx, l.in));
        add_floats(d, l.batch * l.in, dx);
        require_ok(
            lw_weights_backward_update(&weights, 0, l.in, l.batch, x, l.in, dz, l.out, &update));
        add_arranged(d, &weights, weights.w);
        add_arranged(d, &weights, update.m);
        if (update.v)
            add_arranged(d, &weights, update.v);
        add_floats(d, l.out, b);
        free_all();
    }
}

/* Rounds rows to bf16; rows of odd length are padded with zero. */
static lw_bf16 *rounded(size_t rows, size_t cols, const float *x)
{
    const size_t ld = cols + cols % 2;
    lw_bf16 *y = alloc_bytes(rows * ld * sizeof *y);
    const lw_bf16_output output = {.rows = y, .ld = ld};
    require_ok(lw_bf16_gather(rows, cols, x, cols, NULL, &output));
    return y;
}

static lw_bf16 *paired(size_t rows, size_t cols, const float *x)
{
    lw_bf16 *y = alloc_bytes((rows + 1) * cols * sizeof *y);
    const lw_bf16_output output = {.vnni2 = y, .ld_vnni2 = cols};
    require_ok(lw_bf16_gather(rows, cols, x, cols, NULL, &output));
    return y;
}

static void add_bf16_rounding(digest *d)
{
    const float *x = samples();
    lw_bf16 *y = alloc_bytes(SAMPLES * sizeof *y);
    float *z = alloc_floats(SAMPLES);
    require_ok(lw_bf16_from_float(SAMPLES, x, y));
    require_ok(lw_bf16_to_float(SAMPLES, y, z));
    add_floats(d, SAMPLES, z);
}

static void add_bf16_layers(digest *d)
{
    for (size_t i = 0; i < LAYERS; i++) {
        const layer l = layers[i];
        const size_t ld_in = l.in + l.in % 2, ld_out = l.out + l.out % 2;
        const float *x = random_floats(l.batch * l.in, -1.0f, 1.0f, 1);
        const float *w = random_floats(l.in * l.out, -1.0f, 1.0f, 2),
                    *b = random_floats(l.out, -1.0f, 1.0f, 3);
        const float *dz = random_floats(l.batch * l.out, -1.0f, 1.0f, 4);
        lw_bf16 *forward = alloc_bytes(lw_bf16_packed_size(l.in, l.out) * sizeof *forward);
        lw_bf16 *backward = alloc_bytes(lw_bf16_packed_size(l.out, l.in) * sizeof *backward);
        require_ok(lw_bf16_pack(l.in, l.out, 0, l.in, 0, l.out, w, l.out, forward, backward));
        lw_bf16 *z = alloc_bytes(l.batch * ld_out * sizeof *z);
        lw_bf16 *rows = alloc_bytes(l.batch * ld_out * sizeof *rows);
        const lw_bf16_output y = {.rows = rows,
                                  .ld = ld_out,
                                  .floats = alloc_floats(l.batch * l.out),
                                  .ld_floats = l.out};
        require_ok(lw_bf16_linear_forward(l.batch, l.in, l.out, rounded(l.batch, l.in, x), ld_in,
                                          forward, b, LW_ACTIVATION_GELU, z, ld_out, &y));
        add_bf16_bits(d, l.batch * ld_out, rows);
        add_floats(d, l.batch * l.out, y.floats);
        const lw_bf16_output dx = {.floats = alloc_floats(l.batch * l.in), .ld_floats = l.in};
        require_ok(lw_bf16_linear_backward_input(l.batch, l.in, l.out, rounded(l.batch, l.out, dz),
                                                 ld_out, backward, LW_ACTIVATION_RELU,
                                                 rounded(l.batch, l.in, x), ld_in, &dx));
        add_floats(d, l.batch * l.in, dx.floats);
        float *dw = alloc_floats(l.in * l.out), *db = alloc_floats(l.out);
        require_ok(lw_bf16_linear_backward_weights(l.batch, l.in, l.out, paired(l.batch, l.in, x),
                                                   l.in, paired(l.batch, l.out, dz), l.out, 0.0f,
                                                   dw, l.out, db));
        add_floats(d, l.in * l.out, dw);
        add_floats(d, l.out, db);
        free_all();
    }
}

/* One block and several, one of them partial, with every loss. */
static void add_small_net(digest *d)
{
    static const lw_small_net_layer small_net_layers[] = {
        {10, LW_ACTIVATION_RELU}, {5, LW_ACTIVATION_TANH}, {3, LW_ACTIVATION_SOFTMAX}};
    static const size_t rows[] = {1, 7, 100, 384, 1000};
    lw_small_net plan;
    require_ok(lw_small_net_plan(&plan, 6, 3, small_net_layers));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t blocks = lw_small_net_blocks(rows[i]);
        const lw_small_net_batch batch = {.rows = rows[i],
                                          .x = random_floats(rows[i] * 6, -1.0f, 1.0f, 1),
                                          .loss = LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY,
                                          .labels = random_labels(rows[i], 3, 2),
                                          .scale = 0.01f,
                                          .y = alloc_floats(rows[i] * 3),
                                          .row_loss = alloc_floats(rows[i])};
        float *parameters = alloc_floats(plan.parameter_count);
        float *sums = alloc_floats(blocks * plan.parameter_count);
        float *workspace = alloc_floats(plan.workspace);
        for (size_t l = 0; l < 3; l++) {
            const size_t in = l == 0 ? 6 : small_net_layers[l - 1].units;
            const float *w = random_floats(in * small_net_layers[l].units, -1.0f, 1.0f, 3 + l);
            for (size_t j = 0; j < in * small_net_layers[l].units; j++)
                parameters[plan.w[l] + j] = w[j];
        }
        require_ok(lw_small_net_pass(&plan, &batch, 0, blocks, parameters, sums, workspace));
        add_floats(d, rows[i] * 3, batch.y);
        add_floats(d, rows[i], batch.row_loss);
        add_floats(d, blocks * plan.parameter_count, sums);
        if (blocks == 1) {
            const lw_small_net_update update = {.adam = &adam};
            float *m = alloc_floats(plan.parameter_count), *v = alloc_floats(plan.parameter_count);
            for (int step = 0; step < 3; step++)
                require_ok(
                    lw_small_net_step(&plan, &batch, &update, parameters, sums, m, v, workspace));
            add_floats(d, plan.parameter_count, parameters);
        }
        free_all();
    }
}

const golden_case layer_cases[] = {{"layer_forward", add_forward},
                                   {"layer_backward_input", add_backward_input},
                                   {"layer_backward_weights", add_backward_weights},
                                   {"layer_trained_weights", add_trained_weights},
                                   {"bf16_rounding", add_bf16_rounding},
                                   {"bf16_layers", add_bf16_layers},
                                   {"small_nets", add_small_net},
                                   {NULL, NULL}};
