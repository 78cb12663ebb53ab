#include "net.h"

#include "layers/init.h"
#include "layers/mixed.h"
#include "narrow_step.h"
#include "optimizer.h"
#include <stdlib.h>
#include <string.h>

int lw_multiply_overflows(size_t a, size_t b, size_t *product)
{
    *product = a * b;
    return b != 0 && a > SIZE_MAX / b;
}

/* count rounded up to whole sections. */
static size_t padded(size_t count)
{
    return (count + LW_SECTION - 1) / LW_SECTION * LW_SECTION;
}

static lw_status check_architecture(size_t inputs, const lw_layer_spec *layers, size_t layer_count)
{
    if (layer_count > (PTRDIFF_MAX - sizeof(lw_net)) / sizeof(lw_layer))
        return lw_fail(LW_EINVAL, "%zu layers overflow the address space", layer_count);
    if (inputs == 0)
        return lw_fail(LW_EINVAL, "a network needs at least one input");
    if (!layers || layer_count == 0)
        return lw_fail(LW_EINVAL, "a network needs at least one layer");
    for (size_t i = 0; i < layer_count; i++) {
        const lw_layer_spec *spec = &layers[i];
        if (spec->units == 0)
            return lw_fail(LW_EINVAL, "layer %zu has no units", i);
        if (spec->activation < LW_LINEAR || spec->activation > LW_SOFTMAX)
            return lw_fail(LW_EINVAL, "layer %zu: unknown activation %d", i, (int)spec->activation);
        if (spec->activation == LW_SOFTMAX && i + 1 < layer_count)
            return lw_fail(LW_EINVAL, "layer %zu: softmax is for the last layer only", i);
        if (spec->activation == LW_SOFTMAX && spec->units == 1)
            return lw_fail(LW_EINVAL,
                           "layer %zu: softmax needs at least two units; use sigmoid for one", i);
        if (spec->init < LW_INIT_DEFAULT || spec->init > LW_INIT_HE)
            return lw_fail(LW_EINVAL, "layer %zu: unknown initialisation %d", i, (int)spec->init);
        if (!(spec->init_scale >= 0.0f && spec->init_scale <= 3.4e38f))
            return lw_fail(LW_EINVAL, "layer %zu: init_scale %g is not a finite scale", i,
                           (double)spec->init_scale);
    }
    return LW_OK;
}

/* Adds a section of rows x cols to *total. */
static int add_section_overflows(size_t rows, size_t cols, size_t *total)
{
    size_t count;
    const size_t most = PTRDIFF_MAX / sizeof(float);
    if (lw_multiply_overflows(rows, cols, &count) || count > most || padded(count) > most - *total)
        return 1;
    *total += padded(count);
    return 0;
}

static lw_status allocate_parameters(lw_net *net)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = &net->layers[i];
        const size_t in = layer->in, out = layer->spec.units;
        if (add_section_overflows(in, out, &net->gradient_count) ||
            add_section_overflows(1, out, &net->gradient_count))
            return lw_fail(LW_EINVAL, "layer %zu: %zu x %zu weights overflow", i, in, out);
        net->parameter_count += (in + 1) * out;
        if (add_section_overflows(lw_weights_floats(&layer->weights), 1, &net->padded_count) ||
            add_section_overflows(1, out, &net->padded_count))
            return lw_fail(LW_EINVAL, "layer %zu: %zu x %zu weights overflow", i, in, out);
    }
    net->parameters = lw_alloc_floats(net->padded_count);
    if (!net->parameters)
        return lw_fail(LW_ENOMEM, "no memory for %zu parameters", net->parameter_count);
    size_t at = 0;
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = &net->layers[i];
        layer->weights.w = net->parameters + at;
        at += padded(lw_weights_floats(&layer->weights));
        layer->b = net->parameters + at;
        at += padded(layer->spec.units);
    }
    return LW_OK;
}

lw_status lw_net_reserve_gradients(lw_net *net)
{
    if (net->gradients)
        return LW_OK;
    net->gradients = lw_alloc_floats(net->gradient_count);
    if (!net->gradients)
        return lw_fail(LW_ENOMEM, "no memory for %zu gradients", net->parameter_count);
    float *at = net->gradients;
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = &net->layers[i];
        layer->dw = at;
        layer->db = at + padded(layer->in * layer->spec.units);
        at = layer->db + padded(layer->spec.units);
    }
    return LW_OK;
}

/* A checked architecture without parameters. */
static lw_status build(lw_net **net, size_t inputs, const lw_layer_spec *specs, size_t layer_count,
                       lw_precision precision)
{
    lw_net *built = calloc(1, sizeof *built + layer_count * sizeof *built->layers);
    if (!built)
        return lw_fail(LW_ENOMEM, "no memory for %zu layers", layer_count);
    built->layer_count = layer_count;
    for (size_t i = 0; i < layer_count; i++) {
        lw_layer *layer = &built->layers[i];
        layer->spec = specs[i];
        layer->in = i == 0 ? inputs : specs[i - 1].units;
        layer->weights = precision == LW_BF16 ? lw_bf16_weights_of(layer->in, layer->spec.units)
                                              : lw_weights_of(layer->in, layer->spec.units);
    }
    lw_status status = precision == LW_BF16 ? LW_OK : lw_narrow_create(built);
    if (status == LW_OK)
        status = allocate_parameters(built);
    if (status == LW_OK && precision == LW_BF16)
        status = lw_mixed_create(built);
    if (status == LW_OK)
        *net = built;
    else
        lw_net_destroy(built);
    return status;
}

lw_status lw_net_create(lw_net **net, size_t inputs, const lw_layer_spec *layers,
                        size_t layer_count, uint64_t seed)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_create: net is NULL");
    lw_status status = check_architecture(inputs, layers, layer_count);
    if (status != LW_OK)
        return status;
    lw_net *created;
    status = build(&created, inputs, layers, layer_count, LW_FP32);
    if (status != LW_OK)
        return status;
    lw_draw_parameters(created, seed);
    *net = created;
    return LW_OK;
}

void lw_net_destroy(lw_net *net)
{
    if (!net)
        return;
    free(net->parameters);
    free(net->gradients);
    free(net->workspace);
    lw_narrow_destroy(net);
    lw_mixed_destroy(net);
    lw_optimizer_forget(net);
    free(net->rank_state);
    free(net);
}

void lw_parameters_changed(lw_net *net)
{
    lw_forget_forward(net);
    if (net->mixed)
        net->mixed->stale = 1;
}

/* Two networks of as many layers. */
static void exchange(lw_net *a, lw_net *b)
{
    const lw_net kept = *a;
    *a = *b;
    *b = kept;
    for (size_t i = 0; i < a->layer_count; i++) {
        const lw_layer layer = a->layers[i];
        a->layers[i] = b->layers[i];
        b->layers[i] = layer;
    }
}

lw_status lw_net_set_precision(lw_net *net, lw_precision precision)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_set_precision: net is NULL");
    if (precision != LW_FP32 && precision != LW_BF16)
        return lw_fail(LW_EINVAL, "unknown precision %d", (int)precision);
    if (precision == lw_net_precision(net))
        return LW_OK;
    /* Weights lie otherwise: a network of that kind takes the parameters over, and then the place of this one. */
    lw_net *other = NULL;
    float *flat = lw_alloc_floats(net->parameter_count);
    lw_layer_spec *specs = calloc(net->layer_count, sizeof *specs);
    lw_status status = LW_OK;
    if (!flat || !specs)
        status = lw_fail(LW_ENOMEM, "no memory for %zu parameters", net->parameter_count);
    for (size_t i = 0; i < net->layer_count && status == LW_OK; i++)
        specs[i] = net->layers[i].spec;
    if (status == LW_OK)
        status = build(&other, lw_net_inputs(net), specs, net->layer_count, precision);
    if (status == LW_OK)
        status = lw_net_get_parameters(net, flat);
    if (status == LW_OK)
        status = lw_net_set_parameters(other, flat);
    free(flat);
    free(specs);
    if (status != LW_OK) {
        lw_net_destroy(other);
        return status;
    }
    other->random = net->random;
    other->seed = net->seed;
    other->threads = net->threads;
    other->rank_state = net->rank_state;
    net->rank_state = NULL;
    exchange(net, other);
    lw_net_destroy(other);
    return LW_OK;
}

lw_precision lw_net_precision(const lw_net *net)
{
    return net && net->mixed ? LW_BF16 : LW_FP32;
}

lw_status lw_net_initialize(lw_net *net, uint64_t seed)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_initialize: net is NULL");
    lw_draw_parameters(net, seed);
    lw_optimizer_forget(net);
    lw_parameters_changed(net);
    net->pass = (lw_pass){0};
    return LW_OK;
}

uint64_t lw_net_seed(const lw_net *net)
{
    return net ? net->seed : 0;
}

size_t lw_net_inputs(const lw_net *net)
{
    return net ? net->layers[0].in : 0;
}

size_t lw_net_outputs(const lw_net *net)
{
    return net ? lw_last_layer(net)->spec.units : 0;
}

size_t lw_net_layer_count(const lw_net *net)
{
    return net ? net->layer_count : 0;
}

size_t lw_net_parameter_count(const lw_net *net)
{
    return net ? net->parameter_count : 0;
}

lw_status lw_net_layer_info(const lw_net *net, size_t layer, lw_layer_info *info)
{
    if (!net || !info)
        return lw_fail(LW_EINVAL, "lw_net_layer_info: %s is NULL", net ? "info" : "net");
    if (layer >= net->layer_count)
        return lw_fail(LW_EINVAL, "layer %zu of a network of %zu", layer, net->layer_count);
    const lw_layer *l = &net->layers[layer];
    *info = (lw_layer_info){l->in, l->spec.units, l->spec.activation};
    return LW_OK;
}

size_t lw_net_memory(const lw_net *net)
{
    if (!net)
        return 0;
    const lw_optimizer_state *state = &net->optimizer;
    const size_t moments = state->variance ? 2 : state->velocity ? 1 : 0;
    size_t floats = (1 + moments) * net->padded_count + net->workspace_count;
    if (net->gradients)
        floats += net->gradient_count;
    if (net->mixed)
        floats += net->mixed->weights_count + net->mixed->workspace_count;
    if (net->narrow)
        floats += net->narrow->room.count + sizeof *net->narrow / sizeof(float);
    return floats * sizeof(float) + sizeof *net + net->layer_count * sizeof *net->layers;
}

void lw_net_set_threads(lw_net *net, unsigned threads)
{
    if (net)
        net->threads = threads;
}

static int keeps_z(const lw_net *net, const lw_layer *layer)
{
    const lw_activation activation = layer->spec.activation;
    if (net->mixed) /* whose products leave it in floats */
        return 1;
    /* Cross-entropies start from the logits. */
    const int logits = activation == LW_SOFTMAX || activation == LW_SIGMOID;
    return (logits && layer == lw_last_layer(net)) ||
           (activation != LW_SOFTMAX && lw_activation_saves_input(activation));
}

/* The next rows x cols floats of memory, or NULL while memory is NULL and only *total counts. */
static float *take_section(float *memory, size_t rows, size_t cols, size_t *total, int *overflow)
{
    float *section = memory ? memory + *total : NULL;
    *overflow |= add_section_overflows(rows, cols, total);
    return section;
}

/* Lays the workspace of so many rows out in memory and points the layers to it; with memory NULL, only measures it:
 * *total floats. Returns non-zero if that overflows. */
static int lay_out_workspace(lw_net *net, size_t rows, float *memory, size_t *total)
{
    int overflow = 0;
    *total = 0;
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = &net->layers[i];
        const size_t units = layer->spec.units;
        if (net->mixed && layer != lw_last_layer(net))
            continue;
        float *z = keeps_z(net, layer) ? take_section(memory, rows, units, total, &overflow) : NULL;
        float *y = take_section(memory, rows, units, total, &overflow);
        float *dz = take_section(memory, rows, units, total, &overflow);
        if (memory) {
            layer->z = z;
            layer->y = y;
            layer->dz = dz;
        }
    }
    float *row_loss = take_section(memory, rows, 1, total, &overflow);
    float *targets = take_section(memory, rows, lw_net_outputs(net), total, &overflow);
    if (memory) {
        net->row_loss = row_loss;
        net->targets = targets;
    }
    return overflow;
}

lw_status lw_net_reserve(lw_net *net, size_t rows)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_reserve: net is NULL");
    const lw_status status = lw_check_rows("a batch", rows, lw_net_inputs(net));
    if (status != LW_OK)
        return status;
    return net->narrow ? lw_narrow_reserve(net, rows) : lw_net_reserve_workspace(net, rows);
}

lw_status lw_net_reserve_workspace(lw_net *net, size_t rows)
{
    if (rows <= net->workspace_rows)
        return LW_OK;
    size_t total;
    if (lay_out_workspace(net, rows, NULL, &total))
        return lw_fail(LW_EINVAL, "a batch of %zu rows overflows", rows);
    float *memory = lw_alloc_floats(total);
    if (!memory)
        return lw_fail(LW_ENOMEM, "no memory for a batch of %zu rows (%zu floats)", rows, total);
    const lw_status status = net->mixed ? lw_mixed_reserve(net, rows) : LW_OK;
    if (status != LW_OK) {
        free(memory);
        return status;
    }
    free(net->workspace);
    net->workspace = memory;
    net->workspace_rows = rows;
    net->workspace_count = total;
    lay_out_workspace(net, rows, memory, &total);
    lw_forget_forward(net);
    return LW_OK;
}
