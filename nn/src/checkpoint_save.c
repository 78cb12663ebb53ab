#include "checkpoint.h"
#include "safetensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT_AND_BIAS = 2 };

typedef struct tensor_names {
    char weight[LW_TENSOR_NAME_BYTES], bias[LW_TENSOR_NAME_BYTES];
} tensor_names;

/* What lw_safetensors_write is given, with the memory behind it. */
typedef struct saved_net {
    size_t layers;
    lw_layer_info *info;
    float *shown;  /* the flat view: weights as (in, out)         */
    float *stored; /* the same in file order: weights as (out, in) */
    tensor_names *names;
    lw_tensor_source *tensors;
    char inputs[LW_LIST_ITEM_BYTES], *units, *activations;
} saved_net;

static void release_saved(saved_net *saved)
{
    free(saved->info);
    free(saved->shown);
    free(saved->stored);
    free(saved->names);
    free(saved->tensors);
    free(saved->units);
    free(saved->activations);
}

static lw_status allocate_saved(saved_net *saved, const lw_net *net, const char *path)
{
    const size_t layers = lw_net_layer_count(net), parameters = lw_net_parameter_count(net);
    *saved = (saved_net){
        .layers = layers,
        .info = calloc(layers, sizeof *saved->info),
        .shown = calloc(parameters, sizeof *saved->shown),
        .stored = calloc(parameters, sizeof *saved->stored),
        .names = calloc(layers, sizeof *saved->names),
        .tensors = calloc(layers, WEIGHT_AND_BIAS * sizeof *saved->tensors),
        .units = calloc(layers, LW_LIST_ITEM_BYTES),
        .activations = calloc(layers, LW_LIST_ITEM_BYTES),
    };
    if (saved->info && saved->shown && saved->stored && saved->names && saved->tensors &&
        saved->units && saved->activations)
        return LW_OK;
    release_saved(saved);
    return lw_fail(LW_ENOMEM, "%s: no memory for the parameters", path);
}

static void describe_tensors(saved_net *saved)
{
    const float *shown = saved->shown;
    float *stored = saved->stored;
    for (size_t i = 0, module = 0; i < saved->layers; i++) {
        const size_t in = saved->info[i].in, out = saved->info[i].out;
        tensor_names *names = &saved->names[i];
        lw_tensor_source *pair = &saved->tensors[WEIGHT_AND_BIAS * i];
        lw_name_tensor(names->weight, module, "weight");
        lw_name_tensor(names->bias, module, "bias");
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

static lw_status write_saved(const saved_net *saved, const char *path)
{
    const lw_metadata metadata[] = {
        {LW_KEY_VERSION, LW_CHECKPOINT_VERSION},
        {LW_KEY_INPUTS, saved->inputs},
        {LW_KEY_UNITS, saved->units},
        {LW_KEY_ACTIVATIONS, saved->activations},
    };
    for (size_t i = 0; i < WEIGHT_AND_BIAS * saved->layers; i++) {
        const lw_tensor_source *tensor = &saved->tensors[i];
        for (size_t j = 0; j < lw_tensor_source_count(tensor); j++)
            if (!isfinite(tensor->values[j]))
                return lw_fail(LW_EDATA, "%s: not written: element %zu of '%s' is %g", path, j,
                               tensor->name, (double)tensor->values[j]);
    }
    return lw_safetensors_write(path, saved->tensors, WEIGHT_AND_BIAS * saved->layers, metadata,
                                sizeof metadata / sizeof *metadata);
}

lw_status lw_net_save(const lw_net *net, const char *path)
{
    if (!net || !path)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "path" : "net");
    saved_net saved;
    lw_status status = allocate_saved(&saved, net, path);
    if (status != LW_OK)
        return status;
    for (size_t i = 0; i < saved.layers && status == LW_OK; i++)
        status = lw_net_layer_info(net, i, &saved.info[i]);
    if (status == LW_OK)
        status = lw_net_get_parameters(net, saved.shown);
    if (status == LW_OK) {
        describe_tensors(&saved);
        describe_architecture(&saved);
        status = write_saved(&saved, path);
    }
    release_saved(&saved);
    return status;
}
