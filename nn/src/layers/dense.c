/* Dense layers in float32. The forward product is fused with bias and activation, the backward
 * product with the derivative of the layer below, and the gradient of W with the optimizer. */
#include "dense.h"

#include "activation.h"
#include "activation_export.h"

#include <math.h>

/* ---- Shape -------------------------------------------------------------------------------- */

lw_status lw_dense_check(const lw_layer_spec *spec, size_t number, int is_last)
{
    if (spec->units == 0)
        return lw_fail(LW_EINVAL, "layer %zu has no units", number);
    if (!lw_activation_is_elementwise(spec->activation) &&
        spec->activation != LW_ACTIVATION_SOFTMAX)
        return lw_fail(LW_EINVAL, "layer %zu: unknown activation %d", number,
                       (int)spec->activation);
    if (spec->activation == LW_ACTIVATION_SOFTMAX && !is_last)
        return lw_fail(LW_EINVAL, "layer %zu: softmax is for the last layer only", number);
    if (spec->activation == LW_ACTIVATION_SOFTMAX && spec->units == 1)
        return lw_fail(LW_EINVAL,
                       "layer %zu: softmax needs at least two units; use sigmoid for one", number);
    if (spec->init < LW_INIT_DEFAULT || spec->init > LW_INIT_HE)
        return lw_fail(LW_EINVAL, "layer %zu: unknown initialisation %d", number, (int)spec->init);
    if (!(spec->init_scale >= 0.0f && spec->init_scale <= 3.4e38f))
        return lw_fail(LW_EINVAL, "layer %zu: init_scale %g is not finite and at least 0", number,
                       (double)spec->init_scale);
    return LW_OK;
}

size_t lw_dense_outputs(const lw_layer_spec *spec, size_t in)
{
    (void)in;
    return spec->units;
}

void lw_dense_describe(lw_dense *dense, lw_weights weights)
{
    lw_layer *layer = &dense->base;
    dense->weights = weights;
    layer->tensor_count = 2;
    layer->tensors[LW_DENSE_WEIGHT] = (lw_tensor){.name = "weight",
                                                  .rows = layer->in,
                                                  .cols = layer->out,
                                                  .is_matrix = 1,
                                                  .layout = &dense->weights};
    layer->tensors[LW_DENSE_BIAS] = (lw_tensor){.name = "bias", .rows = 1, .cols = layer->out};
    layer->shards = layer->in;
}

static void describe(lw_layer *layer)
{
    lw_dense *dense = (lw_dense *)layer;
    lw_dense_describe(dense, lw_weights_of(layer->in, layer->out));
    /* Transposed, rows of W are columns in memory: shards are whole cache lines. */
    layer->shard_unit = dense->weights.layout == LW_WEIGHTS_TRANSPOSED ? LW_SECTION : 1;
}

double lw_dense_flops(const lw_layer *layer)
{
    return 2.0 * ((double)layer->in + 1.0) * (double)layer->out;
}

/* ---- Initial parameters ------------------------------------------------------------------- */

/* A distribution: scale times the value of draw. */
typedef struct distribution {
    double (*draw)(lw_random *random);
    double scale;
} distribution;

static double draw_zero(lw_random *random)
{
    (void)random;
    return 0.0;
}

static double draw_symmetric(lw_random *random)
{
    return 2.0 * lw_random_uniform(random) - 1.0;
}

static distribution weight_distribution(const lw_layer *layer)
{
    const double in = (double)layer->in, out = (double)layer->out;
    const double scale = layer->spec.init_scale == 0.0f ? 1.0 : (double)layer->spec.init_scale;
    switch (layer->spec.init) {
    case LW_INIT_DEFAULT:
        return (distribution){draw_symmetric, 1.0 / sqrt(in)};
    case LW_INIT_NORMAL:
        return (distribution){lw_random_normal, scale};
    case LW_INIT_UNIFORM:
        return (distribution){draw_symmetric, scale};
    case LW_INIT_XAVIER:
        return (distribution){draw_symmetric, sqrt(6.0 / (in + out))};
    case LW_INIT_HE:
        return (distribution){lw_random_normal, sqrt(2.0 / in)};
    default:
        return (distribution){draw_zero, 0.0};
    }
}

/* Draws W row by row, then b. */
void lw_dense_init(const lw_layer *layer, lw_random *random)
{
    const lw_weights *weights = &lw_dense_of(layer)->weights;
    float *b = lw_tensor_values(layer, LW_DENSE_BIAS);
    const distribution w_distribution = weight_distribution(layer);
    const distribution b_distribution =
        layer->spec.init == LW_INIT_DEFAULT ? w_distribution : (distribution){draw_zero, 0.0};
    for (size_t i = 0; i < layer->in; i++)
        for (size_t j = 0; j < layer->out; j++)
            weights->w[lw_weights_index(weights, i, j)] =
                (float)(w_distribution.scale * w_distribution.draw(random));
    for (size_t j = 0; j < layer->out; j++)
        b[j] = (float)(b_distribution.scale * b_distribution.draw(random));
}

/* ---- Passes ------------------------------------------------------------------------------- */

/* z is stored if the derivative or the loss is computed from it. */
static int stores_z(const lw_layer *layer)
{
    const lw_activation activation = layer->spec.activation;
    return (layer->is_output && lw_activation_has_logit_loss(activation)) ||
           lw_activation_derives_from_z(activation);
}

static void workspace(lw_layer *layer, lw_arena *arena, size_t rows)
{
    layer->z = stores_z(layer) ? lw_arena_floats(arena, rows, layer->out) : NULL;
    lw_matrix_place_floats(&layer->y, arena, rows, layer->out);
    lw_matrix_place_floats(&layer->dz, arena, rows, layer->out);
}

lw_status lw_dense_forward(const lw_layer *layer, const lw_pass *pass, lw_span rows,
                           const lw_operand *x, const lw_matrix *y)
{
    const lw_dense *dense = lw_dense_of(layer);
    const lw_activation activation = layer->spec.activation;
    const size_t out = layer->out;
    const float *b = lw_tensor_values(layer, LW_DENSE_BIAS);
    float *z = pass->z;
    if (!z && pass->training && layer->z)
        z = layer->z + rows.first * out;
    if (y && activation != LW_ACTIVATION_SOFTMAX)
        return lw_weights_forward(&dense->weights, rows.count, x->floats, x->ld_floats, b,
                                  activation, z, out, y->floats, y->ld_floats);
    const lw_status status =
        lw_weights_forward(&dense->weights, rows.count, x->floats, x->ld_floats, b,
                           LW_ACTIVATION_LINEAR, NULL, 0, z, out);
    return status == LW_OK && y ? lw_activation_forward(activation, rows.count, out, z, y->floats)
                                : status;
}

lw_status lw_dense_derive(const lw_layer *layer, lw_span rows, const float *dy)
{
    const size_t at = rows.first * layer->out;
    return lw_activation_backward(layer->spec.activation, rows.count, layer->out,
                                  layer->z ? layer->z + at : NULL, layer->y.floats + at, dy,
                                  layer->dz.floats + at);
}

static lw_epilogue epilogue(const lw_layer *layer, size_t first_row)
{
    const lw_activation activation = layer->spec.activation;
    const float *saved = lw_activation_derives_from_z(activation) ? layer->z : layer->y.floats;
    return (lw_epilogue){activation,
                         {.floats = saved + first_row * layer->out, .ld_floats = layer->out}};
}

static lw_status backward(const lw_layer *layer, lw_span rows, const lw_epilogue *below,
                          const lw_matrix *dx)
{
    const size_t out = layer->out;
    return lw_weights_backward_input(
        &lw_dense_of(layer)->weights, rows.count, layer->dz.floats + rows.first * out, out,
        below->activation, below->saved.floats, below->saved.ld_floats, dx->floats, dx->ld_floats);
}

/* ---- Gradients and updates ---------------------------------------------------------------- */

float *lw_dense_bias_gradient(const lw_layer *layer, lw_span shards)
{
    return shards.first + shards.count == layer->in ? lw_tensor_gradients(layer, LW_DENSE_BIAS)
                                                    : NULL;
}

static lw_status gradients(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                           const lw_operand *x)
{
    const size_t out = layer->out;
    float *dw = lw_tensor_gradients(layer, LW_DENSE_WEIGHT) + shards.first * out;
    return lw_linear_backward_weights(pass->rows, shards.count, out, x->floats + shards.first,
                                      x->ld_floats, layer->dz.floats, out, 0.0f, dw, out,
                                      lw_dense_bias_gradient(layer, shards));
}

lw_layer_update lw_dense_update_of(const lw_dense *dense, lw_span shards, const lw_update *update)
{
    const lw_layer *layer = &dense->base;
    return (lw_layer_update){.sgd = update->sgd,
                             .adam = update->adam,
                             .m = lw_tensor_moment(update->m, layer, LW_DENSE_WEIGHT),
                             .v = lw_tensor_moment(update->v, layer, LW_DENSE_WEIGHT),
                             .b = shards.first == 0 ? lw_tensor_values(layer, LW_DENSE_BIAS) : NULL,
                             .b_m = lw_tensor_moment(update->m, layer, LW_DENSE_BIAS),
                             .b_v = lw_tensor_moment(update->v, layer, LW_DENSE_BIAS),
                             .prefetch = update->prefetch};
}

static lw_status update(const lw_layer *layer, lw_span shards, const lw_update *step)
{
    const lw_dense *dense = lw_dense_of(layer);
    const lw_layer_update layer_update = lw_dense_update_of(dense, shards, step);
    return lw_weights_update(&dense->weights, shards.first, shards.count,
                             lw_tensor_gradients(layer, LW_DENSE_WEIGHT),
                             lw_tensor_gradients(layer, LW_DENSE_BIAS), &layer_update);
}

static lw_status update_fused(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                              const lw_operand *x, const lw_update *step)
{
    const lw_dense *dense = lw_dense_of(layer);
    const lw_layer_update layer_update = lw_dense_update_of(dense, shards, step);
    return lw_weights_backward_update(&dense->weights, shards.first, shards.count, pass->rows,
                                      x->floats, x->ld_floats, layer->dz.floats, layer->out,
                                      &layer_update);
}

/* ---- Reference and exports ---------------------------------------------------------------- */

void lw_dense_reference(const lw_layer *layer, const double *parameters, const double *x, double *z,
                        double *y)
{
    const double *w = parameters, *b = parameters + layer->in * layer->out;
    for (size_t j = 0; j < layer->out; j++)
        z[j] = b[j];
    for (size_t i = 0; i < layer->in; i++)
        for (size_t j = 0; j < layer->out; j++)
            z[j] += x[i] * w[i * layer->out + j];
    lw_activation_reference(layer->spec.activation, layer->out, z, y);
}

/* nn.Linear and, unless the layer is linear, its activation. */
size_t lw_dense_modules(const lw_layer *layer)
{
    return layer->spec.activation == LW_ACTIVATION_LINEAR ? 1 : 2;
}

static void print_c_function(lw_c_writer *c)
{
    lw_c_print(c,
               "/* y = x * w + b, with w in rows, one for each input. */\n"
               "static void %s_dense(size_t in, size_t out, const float *w, const float *b,\n"
               "    const float *x, float *y)\n"
               "{\n"
               "    for (size_t j = 0; j < out; j++)\n"
               "        y[j] = 0.0f;\n"
               "    for (size_t i = 0; i < in; i++)\n"
               "        for (size_t j = 0; j < out; j++)\n"
               "            y[j] += x[i] * w[i * out + j];\n"
               "    for (size_t j = 0; j < out; j++)\n"
               "        y[j] += b[j];\n"
               "}\n\n",
               c->name);
}

void lw_dense_write_c(const lw_layer *layer, lw_c_writer *c)
{
    const lw_tensor *w = &layer->tensors[LW_DENSE_WEIGHT], *b = &layer->tensors[LW_DENSE_BIAS];
    switch (c->part) {
    case LW_C_FUNCTIONS:
        if (lw_c_is_first(c, LW_C_DENSE))
            print_c_function(c);
        lw_activation_write_c(layer->spec.activation, c);
        break;
    case LW_C_TABLES:
        lw_c_print_table(c, "w", lw_tensor_count(w), c->flat + w->flat);
        lw_c_print_table(c, "b", lw_tensor_count(b), c->flat + b->flat);
        break;
    case LW_C_CALLS:
        lw_c_print(c, "    %s_dense(%zu, %zu, %s_w%zu, %s_b%zu, %s, %s);\n", c->name, layer->in,
                   layer->out, c->name, c->layer, c->name, c->layer, c->x, c->y);
        if (layer->spec.activation != LW_ACTIVATION_LINEAR)
            lw_c_print(c, "    %s_%s(%zu, %s);\n", c->name,
                       lw_activation_name(layer->spec.activation), layer->out, c->y);
        break;
    }
}

/* Weights are (out, in) with transB, as PyTorch exports them: OpenCV 4.6 reads every Gemm as if it
 * had transB. */
void lw_dense_write_onnx(const lw_layer *layer, lw_onnx_graph *graph)
{
    const int is_linear = layer->spec.activation == LW_ACTIVATION_LINEAR;
    lw_onnx_name weight, bias, product;
    lw_onnx_name_value(weight, graph->module, "weight");
    lw_onnx_name_value(bias, graph->module, "bias");
    lw_onnx_name_value(product, graph->module, "output");
    lw_onnx_add_tensor(graph, weight, &layer->tensors[LW_DENSE_WEIGHT]);
    lw_onnx_add_tensor(graph, bias, &layer->tensors[LW_DENSE_BIAS]);
    lw_message transposed = lw_onnx_integer("transB", 1);
    lw_onnx_add_node(graph, "Gemm", (const char *const[]){graph->x, weight, bias, NULL},
                     is_linear ? graph->y : product, &transposed);
    if (!is_linear)
        lw_activation_write_onnx(layer->spec.activation, graph, product);
}

const lw_layer_kind lw_dense_kind = {
    .name = "dense",
    .size = sizeof(lw_dense),
    .row_unit = 1,
    .check = lw_dense_check,
    .outputs = lw_dense_outputs,
    .describe = describe,
    .init = lw_dense_init,
    .workspace = workspace,
    .forward = lw_dense_forward,
    .derive = lw_dense_derive,
    .backward = backward,
    .epilogue = epilogue,
    .applies_epilogues = 1,
    .gradients = gradients,
    .update = update,
    .update_fused = update_fused,
    .reference = lw_dense_reference,
    .modules = lw_dense_modules,
    .write_c = lw_dense_write_c,
    .write_onnx = lw_dense_write_onnx,
    .flops = lw_dense_flops,
};
