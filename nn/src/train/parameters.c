/* Views of parameters, moments and gradients: compact copies of the padded buffers, tensors
 * row-major. */
#include "parameters.h"

#include "base/message.h"

#include <string.h>

/* Where a tensor is in a view's buffer, and its layout there (NULL: row-major). */
typedef struct stored_tensor {
    float *values;
    const lw_weights *layout;
} stored_tensor;

static stored_tensor find_tensor(const lw_net *net, lw_view view, const lw_tensor *tensor)
{
    if (view == LW_VIEW_GRADIENTS)
        return (stored_tensor){net->gradients + tensor->gradient, NULL};
    float *buffer = net->parameters;
    if (view != LW_VIEW_PARAMETERS)
        buffer = view == LW_VIEW_VELOCITY ? net->optimizer.velocity : net->optimizer.variance;
    return (stored_tensor){buffer + tensor->offset, tensor->layout};
}

void lw_view_get_tensor(const lw_net *net, lw_view view, const lw_tensor *tensor, float *values)
{
    const stored_tensor stored = find_tensor(net, view, tensor);
    if (stored.layout)
        lw_weights_unpack(stored.layout, stored.values, values);
    else
        memcpy(values, stored.values, lw_tensor_count(tensor) * sizeof *values);
}

static void set_tensor(const lw_net *net, lw_view view, const lw_tensor *tensor,
                       const float *values)
{
    const stored_tensor stored = find_tensor(net, view, tensor);
    if (stored.layout)
        lw_weights_pack(stored.layout, values, stored.values);
    else
        memcpy(stored.values, values, lw_tensor_count(tensor) * sizeof *values);
}

void lw_view_get(const lw_net *net, lw_view view, float *flat)
{
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);)
        lw_view_get_tensor(net, view, at.tensor, flat + at.tensor->flat);
}

void lw_view_set(lw_net *net, lw_view view, const float *flat)
{
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);)
        set_tensor(net, view, at.tensor, flat + at.tensor->flat);
}

/* ---- Public functions --------------------------------------------------------------------- */

static lw_status check_flat(const lw_net *net, const float *flat)
{
    const lw_status status = lw_check_net(net);
    return status == LW_OK && !flat ? lw_fail(LW_EINVAL, "flat is NULL") : status;
}

static lw_status check_layer(const lw_net *net, size_t layer)
{
    const lw_status status = lw_check_net(net);
    if (status == LW_OK && layer >= net->layer_count)
        return lw_fail(LW_EINVAL, "layer %zu of a network of %zu", layer, net->layer_count);
    return status;
}

static lw_status check_gradients(const lw_net *net)
{
    return net->pass.gradients ? LW_OK : lw_fail(LW_ESTATE, "no backward pass yet");
}

lw_status lw_net_get_parameters(const lw_net *net, float *flat)
{
    const lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        lw_view_get(net, LW_VIEW_PARAMETERS, flat);
    return lw_fail_in("lw_net_get_parameters", status);
}

lw_status lw_net_set_parameters(lw_net *net, const float *flat)
{
    const lw_status status = check_flat(net, flat);
    if (status == LW_OK) {
        lw_view_set(net, LW_VIEW_PARAMETERS, flat);
        lw_parameters_changed(net);
    }
    return lw_fail_in("lw_net_set_parameters", status);
}

lw_status lw_net_get_gradients(const lw_net *net, float *flat)
{
    lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        status = check_gradients(net);
    if (status == LW_OK)
        lw_view_get(net, LW_VIEW_GRADIENTS, flat);
    return lw_fail_in("lw_net_get_gradients", status);
}

lw_status lw_net_set_gradients(lw_net *net, const float *flat)
{
    lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        status = lw_net_reserve_gradients(net);
    if (status == LW_OK) {
        lw_view_set(net, LW_VIEW_GRADIENTS, flat);
        net->pass.gradients = 1;
    }
    return lw_fail_in("lw_net_set_gradients", status);
}

/* Copies the matrix of a layer to w and its vector to b; either may be NULL. */
static void get_layer(const lw_net *net, lw_view view, size_t layer, float *w, float *b)
{
    const lw_layer *l = net->layers[layer];
    for (size_t i = 0; i < l->tensor_count; i++) {
        float *values = l->tensors[i].is_matrix ? w : b;
        if (values)
            lw_view_get_tensor(net, view, &l->tensors[i], values);
    }
}

lw_status lw_net_get_layer(const lw_net *net, size_t layer, float *w, float *b)
{
    const lw_status status = check_layer(net, layer);
    if (status == LW_OK)
        get_layer(net, LW_VIEW_PARAMETERS, layer, w, b);
    return lw_fail_in("lw_net_get_layer", status);
}

lw_status lw_net_get_layer_gradients(const lw_net *net, size_t layer, float *dw, float *db)
{
    lw_status status = check_layer(net, layer);
    if (status == LW_OK)
        status = check_gradients(net);
    if (status == LW_OK)
        get_layer(net, LW_VIEW_GRADIENTS, layer, dw, db);
    return lw_fail_in("lw_net_get_layer_gradients", status);
}

lw_status lw_net_set_layer(lw_net *net, size_t layer, const float *w, const float *b)
{
    const lw_status status = check_layer(net, layer);
    if (status != LW_OK)
        return lw_fail_in("lw_net_set_layer", status);
    const lw_layer *l = net->layers[layer];
    for (size_t i = 0; i < l->tensor_count; i++) {
        const float *values = l->tensors[i].is_matrix ? w : b;
        if (values)
            set_tensor(net, LW_VIEW_PARAMETERS, &l->tensors[i], values);
    }
    if (w || b)
        lw_parameters_changed(net);
    return LW_OK;
}
