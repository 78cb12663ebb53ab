/* Views of parameters, moments and gradients: compact copies of the padded buffers, with weights by rows. */
#include "net.h"

#include <string.h>

/* What of a view belongs to a layer. */
typedef struct layer_part {
    const lw_layer *layer;
    int by_rows; /* W lies row-major; otherwise as weights do */
    float *w, *b;
} layer_part;

static layer_part part_of(const lw_net *net, const lw_layer *layer, lw_view view)
{
    if (view == LW_VIEW_GRADIENTS)
        return (layer_part){layer, 1, layer->dw, layer->db};
    float *buffer = net->parameters;
    if (view != LW_VIEW_PARAMETERS)
        buffer = view == LW_VIEW_VELOCITY ? net->optimizer.velocity : net->optimizer.variance;
    return (layer_part){layer, 0, buffer + (layer->weights.w - net->parameters),
                        buffer + (layer->b - net->parameters)};
}

/* w or b NULL: left out. */
static void copy_layer_out(layer_part part, float *w, float *b)
{
    const lw_layer *layer = part.layer;
    if (w && part.by_rows)
        memcpy(w, part.w, layer->in * layer->spec.units * sizeof *w);
    else if (w)
        lw_weights_restore(&layer->weights, part.w, w);
    if (b)
        memcpy(b, part.b, layer->spec.units * sizeof *b);
}

static void copy_layer_in(layer_part part, const float *w, const float *b)
{
    const lw_layer *layer = part.layer;
    if (w && part.by_rows)
        memcpy(part.w, w, layer->in * layer->spec.units * sizeof *w);
    else if (w)
        lw_weights_arrange(&layer->weights, w, part.w);
    if (b)
        memcpy(part.b, b, layer->spec.units * sizeof *b);
}

void lw_view_get(const lw_net *net, lw_view view, float *flat)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = &net->layers[i];
        float *b = flat + layer->in * layer->spec.units;
        copy_layer_out(part_of(net, layer, view), flat, b);
        flat = b + layer->spec.units;
    }
}

void lw_view_set(lw_net *net, lw_view view, const float *flat)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = &net->layers[i];
        const float *b = flat + layer->in * layer->spec.units;
        copy_layer_in(part_of(net, layer, view), flat, b);
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
        lw_view_get(net, LW_VIEW_PARAMETERS, flat);
    return status;
}

lw_status lw_net_set_parameters(lw_net *net, const float *flat)
{
    const lw_status status = check_flat(net, flat);
    if (status != LW_OK)
        return status;
    lw_view_set(net, LW_VIEW_PARAMETERS, flat);
    lw_parameters_changed(net);
    return LW_OK;
}

lw_status lw_net_get_gradients(const lw_net *net, float *flat)
{
    lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        status = check_gradients(net);
    if (status == LW_OK)
        lw_view_get(net, LW_VIEW_GRADIENTS, flat);
    return status;
}

lw_status lw_net_set_gradients(lw_net *net, const float *flat)
{
    lw_status status = check_flat(net, flat);
    if (status == LW_OK)
        status = lw_net_reserve_gradients(net);
    if (status != LW_OK)
        return status;
    lw_view_set(net, LW_VIEW_GRADIENTS, flat);
    net->pass.gradients = 1;
    return LW_OK;
}

lw_status lw_net_get_layer(const lw_net *net, size_t layer, float *w, float *b)
{
    const lw_status status = check_layer(net, layer);
    if (status == LW_OK)
        copy_layer_out(part_of(net, &net->layers[layer], LW_VIEW_PARAMETERS), w, b);
    return status;
}

lw_status lw_net_get_layer_gradients(const lw_net *net, size_t layer, float *dw, float *db)
{
    lw_status status = check_layer(net, layer);
    if (status == LW_OK)
        status = check_gradients(net);
    if (status == LW_OK)
        copy_layer_out(part_of(net, &net->layers[layer], LW_VIEW_GRADIENTS), dw, db);
    return status;
}

lw_status lw_net_set_layer(lw_net *net, size_t layer, const float *w, const float *b)
{
    const lw_status status = check_layer(net, layer);
    if (status != LW_OK)
        return status;
    copy_layer_in(part_of(net, &net->layers[layer], LW_VIEW_PARAMETERS), w, b);
    if (w || b)
        lw_parameters_changed(net);
    return LW_OK;
}
