/* Saving a network: its architecture as metadata, flat views as tensors. */
#include "base/memory.h"
#include "base/message.h"
#include "data/schema.h"
#include "export.h"
#include "layers/kinds.h"
#include "model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ARCHITECTURE_KEYS = 4 };

typedef char saved_name[LW_PREFIXED_NAME_BYTES];

/* The arguments of lw_safetensors_write and their memory. */
typedef struct saved_net {
    size_t tensors_of_view, tensor_count;
    float *stored; /* the views in file order */
    saved_name *names;
    lw_tensor_source *tensors;
    char inputs[LW_LIST_ITEM_BYTES], *units, *activations;
    char threshold[24]; /* empty: the default */
    char *schema;       /* JSON, or NULL */
} saved_net;

static void release_saved(saved_net *saved)
{
    free(saved->stored);
    free(saved->names);
    free(saved->tensors);
    free(saved->units);
    free(saved->activations);
    free(saved->schema);
}

static lw_status allocate_saved(saved_net *saved, const lw_net *net, size_t views, const char *path)
{
    const size_t layers = lw_net_layer_count(net), parameters = lw_net_parameter_count(net);
    size_t tensors = 0;
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);)
        tensors++;
    *saved = (saved_net){
        .tensors_of_view = tensors,
        .tensor_count = tensors * views,
        .stored = calloc(parameters, views * sizeof *saved->stored),
        /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): every network has tensors */
        .names = calloc(tensors, views * sizeof *saved->names),
        .tensors = calloc(tensors, views * sizeof *saved->tensors),
        .units = calloc(layers, LW_LIST_ITEM_BYTES),
        .activations = calloc(layers, LW_LIST_ITEM_BYTES),
    };
    if (saved->stored && saved->names && saved->tensors && saved->units && saved->activations)
        return LW_OK;
    release_saved(saved);
    return lw_no_memory(path, "the parameters");
}

static void describe_view(saved_net *saved, size_t number, const lw_net *net,
                          const lw_saved_view *view)
{
    saved_name *name = saved->names + number * saved->tensors_of_view;
    lw_tensor_source *source = saved->tensors + number * saved->tensors_of_view;
    float *stored = saved->stored + number * lw_net_parameter_count(net);
    lw_store_tensors(net, view->flat, stored);
    for (size_t i = 0, module = 0; i < net->layer_count; i++) {
        const lw_layer *layer = net->layers[i];
        for (size_t k = 0; k < layer->tensor_count; k++, name++, source++) {
            const lw_tensor *tensor = &layer->tensors[k];
            lw_name_prefixed(*name, view->prefix, module, tensor->name);
            *source = (lw_tensor_source){*name, 1, {tensor->cols, 0}, stored + tensor->flat};
            if (tensor->is_matrix) {
                source->dimensions = 2;
                source->shape[1] = tensor->rows;
            }
        }
        module += layer->kind->modules(layer);
    }
}

static void describe_architecture(saved_net *saved, const lw_net *net)
{
    const size_t capacity = net->layer_count * LW_LIST_ITEM_BYTES;
    size_t units_at = 0, activations_at = 0;
    snprintf(saved->inputs, sizeof saved->inputs, "%zu", lw_net_inputs(net));
    if (net->threshold != LW_DEFAULT_THRESHOLD)
        snprintf(saved->threshold, sizeof saved->threshold, "%.9g", (double)net->threshold);
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = net->layers[i];
        const char *comma = i > 0 ? "," : "";
        units_at += (size_t)snprintf(saved->units + units_at, capacity - units_at, "%s%zu", comma,
                                     layer->out);
        activations_at +=
            (size_t)snprintf(saved->activations + activations_at, capacity - activations_at, "%s%s",
                             comma, lw_layer_name(&layer->spec));
    }
}

static lw_status write_saved(const saved_net *saved, size_t extra_count, const lw_metadata *extra,
                             const char *path)
{
    lw_metadata metadata[ARCHITECTURE_KEYS + 2 + LW_EXTRA_METADATA] = {
        {LW_KEY_VERSION, LW_MODEL_FILE_VERSION},
        {LW_KEY_INPUTS, saved->inputs},
        {LW_KEY_UNITS, saved->units},
        {LW_KEY_ACTIVATIONS, saved->activations},
    };
    size_t count = ARCHITECTURE_KEYS;
    if (*saved->threshold)
        metadata[count++] = (lw_metadata){LW_KEY_THRESHOLD, saved->threshold};
    if (saved->schema)
        metadata[count++] = (lw_metadata){LW_KEY_SCHEMA, saved->schema};
    for (size_t i = 0; i < extra_count; i++)
        metadata[count++] = extra[i];
    for (size_t i = 0; i < saved->tensor_count; i++) {
        const lw_tensor_source *tensor = &saved->tensors[i];
        for (size_t j = 0; j < lw_tensor_source_count(tensor); j++)
            if (!isfinite(tensor->values[j]))
                return lw_fail(LW_EDATA, "%s: not written: element %zu of '%s' is %g", path, j,
                               tensor->name, (double)tensor->values[j]);
    }
    return lw_safetensors_write(path, saved->tensors, saved->tensor_count, metadata, count);
}

lw_status lw_model_write(const lw_net *net, size_t view_count, const lw_saved_view *views,
                         size_t metadata_count, const lw_metadata *metadata, const char *path)
{
    saved_net saved;
    lw_status status = allocate_saved(&saved, net, view_count, path);
    if (status != LW_OK)
        return status;
    for (size_t i = 0; i < view_count; i++)
        describe_view(&saved, i, net, &views[i]);
    describe_architecture(&saved, net);
    if (net->schema)
        status = lw_schema_write_json(net->schema, path, &saved.schema);
    if (status == LW_OK)
        status = write_saved(&saved, metadata_count, metadata, path);
    release_saved(&saved);
    return status;
}

lw_status lw_model_check_arguments(const char *function, const lw_net *net, const char *path)
{
    const lw_status status = lw_check_net(net);
    if (status == LW_OK && !path)
        return lw_fail(LW_EINVAL, "%s: path is NULL", function);
    return lw_fail_in(function, status);
}

lw_status lw_net_save(const lw_net *net, const char *path)
{
    lw_status status = lw_model_check_arguments("lw_net_save", net, path);
    if (status != LW_OK)
        return status;
    float *flat = calloc(lw_net_parameter_count(net), sizeof *flat);
    if (!flat)
        return lw_no_memory(path, "the parameters");
    status = lw_net_get_parameters(net, flat);
    if (status == LW_OK)
        status = lw_model_write(net, 1, &(lw_saved_view){"", flat}, 0, NULL, path);
    free(flat);
    return status;
}
