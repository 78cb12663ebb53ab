/*
 * Dense layers in mixed precision. Training multiplies bf16 matrices, with packed bf16 copies of
 * the weights; master weights, biases and moments are float32. Predictions run in float32.
 *
 * Between two bf16 layers, activations and gradients exist in bf16 only, written by the epilogues
 * of the products. If a layer has a float32 reader or is the last one, its z, y and dz are float32
 * and rounded afterwards.
 */
#include "dense_bf16.h"
#include "dense.h"

#include "activation.h"

typedef struct dense_bf16 {
    lw_dense dense;
    lw_bf16 *forward;  /* packed copy of W for the forward pass */
    lw_bf16 *backward; /* packed copy for the backward pass; NULL: no gradient at the inputs */
    lw_matrix z;       /* workspace: rows of bf16 if the derivative reads z and y is bf16 only */
} dense_bf16;

static const dense_bf16 *bf16_of(const lw_layer *layer)
{
    return (const dense_bf16 *)layer;
}

static void describe(lw_layer *layer)
{
    lw_dense_describe((lw_dense *)layer, lw_bf16_weights_of(layer->in, layer->out));
    layer->shard_unit = LW_BF16_PANEL;
}

static void storage(lw_layer *layer, lw_arena *arena)
{
    dense_bf16 *bf16 = (dense_bf16 *)layer;
    const int has_backward = layer->input != LW_NET_INPUT || layer->wants_input_gradient;
    bf16->forward = lw_arena_bf16(arena, 1, lw_bf16_packed_size(layer->in, layer->out));
    bf16->backward =
        has_backward ? lw_arena_bf16(arena, 1, lw_bf16_packed_size(layer->out, layer->in)) : NULL;
}

static void workspace(lw_layer *layer, lw_arena *arena, size_t rows)
{
    dense_bf16 *bf16 = (dense_bf16 *)layer;
    layer->z = NULL;
    layer->y = layer->dz = bf16->z = (lw_matrix){0};
    if (layer->has_float_reader) {
        layer->z = lw_arena_floats(arena, rows, layer->out);
        lw_matrix_place_floats(&layer->y, arena, rows, layer->out);
        lw_matrix_place_floats(&layer->dz, arena, rows, layer->out);
    } else if (lw_activation_derives_from_z(layer->spec.activation)) {
        lw_matrix_place_bf16(&bf16->z, arena, rows, layer->out, 0);
    }
    if (layer->has_bf16_reader)
        lw_matrix_place_bf16(&layer->y, arena, rows, layer->out, 1);
    lw_matrix_place_bf16(&layer->dz, arena, rows, layer->out, 1);
}

static lw_status prepare(const lw_layer *layer, lw_span shards)
{
    const dense_bf16 *bf16 = bf16_of(layer);
    return lw_bf16_weights_pack(&bf16->dense.weights, shards.first, shards.count, bf16->forward,
                                bf16->backward);
}

static lw_status product(const lw_layer *layer, lw_span rows, const lw_operand *x,
                         lw_activation activation, const lw_matrix *z, const lw_matrix *y)
{
    return lw_bf16_linear_forward(rows.count, layer->in, layer->out, x->rows, x->ld,
                                  bf16_of(layer)->forward, lw_tensor_values(layer, LW_DENSE_BIAS),
                                  activation, z->rows, z->ld, y);
}

static lw_status forward(const lw_layer *layer, const lw_pass *pass, lw_span rows,
                         const lw_operand *x, const lw_matrix *y)
{
    static const lw_matrix none = {0};
    const dense_bf16 *bf16 = bf16_of(layer);
    const lw_activation activation = layer->spec.activation;
    if (!pass->training)
        return lw_dense_forward(layer, pass, rows, x, y);
    if (y && !y->floats) {
        const lw_matrix z = lw_matrix_from(&bf16->z, rows.first);
        return product(layer, rows, x, activation, &z, y);
    }
    float *z = pass->z ? pass->z : layer->z + rows.first * layer->out;
    const lw_matrix logits = {.floats = z, .ld_floats = layer->out};
    const lw_status status = product(layer, rows, x, LW_ACTIVATION_LINEAR, &none, &logits);
    return status == LW_OK && y
               ? lw_activation_forward(activation, rows.count, layer->out, z, y->floats)
               : status;
}

static lw_epilogue epilogue(const lw_layer *layer, size_t first_row)
{
    const dense_bf16 *bf16 = bf16_of(layer);
    return (lw_epilogue){layer->spec.activation,
                         lw_operand_from(bf16->z.rows ? &bf16->z : &layer->y, first_row)};
}

static lw_status backward(const lw_layer *layer, lw_span rows, const lw_epilogue *below,
                          const lw_matrix *dx)
{
    const lw_operand dz = lw_operand_from(&layer->dz, rows.first);
    return lw_bf16_linear_backward_input(rows.count, layer->in, layer->out, dz.rows, dz.ld,
                                         bf16_of(layer)->backward, below->activation,
                                         below->saved.rows, below->saved.ld, dx);
}

static lw_status gradients(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                           const lw_operand *x)
{
    const size_t out = layer->out;
    float *dw = lw_tensor_gradients(layer, LW_DENSE_WEIGHT) + shards.first * out;
    return lw_bf16_linear_backward_weights(
        pass->rows, shards.count, out, x->vnni2 + 2 * shards.first, x->ld_vnni2, layer->dz.vnni2,
        layer->dz.ld_vnni2, 0.0f, dw, out, lw_dense_bias_gradient(layer, shards));
}

static lw_status update(const lw_layer *layer, lw_span shards, const lw_update *step)
{
    const lw_dense *dense = lw_dense_of(layer);
    const lw_layer_update layer_update = lw_dense_update_of(dense, shards, step);
    const lw_status status = lw_weights_update(
        &dense->weights, shards.first, shards.count, lw_tensor_gradients(layer, LW_DENSE_WEIGHT),
        lw_tensor_gradients(layer, LW_DENSE_BIAS), &layer_update);
    return status == LW_OK ? prepare(layer, shards) : status;
}

static lw_status update_fused(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                              const lw_operand *x, const lw_update *step)
{
    const dense_bf16 *bf16 = bf16_of(layer);
    const lw_layer_update layer_update = lw_dense_update_of(&bf16->dense, shards, step);
    return lw_bf16_weights_update(&bf16->dense.weights, shards.first, shards.count, pass->rows,
                                  x->vnni2, x->ld_vnni2, layer->dz.vnni2, layer->dz.ld_vnni2,
                                  &layer_update, bf16->forward, bf16->backward);
}

const lw_layer_kind lw_dense_bf16_kind = {
    .name = "dense_bf16",
    .size = sizeof(dense_bf16),
    .is_bf16 = 1,
    .row_unit = 2, /* VNNI-2 layout interleaves pairs of rows */
    .check = lw_dense_check,
    .outputs = lw_dense_outputs,
    .describe = describe,
    .init = lw_dense_init,
    .storage = storage,
    .workspace = workspace,
    .prepare = prepare,
    .forward = forward,
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
