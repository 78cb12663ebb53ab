#include "checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT_AND_BIAS = 2, ARCHITECTURE_KEYS = 4 };

typedef struct tensor_names {
    char weight[LW_PREFIXED_NAME_BYTES], bias[LW_PREFIXED_NAME_BYTES];
} tensor_names;

/* What lw_safetensors_write is given, with the memory behind it. */
typedef struct saved_net {
    size_t layers;
    lw_layer_info *info;
    size_t tensor_count;
    float *stored; /* the views in file order: weights as (out, in) */
    tensor_names *names;
    lw_tensor_source *tensors;
    char inputs[LW_LIST_ITEM_BYTES], *units, *activations;
} saved_net;

static void release_saved(saved_net *saved)
{
    free(saved->info);
    free(saved->stored);
    free(saved->names);
    free(saved->tensors);
    free(saved->units);
    free(saved->activations);
}

static lw_status allocate_saved(saved_net *saved, const lw_net *net, size_t views, const char *path)
{
    const size_t layers = lw_net_layer_count(net), parameters = lw_net_parameter_count(net);
    *saved = (saved_net){
        .layers = layers,
        .info = calloc(layers, sizeof *saved->info),
        .tensor_count = WEIGHT_AND_BIAS * views * layers,
        .stored = calloc(parameters, views * sizeof *saved->stored),
        .names = calloc(layers, views * sizeof *saved->names),
        .tensors = calloc(layers, WEIGHT_AND_BIAS * views * sizeof *saved->tensors),
        .units = calloc(layers, LW_LIST_ITEM_BYTES),
        .activations = calloc(layers, LW_LIST_ITEM_BYTES),
    };
    if (saved->info && saved->stored && saved->names && saved->tensors && saved->units &&
        saved->activations)
        return LW_OK;
    release_saved(saved);
    return lw_fail(LW_ENOMEM, "%s: no memory for the parameters", path);
}

static void describe_view(saved_net *saved, size_t number, const lw_saved_view *view)
{
    tensor_names *names = saved->names + number * saved->layers;
    lw_tensor_source *pair = saved->tensors + number * saved->layers * WEIGHT_AND_BIAS;
    const float *shown = view->flat;
    size_t parameters = 0;
    for (size_t i = 0; i < saved->layers; i++)
        parameters += (saved->info[i].in + 1) * saved->info[i].out;
    float *stored = saved->stored + number * parameters;
    for (size_t i = 0, module = 0; i < saved->layers; i++, names++, pair += WEIGHT_AND_BIAS) {
        const size_t in = saved->info[i].in, out = saved->info[i].out;
        lw_name_prefixed(names->weight, view->prefix, module, "weight");
        lw_name_prefixed(names->bias, view->prefix, module, "bias");
        module += lw_modules_of(&saved->info[i]);

        pair[0] = (lw_tensor_source){names->weight, 2, {out, in}, stored};
        lw_transpose(in, out, shown, stored);
        pair[1] = (lw_tensor_source){names->bias, 1, {out, 0}, stored + in * out};
        memcpy(stored + in * out, shown + in * out, out * sizeof *stored);
        shown += (in + 1) * out;
        stored += (in + 1) * out;
    }
}

static void describe_architecture(saved_net *saved)
{
    const size_t room = saved->layers * LW_LIST_ITEM_BYTES;
    size_t units_at = 0, activations_at = 0;
    snprintf(saved->inputs, sizeof saved->inputs, "%zu", saved->info[0].in);
    for (size_t i = 0; i < saved->layers; i++) {
        const char *comma = i > 0 ? "," : "";
        units_at += (size_t)snprintf(saved->units + units_at, room - units_at, "%s%zu", comma,
                                     saved->info[i].out);
        activations_at +=
            (size_t)snprintf(saved->activations + activations_at, room - activations_at, "%s%s",
                             comma, lw_activation_name(saved->info[i].activation));
    }
}

static lw_status write_saved(const saved_net *saved, size_t extra_count, const lw_metadata *extra,
                             const char *path)
{
    lw_metadata metadata[ARCHITECTURE_KEYS + LW_EXTRA_METADATA] = {
        {LW_KEY_VERSION, LW_CHECKPOINT_VERSION},
        {LW_KEY_INPUTS, saved->inputs},
        {LW_KEY_UNITS, saved->units},
        {LW_KEY_ACTIVATIONS, saved->activations},
    };
    for (size_t i = 0; i < extra_count; i++)
        metadata[ARCHITECTURE_KEYS + i] = extra[i];
    for (size_t i = 0; i < saved->tensor_count; i++) {
        const lw_tensor_source *tensor = &saved->tensors[i];
        for (size_t j = 0; j < lw_tensor_source_count(tensor); j++)
            if (!isfinite(tensor->values[j]))
                return lw_fail(LW_EDATA, "%s: not written: element %zu of '%s' is %g", path, j,
                               tensor->name, (double)tensor->values[j]);
    }
    return lw_safetensors_write(path, saved->tensors, saved->tensor_count, metadata,
                                ARCHITECTURE_KEYS + extra_count);
}

lw_status lw_checkpoint_write(const lw_net *net, size_t view_count, const lw_saved_view *views,
                              size_t metadata_count, const lw_metadata *metadata, const char *path)
{
    saved_net saved;
    lw_status status = allocate_saved(&saved, net, view_count, path);
    if (status != LW_OK)
        return status;
    for (size_t i = 0; i < saved.layers && status == LW_OK; i++)
        status = lw_net_layer_info(net, i, &saved.info[i]);
    if (status == LW_OK) {
        for (size_t i = 0; i < view_count; i++)
            describe_view(&saved, i, &views[i]);
        describe_architecture(&saved);
        status = write_saved(&saved, metadata_count, metadata, path);
    }
    release_saved(&saved);
    return status;
}

lw_status lw_net_save(const lw_net *net, const char *path)
{
    if (!net || !path)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "path" : "net");
    float *flat = calloc(lw_net_parameter_count(net), sizeof *flat);
    if (!flat)
        return lw_fail(LW_ENOMEM, "%s: no memory for the parameters", path);
    lw_status status = lw_net_get_parameters(net, flat);
    if (status == LW_OK)
        status = lw_checkpoint_write(net, 1, &(lw_saved_view){"", flat}, 0, NULL, path);
    free(flat);
    return status;
}
