/* The forward pass through the layers of a network. */
#include "forward.h"

static lw_operand input_of(const lw_forward *forward, const lw_layer *layer)
{
    if (layer->input == LW_NET_INPUT)
        return forward->x;
    if (!forward->slots[0].floats)
        return lw_operand_from(&forward->net->layers[layer->input]->y, forward->rows.first);
    lw_operand x = lw_operand_from(&forward->slots[layer->input % 2], 0);
    x.ld_floats = layer->in;
    return x;
}

static lw_matrix output_of(const lw_forward *forward, size_t i)
{
    const lw_layer *layer = forward->net->layers[i];
    if (!forward->slots[0].floats)
        return lw_matrix_from(&layer->y, forward->rows.first);
    lw_matrix y = forward->slots[i % 2];
    y.ld_floats = layer->out;
    if (layer->is_output && forward->y)
        y.floats = forward->y;
    return y;
}

lw_status lw_forward_layer(const lw_forward *forward, size_t i, float *z)
{
    const lw_layer *layer = forward->net->layers[i];
    const lw_operand x = input_of(forward, layer);
    const lw_matrix y = output_of(forward, i);
    lw_pass pass = forward->pass;
    pass.z = z;
    if (layer->is_output && forward->only_logits)
        return layer->kind->forward(layer, &pass, forward->rows, &x, NULL);
    const lw_status status = layer->kind->forward(layer, &pass, forward->rows, &x, &y);
    return status == LW_OK && lw_matrix_is_rounded(&y)
               ? lw_matrix_round(&y, forward->rows.count, layer->out)
               : status;
}

lw_status lw_forward_run(const lw_forward *forward)
{
    const size_t last = forward->net->layer_count - 1;
    lw_status status = LW_OK;
    for (size_t i = 0; i <= last && status == LW_OK; i++)
        status = lw_forward_layer(forward, i, i == last ? forward->z : NULL);
    return status;
}
