#include "model_file.h"
#include "state_dict.h"

#include <stdlib.h>
#include <string.h>

static lw_status no_memory(const char *path)
{
    return lw_fail(LW_ENOMEM, "%s: no memory for the parameters", path);
}

/* ---- Reading parameters ------------------------------------------------------------------- */

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
        status = lw_state_dict_read(file, NULL, info, layers, &parameters);
    if (status == LW_OK)
        status = lw_net_set_parameters(net, parameters);
    free(parameters);
    free(info);
    lw_safetensors_close(file);
    return status;
}

/* ---- Reading the architecture ------------------------------------------------------------- */

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
            (activation == LW_ACTIVATION_SOFTMAX && (i + 1 < net->layers || out == 1)))
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
    if (strcmp(written, LW_MODEL_FILE_VERSION) != 0)
        return metadata_error(file, LW_KEY_VERSION, written);
    return parse_layers(file, net);
}

lw_status lw_model_layers(const lw_safetensors *file, size_t *layers, lw_layer_info **info)
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
        status = lw_state_dict_read(file, "", read.info, read.layers, &parameters);
    if (status == LW_OK)
        status = create_net(net, &read, parameters);
    free(parameters);
    free(read.specs);
    free(read.info);
    lw_safetensors_close(file);
    return status;
}
