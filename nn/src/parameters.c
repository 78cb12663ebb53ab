/* Views of parameters and gradients: compact copies of the padded buffers, with weights by rows. */
#include "net.h"

#include <string.h>

typedef enum view_kind { VIEW_PARAMETERS, VIEW_GRADIENTS } view_kind;

/* w or b NULL: left out. */
static void copy_layer_out(const lw_layer *layer, view_kind kind, float *w, float *b)
{
    if (w && kind == VIEW_PARAMETERS)
        lw_weights_restore(&layer->weights, layer->weights.w, w);
    else if (w)
        memcpy(w, layer->dw, layer->in * layer->spec.units * sizeof *w);
    if (b)
        memcpy(b, kind == VIEW_PARAMETERS ? layer->b : layer->db, layer->spec.units * sizeof *b);
}

static void copy_layer_in(const lw_layer *layer, view_kind kind, const float *w, const float *b)
{
    if (w && kind == VIEW_PARAMETERS)
        lw_weights_arrange(&layer->weights, w, layer->weights.w);
    else if (w)
        memcpy(layer->dw, w, layer->in * layer->spec.units * sizeof *w);
    if (b)
        memcpy(kind == VIEW_PARAMETERS ? layer->b : layer->db, b, layer->spec.units * sizeof *b);
}

static void copy_out(const lw_net *net, view_kind kind, float *flat)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = &net->layers[i];
        float *b = flat + layer->in * layer->spec.units;
        copy_layer_out(layer, kind, flat, b);
        flat = b + layer->spec.units;
    }
}

static void copy_in(lw_net *net, view_kind kind, const float *flat)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = &net->layers[i];
        const float *b = flat + layer->in * layer->spec.units;
        copy_layer_in(layer, kind, flat, b);
        flat = b + layer->spec.units;
    }
}

static lw_status check_flat(const lw_net *net, const float *flat)
{
    if (!net || !flat)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "flat" : "net");
    return LW_OK;
}

static lw_status check_layer(const lw_net *net, size_t layer)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    if (layer >= net->layer_count)
        return lw_fail(LW_EINVAL, "layer %zu of a network of %zu", layer, net->layer_count);
    return LW_OK;
}

static lw_status check_gradients(const lw_net *net)
{
    return net->pass.gradients ? LW_OK : lw_fail(LW_ESTATE, "no backward pass yet");
}

lw_status lw_net_get_parameters(const lw_net *net, float *flat)
{
    const lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        copy_out(net, VIEW_PARAMETERS, flat);
    return status;
}

lw_status lw_net_set_parameters(lw_net *net, const float *flat)
{
    const lw_status status = check_flat(net, flat);
    if (status != LW_OK)
        return status;
    copy_in(net, VIEW_PARAMETERS, flat);
    lw_parameters_changed(net);
    return LW_OK;
}

lw_status lw_net_get_gradients(const lw_net *net, float *flat)
{
    lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        status = check_gradients(net);
    if (status == LW_OK)
        copy_out(net, VIEW_GRADIENTS, flat);
    return status;
}

lw_status lw_net_set_gradients(lw_net *net, const float *flat)
{
    lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        status = lw_net_reserve_gradients(net);
    if (status != LW_OK)
        return status;
    copy_in(net, VIEW_GRADIENTS, flat);
    net->pass.gradients = 1;
    return LW_OK;
}

lw_status lw_net_get_layer(const lw_net *net, size_t layer, float *w, float *b)
{
    const lw_status status = check_layer(net, layer);
    if (status == LW_OK)
        copy_layer_out(&net->layers[layer], VIEW_PARAMETERS, w, b);
    return status;
}

lw_status lw_net_get_layer_gradients(const lw_net *net, size_t layer, float *dw, float *db)
{
    lw_status status = check_layer(net, layer);
    if (status == LW_OK)
        status = check_gradients(net);
    if (status == LW_OK)
        copy_layer_out(&net->layers[layer], VIEW_GRADIENTS, dw, db);
    return status;
}

lw_status lw_net_set_layer(lw_net *net, size_t layer, const float *w, const float *b)
{
    const lw_status status = check_layer(net, layer);
    if (status != LW_OK)
        return status;
    copy_layer_in(&net->layers[layer], VIEW_PARAMETERS, w, b);
    if (w || b)
        lw_parameters_changed(net);
    return LW_OK;
}
