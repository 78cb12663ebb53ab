/* Creation of a network, its precision, and its end. What a network is, is decided here and nowhere
 * else: the kinds of its layers, and the program that takes its steps. */
#include "create.h"

#include "base/message.h"
#include "layers/kinds.h"
#include "optimizer.h"
#include "small_net.h"
#include "step.h"

#include <stdlib.h>

/* ---- Layers ------------------------------------------------------------------------------- */

lw_status lw_check_layers(const lw_layer_spec *layers, size_t layer_count)
{
    if (layer_count > (PTRDIFF_MAX - sizeof(lw_net)) / sizeof(lw_layer))
        return lw_fail(LW_EINVAL, "%zu layers overflow the address space", layer_count);
    lw_status status = LW_OK;
    for (size_t i = 0; i < layer_count && status == LW_OK; i++) {
        const lw_layer_kind *kind = lw_layer_kind_of(&layers[i], LW_PRECISION_FP32);
        status = kind ? kind->check(&layers[i], i, i + 1 == layer_count)
                      : lw_fail(LW_EINVAL, "layer %zu is of an unknown kind", i);
    }
    return status;
}

/* Room for a kind's struct. */
static size_t struct_bytes(const lw_layer_kind *kind)
{
    return (kind->size + LW_ALIGNMENT - 1) / LW_ALIGNMENT * LW_ALIGNMENT;
}

/* Zeroed layers, each of its kind, behind the pointers to them. */
static lw_status allocate_layers(lw_net *net, const lw_layer_spec *specs)
{
    if (net->layer_count == 0)
        return LW_OK;
    const size_t pointers =
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
        (net->layer_count * sizeof *net->layers + LW_ALIGNMENT - 1) / LW_ALIGNMENT * LW_ALIGNMENT;
    size_t bytes = pointers;
    for (size_t i = 0; i < net->layer_count; i++)
        bytes += struct_bytes(lw_layer_kind_of(&specs[i], net->precision));
    net->layers = calloc(1, bytes);
    if (!net->layers)
        return lw_fail(LW_ENOMEM, "no memory for %zu layers", net->layer_count);
    char *at = (char *)net->layers + pointers;
    for (size_t i = 0; i < net->layer_count; i++) {
        net->layers[i] = (lw_layer *)(void *)at;
        net->layers[i]->kind = lw_layer_kind_of(&specs[i], net->precision);
        at += struct_bytes(net->layers[i]->kind);
    }
    return LW_OK;
}

/* A chain of layers, described. */
static void describe_layers(lw_net *net, const lw_layer_spec *specs)
{
    net->row_unit = 1;
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = net->layers[i];
        layer->spec = specs[i];
        layer->input = i == 0 ? LW_NET_INPUT : i - 1;
        layer->in = i == 0 ? net->inputs : net->layers[i - 1]->out;
        layer->out = layer->kind->outputs(&specs[i], layer->in);
        layer->is_output = i + 1 == net->layer_count;
        layer->kind->describe(layer);
        net->row_flops += layer->kind->flops(layer);
        net->needs_gradients |= !layer->kind->update_fused;
        if (layer->kind->row_unit > net->row_unit)
            net->row_unit = layer->kind->row_unit;
    }
}

/* Records which kinds of layers read the outputs of each layer. */
static void link_layers(lw_net *net)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = net->layers[i];
        const int reads_bf16 = layer->kind->is_bf16;
        layer->has_float_reader |= layer->is_output;
        if (layer->input == LW_NET_INPUT) {
            net->has_bf16_reader |= reads_bf16;
            net->has_float_reader |= !reads_bf16;
            continue;
        }
        lw_layer *below = net->layers[layer->input];
        below->has_bf16_reader |= reads_bf16;
        below->has_float_reader |= !reads_bf16;
        below->reader_derives = below->kind->epilogue && layer->kind->applies_epilogues &&
                                below->kind->is_bf16 == reads_bf16;
    }
}

/* ---- Parameters --------------------------------------------------------------------------- */

/* Adds a section of some floats to *total. */
static int section_overflows(size_t count, size_t *total)
{
    const size_t max = PTRDIFF_MAX / sizeof(float);
    if (count > max - LW_SECTION || lw_section_floats(count) > max - *total)
        return 1;
    *total += lw_section_floats(count);
    return 0;
}

/* Gives every tensor its places. */
static lw_status place_tensors(lw_net *net)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = net->layers[i];
        for (size_t k = 0; k < layer->tensor_count; k++) {
            lw_tensor *tensor = &layer->tensors[k];
            size_t count;
            tensor->offset = net->padded_count;
            tensor->gradient = net->gradient_count;
            tensor->flat = net->parameter_count;
            if (__builtin_mul_overflow(tensor->rows, tensor->cols, &count) ||
                section_overflows(count, &net->gradient_count) ||
                section_overflows(tensor->layout ? lw_weights_floats(tensor->layout) : count,
                                  &net->padded_count))
                return lw_fail(LW_EINVAL, "layer %zu: %zu x %zu weights overflow", i, layer->in,
                               layer->out);
            net->parameter_count += count;
        }
    }
    return LW_OK;
}

static lw_status allocate_parameters(lw_net *net)
{
    if (net->layer_count == 0)
        return LW_OK;
    net->parameters = lw_alloc_floats(net->padded_count);
    if (!net->parameters)
        return lw_fail(LW_ENOMEM, "no memory for %zu parameters", net->parameter_count);
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = net->layers[i];
        layer->parameters = net->parameters;
        for (size_t k = 0; k < layer->tensor_count; k++)
            if (layer->tensors[k].layout)
                layer->tensors[k].layout->w = net->parameters + layer->tensors[k].offset;
    }
    return LW_OK;
}

static void draw_parameters(lw_net *net, uint64_t seed)
{
    net->seed = seed;
    net->random.state = seed;
    for (size_t i = 0; i < net->layer_count; i++)
        net->layers[i]->kind->init(net->layers[i], &net->random);
}

/* ---- Networks ----------------------------------------------------------------------------- */

void lw_choose_program(lw_net *net)
{
    net->program =
        net->small_net && !lw_is_distributed(net) ? &lw_small_net_program : &lw_layer_program;
}

int lw_is_distributed(const lw_net *net)
{
    return net->exchange != &lw_local_exchange;
}

lw_status lw_net_outline(lw_net **net, const lw_architecture *of)
{
    lw_net *outline = calloc(1, sizeof *outline);
    if (!outline)
        return lw_fail(LW_ENOMEM, "no memory for %zu layers", of->layer_count);
    outline->inputs = of->inputs;
    outline->layer_count = of->layer_count;
    outline->precision = of->precision;
    outline->isa = of->isa;
    outline->threshold = LW_DEFAULT_THRESHOLD;
    outline->exchange = &lw_local_exchange;
    outline->rank.count = 1;
    const lw_status status = allocate_layers(outline, of->specs);
    if (status != LW_OK) {
        lw_net_destroy(outline);
        return status;
    }
    const lw_isa *before = lw_isa_enter(of->isa);
    describe_layers(outline, of->specs);
    lw_isa_enter(before);
    *net = outline;
    return LW_OK;
}

/* Gives an outline its parts. */
static lw_status build_parts(lw_net *net)
{
    link_layers(net);
    lw_status status = lw_small_net_create(net);
    if (status == LW_OK)
        status = place_tensors(net);
    if (status == LW_OK)
        status = lw_small_net_check(net);
    if (status == LW_OK)
        status = allocate_parameters(net);
    return status == LW_OK ? lw_net_reserve_storage(net) : status;
}

lw_status lw_net_build(lw_net **net, const lw_architecture *of)
{
    lw_net *built;
    lw_status status = lw_net_outline(&built, of);
    if (status != LW_OK)
        return status;
    const lw_isa *before = lw_isa_enter(of->isa);
    status = build_parts(built);
    lw_isa_enter(before);
    if (status != LW_OK) {
        lw_net_destroy(built);
        return status;
    }
    lw_choose_program(built);
    *net = built;
    return LW_OK;
}

static lw_status create(lw_net **net, size_t inputs, const lw_layer_spec *layers,
                        size_t layer_count, uint64_t seed)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    if (inputs == 0)
        return lw_fail(LW_EINVAL, "a network needs at least one input");
    const lw_architecture made = {
        .inputs = inputs, .specs = layers, .layer_count = layer_count, .isa = lw_isa_current()};
    lw_net *created;
    lw_status status = lw_check_layers(layers, layer_count);
    if (status == LW_OK)
        status = lw_net_build(&created, &made);
    if (status != LW_OK)
        return status;
    draw_parameters(created, seed);
    *net = created;
    return LW_OK;
}

lw_status lw_net_create(lw_net **net, size_t inputs, uint64_t seed)
{
    return lw_fail_in("lw_net_create", create(net, inputs, NULL, 0, seed));
}

lw_status lw_net_create_mlp(lw_net **net, size_t inputs, const lw_layer_spec *layers,
                            size_t layer_count, uint64_t seed)
{
    static const char name[] = "lw_net_create_mlp";
    if (!layers || layer_count == 0)
        return lw_fail(LW_EINVAL, "%s: a network needs at least one layer", name);
    return lw_fail_in(name, create(net, inputs, layers, layer_count, seed));
}

void lw_net_destroy(lw_net *net)
{
    if (!net)
        return;
    free(net->parameters);
    free(net->gradients);
    free(net->storage);
    free(net->workspace);
    free(net->layers);
    lw_small_net_destroy(net);
    lw_optimizer_reset(net);
    free(net->exchange_state);
    lw_schema_free(net->schema);
    free(net);
}

/* ---- Parameters drawn again --------------------------------------------------------------- */

lw_status lw_net_initialize(lw_net *net, uint64_t seed)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_initialize: net is NULL");
    draw_parameters(net, seed);
    lw_optimizer_reset(net);
    lw_parameters_changed(net);
    net->pass = (lw_pass_record){0};
    return LW_OK;
}

size_t lw_net_memory(const lw_net *net)
{
    if (!net)
        return 0;
    const lw_optimizer_state *state = &net->optimizer;
    const size_t moments = state->variance ? 2 : state->velocity ? 1 : 0;
    size_t floats = (1 + moments) * net->padded_count + net->storage_count + net->workspace_count;
    if (net->gradients)
        floats += net->gradient_count;
    size_t bytes = floats * sizeof(float) + sizeof *net + lw_small_net_memory(net);
    for (size_t i = 0; i < net->layer_count; i++)
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
        bytes += sizeof *net->layers + struct_bytes(net->layers[i]->kind);
    return bytes;
}
