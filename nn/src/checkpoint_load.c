#include "checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static lw_status no_memory(const char *path)
{
    return lw_fail(LW_ENOMEM, "%s: no memory for the parameters", path);
}

/* ---- Reading parameters -------------------------------------------------------------------- */

/* Finds a tensor of the given shape, rows 0: a vector. */
static lw_status find_tensor(const lw_safetensors *file, const char *prefix, size_t layer,
                             const char *kind, size_t rows, size_t cols, const lw_tensor **found)
{
    const char *path = lw_safetensors_path(file);
    char name[LW_PREFIXED_NAME_BYTES];
    lw_name_prefixed(name, prefix, layer, kind);
    const lw_tensor *tensor = lw_safetensors_find(file, name);
    if (!tensor)
        return lw_fail(LW_ESHAPE, "%s: no tensor '%s'", path, name);
    if (strcmp(tensor->dtype, "F32") != 0 && strcmp(tensor->dtype, "F64") != 0)
        return lw_fail(LW_EFORMAT, "%s: tensor '%s' is of type %s; F32 or F64 is needed", path,
                       name, tensor->dtype);
    const size_t dimensions = rows ? 2 : 1;
    const size_t *shape = tensor->shape;
    if (tensor->dimensions != dimensions)
        return lw_fail(LW_ESHAPE, "%s: tensor '%s' has %zu dimensions; %zu are needed", path, name,
                       tensor->dimensions, dimensions);
    if (rows && (shape[0] != rows || shape[1] != cols))
        return lw_fail(LW_ESHAPE, "%s: tensor '%s' is %zu x %zu; %zu x %zu is needed", path, name,
                       shape[0], shape[1], rows, cols);
    if (!rows && shape[0] != cols)
        return lw_fail(LW_ESHAPE, "%s: tensor '%s' has %zu elements; %zu are needed", path, name,
                       shape[0], cols);
    *found = tensor;
    return LW_OK;
}

static lw_status copy_finite(const lw_safetensors *file, const lw_tensor *tensor, float *out)
{
    const lw_status status = lw_safetensors_copy_f32(file, tensor, out);
    if (status != LW_OK)
        return status;
    for (size_t i = 0; i < tensor->count; i++)
        if (!isfinite(out[i]))
            return lw_fail(LW_EDATA, "%s: tensor '%s', element %zu is %g",
                           lw_safetensors_path(file), tensor->name, i, (double)out[i]);
    return LW_OK;
}

/* Puts the tensors of one layer into the flat view, weights as (in, out); scratch holds as many. */
static lw_status copy_layer(const lw_safetensors *file, const char *prefix, size_t layer,
                            const lw_layer_info *info, float *scratch, float *flat)
{
    const lw_tensor *weight, *bias;
    lw_status status = find_tensor(file, prefix, layer, "weight", info->out, info->in, &weight);
    if (status == LW_OK)
        status = find_tensor(file, prefix, layer, "bias", 0, info->out, &bias);
    if (status == LW_OK)
        status = copy_finite(file, weight, scratch);
    if (status != LW_OK)
        return status;
    lw_transpose(info->out, info->in, scratch, flat);
    return copy_finite(file, bias, flat + info->in * info->out);
}

/* A file with more layers is refused: it holds another network. */
lw_status lw_checkpoint_read(const lw_safetensors *file, const char *prefix,
                             const lw_layer_info *info, size_t layers, float **view)
{
    const char *path = lw_safetensors_path(file);
    char beyond[LW_PREFIXED_NAME_BYTES];
    lw_name_prefixed(beyond, prefix, layers, "weight");
    if (lw_safetensors_find(file, beyond))
        return lw_fail(LW_ESHAPE, "%s: has a tensor '%s', but the network has %zu layers", path,
                       beyond, layers);

    /* Shapes come first: what they ask for is then no more than the file holds. */
    size_t count = 0;
    for (size_t i = 0; i < layers; i++) {
        const lw_tensor *tensor;
        const lw_status status =
            find_tensor(file, prefix, i, "weight", info[i].out, info[i].in, &tensor);
        if (status != LW_OK)
            return status;
        count += tensor->count + info[i].out;
    }
    float *flat = calloc(count, sizeof *flat), *scratch = calloc(count, sizeof *scratch);
    lw_status status = flat && scratch ? LW_OK : no_memory(path);
    for (size_t i = 0, at = 0; i < layers && status == LW_OK; i++) {
        status = copy_layer(file, prefix, i, &info[i], scratch, flat + at);
        at += (info[i].in + 1) * info[i].out;
    }
    free(scratch);
    if (status == LW_OK)
        *view = flat;
    else
        free(flat);
    return status;
}

lw_status lw_net_load_parameters(lw_net *net, const char *path)
{
    if (!net || !path)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "path" : "net");
    lw_safetensors *file;
    lw_status status = lw_safetensors_open(&file, path);
    if (status != LW_OK)
        return status;
    const size_t layers = lw_net_layer_count(net);
    float *parameters = NULL;
    lw_layer_info *info = calloc(layers, sizeof *info);
    if (!info)
        status = no_memory(path);
    for (size_t i = 0; i < layers && status == LW_OK; i++)
        status = lw_net_layer_info(net, i, &info[i]);
    if (status == LW_OK)
        status = lw_checkpoint_read(file, "", info, layers, &parameters);
    if (status == LW_OK)
        status = lw_net_set_parameters(net, parameters);
    free(parameters);
    free(info);
    lw_safetensors_close(file);
    return status;
}

/* ---- Reading the architecture -------------------------------------------------------------- */

typedef struct architecture {
    size_t layers;
    lw_layer_spec *specs;
    lw_layer_info *info; /* the same as shapes */
} architecture;

static lw_status metadata_error(const lw_safetensors *file, const char *key, const char *text)
{
    return lw_fail(LW_EFORMAT, "%s: __metadata__: '%s' is '%.80s', which is not understood",
                   lw_safetensors_path(file), key, text);
}

static lw_status get_text(const lw_safetensors *file, const char *key, const char **text)
{
    *text = lw_safetensors_metadata(file, key);
    if (*text)
        return LW_OK;
    return lw_fail(LW_EFORMAT, "%s: __metadata__: no '%s'; lw_net_save did not write this file",
                   lw_safetensors_path(file), key);
}

/* Takes the next element off a list and passes over its comma; 0 if there is none or it is long. */
static int next_item(const char **list, char item[LW_LIST_ITEM_BYTES])
{
    const size_t length = strcspn(*list, ",");
    if (length == 0 || length >= LW_LIST_ITEM_BYTES)
        return 0;
    memcpy(item, *list, length);
    item[length] = '\0';
    *list += length;
    if (**list == ',' && (*list)[1] != '\0')
        ++*list;
    return 1;
}

/* Whether item is a size of at least 1. */
static int parse_size(const char *item, size_t *size)
{
    *size = 0;
    for (; *item >= '0' && *item <= '9'; item++)
        if (__builtin_mul_overflow(*size, (size_t)10, size) ||
            __builtin_add_overflow(*size, (size_t)(*item - '0'), size))
            return 0;
    return *item == '\0' && *size > 0;
}

static size_t count_items(const char *list)
{
    size_t count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

static lw_status parse_layers(const lw_safetensors *file, architecture *net)
{
    const char *inputs, *units, *activations;
    lw_status status = get_text(file, LW_KEY_INPUTS, &inputs);
    if (status == LW_OK)
        status = get_text(file, LW_KEY_UNITS, &units);
    if (status == LW_OK)
        status = get_text(file, LW_KEY_ACTIVATIONS, &activations);
    if (status != LW_OK)
        return status;

    size_t in;
    if (!parse_size(inputs, &in))
        return metadata_error(file, LW_KEY_INPUTS, inputs);
    net->layers = count_items(units);
    if (count_items(activations) != net->layers)
        return metadata_error(file, LW_KEY_ACTIVATIONS, activations);
    net->specs = calloc(net->layers, sizeof *net->specs);
    net->info = calloc(net->layers, sizeof *net->info);
    if (!net->specs || !net->info)
        return no_memory(lw_safetensors_path(file));

    const char *next_units = units, *next_activation = activations;
    for (size_t i = 0; i < net->layers; i++) {
        char item[LW_LIST_ITEM_BYTES];
        size_t out;
        lw_activation activation;
        if (!next_item(&next_units, item) || !parse_size(item, &out))
            return metadata_error(file, LW_KEY_UNITS, units);
        if (!next_item(&next_activation, item) || lw_activation_parse(item, &activation) != LW_OK ||
            (activation == LW_SOFTMAX && i + 1 < net->layers))
            return metadata_error(file, LW_KEY_ACTIVATIONS, activations);
        net->specs[i] = (lw_layer_spec){.units = out, .activation = activation};
        net->info[i] = (lw_layer_info){.in = in, .out = out, .activation = activation};
        in = out;
    }
    return LW_OK;
}

static lw_status parse_architecture(const lw_safetensors *file, architecture *net)
{
    const char *written;
    const lw_status status = get_text(file, LW_KEY_VERSION, &written);
    if (status != LW_OK)
        return status;
    if (strcmp(written, LW_CHECKPOINT_VERSION) != 0)
        return metadata_error(file, LW_KEY_VERSION, written);
    return parse_layers(file, net);
}

lw_status lw_checkpoint_layers(const lw_safetensors *file, size_t *layers, lw_layer_info **info)
{
    architecture read = {0};
    const lw_status status = parse_architecture(file, &read);
    free(read.specs);
    if (status == LW_OK) {
        *layers = read.layers;
        *info = read.info;
    } else {
        free(read.info);
    }
    return status;
}

static lw_status create_net(lw_net **net, const architecture *read, const float *parameters)
{
    lw_net *created;
    lw_status status = lw_net_create(&created, read->info[0].in, read->specs, read->layers, 0);
    if (status != LW_OK)
        return status;
    status = lw_net_set_parameters(created, parameters);
    if (status == LW_OK)
        *net = created;
    else
        lw_net_destroy(created);
    return status;
}

lw_status lw_net_load(lw_net **net, const char *path)
{
    if (!net || !path)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "path" : "net");
    lw_safetensors *file;
    lw_status status = lw_safetensors_open(&file, path);
    if (status != LW_OK)
        return status;
    architecture read = {0};
    float *parameters = NULL;
    status = parse_architecture(file, &read);
    if (status == LW_OK)
        status = lw_checkpoint_read(file, "", read.info, read.layers, &parameters);
    if (status == LW_OK)
        status = create_net(net, &read, parameters);
    free(parameters);
    free(read.specs);
    free(read.info);
    lw_safetensors_close(file);
    return status;
}
