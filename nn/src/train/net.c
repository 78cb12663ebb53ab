/* Getters of a network, and the memory shared by its layers. Creation is in create.c. */
#include "net.h"
#include "base/message.h"
#include "data/schema.h"

#include <stdlib.h>

lw_status lw_check_net(const lw_net *net)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    return net->layer_count > 0 ? LW_OK : lw_fail(LW_ESTATE, "the network has no layers");
}

/* ---- Getters ------------------------------------------------------------------------------ */

uint64_t lw_net_seed(const lw_net *net)
{
    return net ? net->seed : 0;
}

size_t lw_net_inputs(const lw_net *net)
{
    return net ? net->inputs : 0;
}

size_t lw_net_outputs(const lw_net *net)
{
    if (!net)
        return 0;
    return net->layer_count > 0 ? lw_last_layer(net)->out : net->inputs;
}

size_t lw_net_layer_count(const lw_net *net)
{
    return net ? net->layer_count : 0;
}

size_t lw_net_parameter_count(const lw_net *net)
{
    return net ? net->parameter_count : 0;
}

lw_precision lw_net_precision(const lw_net *net)
{
    return net ? net->precision : LW_PRECISION_FP32;
}

lw_status lw_net_layer_info(const lw_net *net, size_t layer, lw_layer_info *info)
{
    if (!net || !info)
        return lw_fail(LW_EINVAL, "lw_net_layer_info: %s is NULL", net ? "info" : "net");
    if (layer >= net->layer_count)
        return lw_fail(LW_EINVAL, "lw_net_layer_info: layer %zu of a network of %zu", layer,
                       net->layer_count);
    const lw_layer *l = net->layers[layer];
    *info = (lw_layer_info){l->in, l->out, l->spec.activation};
    return LW_OK;
}

void lw_net_set_threads(lw_net *net, unsigned threads)
{
    if (net)
        net->threads = threads;
}

size_t lw_net_widest(const lw_net *net)
{
    size_t widest = 0;
    for (size_t i = 0; i < net->layer_count; i++)
        widest = net->layers[i]->out > widest ? net->layers[i]->out : widest;
    return widest;
}

/* ---- Schema ------------------------------------------------------------------------------- */

static lw_status check_schema(const lw_net *net, const lw_schema *schema)
{
    const size_t inputs = lw_schema_inputs(schema), outputs = lw_net_outputs(net);
    if (inputs != net->inputs)
        return lw_fail(LW_ESHAPE, "the schema has %zu inputs, the network %zu", inputs,
                       net->inputs);
    const size_t classes = lw_schema_classes(schema), targets = lw_schema_targets(schema);
    if (classes > 0 && outputs != classes && !(classes == 2 && outputs == 1))
        return lw_fail(LW_ESHAPE, "the schema has %zu classes, the network %zu outputs", classes,
                       outputs);
    if (lw_schema_task(schema) == LW_TASK_REGRESSION && outputs != targets)
        return lw_fail(LW_ESHAPE, "the schema has %zu targets, the network %zu outputs", targets,
                       outputs);
    return LW_OK;
}

lw_status lw_net_set_schema(lw_net *net, const lw_schema *schema)
{
    lw_status status = lw_check_net(net);
    if (status == LW_OK && schema)
        status = check_schema(net, schema);
    if (status != LW_OK)
        return lw_fail_in("lw_net_set_schema", status);
    lw_schema *kept = schema ? lw_schema_share(schema) : NULL;
    lw_schema_free(net->schema);
    net->schema = kept;
    return LW_OK;
}

const lw_schema *lw_net_schema(const lw_net *net)
{
    return net ? net->schema : NULL;
}

/* ---- Memory ------------------------------------------------------------------------------- */

lw_status lw_net_reserve_gradients(lw_net *net)
{
    if (net->gradients)
        return LW_OK;
    net->gradients = lw_alloc_floats(net->gradient_count);
    if (!net->gradients)
        return lw_fail(LW_ENOMEM, "no memory for %zu gradients", net->parameter_count);
    for (size_t i = 0; i < net->layer_count; i++)
        net->layers[i]->gradients = net->gradients;
    return LW_OK;
}

static void place_workspace(lw_net *net, lw_arena *arena, size_t rows)
{
    net->x = (lw_matrix){0};
    if (net->has_bf16_reader)
        lw_matrix_place_bf16(&net->x, arena, rows, lw_net_inputs(net), 1);
    for (size_t i = 0; i < net->layer_count; i++)
        net->layers[i]->kind->workspace(net->layers[i], arena, rows);
    net->row_loss = lw_arena_floats(arena, rows, 1);
    net->targets = lw_arena_floats(arena, rows, lw_net_outputs(net));
}

static void place_storage(lw_net *net, lw_arena *arena, size_t unused)
{
    (void)unused;
    for (size_t i = 0; i < net->layer_count; i++)
        if (net->layers[i]->kind->storage)
            net->layers[i]->kind->storage(net->layers[i], arena);
}

/* A block of memory that a function places for some rows. */
typedef struct placed_memory {
    float **memory;
    size_t *count;
    size_t rows_before;
    void (*place)(lw_net *net, lw_arena *arena, size_t rows);
} placed_memory;

/* Replaces a block by one for the given number of rows, or leaves it unchanged. */
static lw_status replace(lw_net *net, placed_memory of, size_t rows, lw_arena *measured)
{
    *measured = (lw_arena){0};
    of.place(net, measured, rows);
    if (measured->count == 0 && !measured->overflow)
        return LW_OK;
    float *memory = measured->overflow ? NULL : lw_alloc_floats(measured->count);
    if (memory) {
        free(*of.memory);
        *of.memory = memory;
        *of.count = measured->count;
    }
    lw_arena arena = {.memory = *of.memory};
    of.place(net, &arena, memory ? rows : of.rows_before);
    return memory ? LW_OK : LW_ENOMEM;
}

lw_status lw_net_reserve_workspace(lw_net *net, size_t rows)
{
    if (rows <= net->workspace_rows)
        return LW_OK;
    lw_arena measured;
    const placed_memory workspace = {&net->workspace, &net->workspace_count, net->workspace_rows,
                                     place_workspace};
    if (replace(net, workspace, rows, &measured) != LW_OK)
        return measured.overflow
                   ? lw_fail(LW_EINVAL, "a batch of %zu rows overflows", rows)
                   : lw_fail(LW_ENOMEM, "no memory for a batch of %zu rows (%zu floats)", rows,
                             measured.count);
    net->workspace_rows = rows;
    lw_invalidate_forward(net);
    return LW_OK;
}

lw_status lw_net_reserve_storage(lw_net *net)
{
    lw_arena measured;
    const placed_memory storage = {&net->storage, &net->storage_count, 0, place_storage};
    if (replace(net, storage, 0, &measured) != LW_OK)
        return lw_fail(LW_ENOMEM, "no memory for %zu weights in bf16", net->parameter_count);
    net->is_prepared = 0;
    return LW_OK;
}

static void want_input_gradient(lw_net *net, int wanted)
{
    for (size_t i = 0; i < net->layer_count; i++)
        net->layers[i]->wants_input_gradient = wanted;
}

lw_status lw_net_reserve_input_gradient(lw_net *net)
{
    if (net->layers[0]->wants_input_gradient)
        return LW_OK;
    want_input_gradient(net, 1);
    const lw_status status = lw_net_reserve_storage(net);
    if (status != LW_OK) {
        lw_arena arena = {.memory = net->storage};
        want_input_gradient(net, 0);
        place_storage(net, &arena, 0);
    }
    return status;
}
