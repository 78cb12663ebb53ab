#include "finite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PLACE_BYTES = 240 };

typedef char place_text[PLACE_BYTES];

int lw_are_finite(size_t n, const float *x)
{
    int finite = 1;
    for (size_t i = 0; i < n; i++)
        finite &= isfinite(x[i]) != 0;
    return finite;
}

/* The first of x that is not finite; n: all are. */
static size_t find(size_t n, const float *x)
{
    size_t i = 0;
    while (i < n && isfinite(x[i]))
        i++;
    return i;
}

/* "layer 1 (512 -> 256, relu): "; the length. */
static size_t begin_place(place_text place, const lw_net *net, size_t layer)
{
    const lw_layer *l = &net->layers[layer];
    return (size_t)snprintf(place, PLACE_BYTES, "layer %zu (%zu -> %zu, %s): ", layer, l->in,
                            l->spec.units, lw_activation_name(l->spec.activation));
}

/* Non-zero with the place if one of a layer's weights, row-major, or biases is not finite. */
static int find_in_layer(const lw_net *net, size_t layer, const char *of, const float *w,
                         const float *b, place_text place)
{
    const size_t in = net->layers[layer].in, out = net->layers[layer].spec.units;
    const size_t at = find(in * out, w), at_b = find(out, b);
    if (at == in * out && at_b == out)
        return 0;
    const size_t length = begin_place(place, net, layer);
    if (at < in * out)
        snprintf(place + length, PLACE_BYTES - length, "%sweight [%zu][%zu] is %g", of, at / out,
                 at % out, (double)w[at]);
    else
        snprintf(place + length, PLACE_BYTES - length, "%sbias [%zu] is %g", of, at_b,
                 (double)b[at_b]);
    return 1;
}

/* Non-zero with the place if a parameter is not finite. */
static int find_parameter(const lw_net *net, place_text place)
{
    if (lw_are_finite(net->padded_count, net->parameters))
        return 0;
    snprintf(place, PLACE_BYTES, "a parameter is not finite");
    int found = 0;
    for (size_t i = 0; i < net->layer_count && !found; i++) {
        const size_t weights = net->layers[i].in * net->layers[i].spec.units;
        float *room = calloc(weights + net->layers[i].spec.units, sizeof *room);
        if (!room)
            break;
        found = lw_net_get_layer(net, i, room, room + weights) == LW_OK &&
                find_in_layer(net, i, "", room, room + weights, place);
        free(room);
    }
    return 1;
}

lw_status lw_check_parameters(const lw_net *net, lw_status status, const char *begins_with)
{
    place_text place;
    return find_parameter(net, place) ? lw_fail(status, "%s%s", begins_with, place) : LW_OK;
}

/* One row on its way through the network. */
typedef struct row_buffers {
    float *y[2], *z;
} row_buffers;

static const float *row_of(const lw_net *net, const lw_batch *batch, size_t row)
{
    const size_t inputs = lw_net_inputs(net);
    return batch->gather ? batch->gather->data->x + batch->index[row] * inputs
                         : batch->x + row * inputs;
}

/* The first layer below most with an output, or what it is the activation of, that is not finite, and which; most: none. */
static size_t find_layer(const lw_net *net, const float *x, size_t most, const row_buffers *buffers,
                         size_t *output)
{
    for (size_t i = 0; i < most; i++) {
        const lw_layer *layer = &net->layers[i];
        const size_t out = layer->spec.units;
        float *y = buffers->y[i % 2];
        if (lw_layer_forward(layer, 1, x, buffers->z, y) != LW_OK)
            return most;
        *output = find(out, buffers->z);
        if (*output == out)
            *output = find(out, y);
        if (*output < out)
            return i;
        x = y;
    }
    return most;
}

static void find_output(const lw_net *net, const lw_batch *batch, const row_buffers *buffers,
                        place_text place)
{
    snprintf(place, PLACE_BYTES, "all parameters and outputs are finite");
    size_t layer = net->layer_count;
    for (size_t row = 0; row < batch->rows && layer > 0; row++) {
        size_t output = 0;
        const size_t found = find_layer(net, row_of(net, batch, row), layer, buffers, &output);
        if (found == layer)
            continue;
        layer = found;
        const size_t length = begin_place(place, net, layer);
        snprintf(place + length, PLACE_BYTES - length,
                 "output %zu is not finite for row %zu of the %s", output,
                 batch->gather ? batch->index[row] : row, batch->gather ? "data" : "batch");
    }
}

lw_status lw_fail_loss(const lw_net *net, const lw_batch *batch, const char *begins_with)
{
    place_text place;
    if (find_parameter(net, place))
        return lw_fail(LW_EDIVERGED, "%sthe loss is not finite: %s", begins_with, place);
    size_t widest = 1;
    for (size_t i = 0; i < net->layer_count; i++)
        if (net->layers[i].spec.units > widest)
            widest = net->layers[i].spec.units;
    float *room = calloc(widest, 3 * sizeof *room);
    if (!room)
        return lw_fail(LW_EDIVERGED, "%sthe loss is not finite", begins_with);
    const row_buffers buffers = {{room, room + widest}, room + 2 * widest};
    find_output(net, batch, &buffers, place);
    free(room);
    return lw_fail(LW_EDIVERGED, "%sthe loss is not finite: %s", begins_with, place);
}

lw_status lw_fail_gradients(const lw_net *net, const char *begins_with)
{
    place_text place;
    snprintf(place, sizeof(place_text), "a gradient is not finite");
    for (size_t i = 0; i < net->layer_count; i++)
        if (find_in_layer(net, i, "the gradient of ", net->layers[i].dw, net->layers[i].db, place))
            break;
    return lw_fail(LW_EDIVERGED, "%sthe norm of the gradients is not finite: %s", begins_with,
                   place);
}
