/* Loading a network: its architecture from metadata, and its parameters from tensors. */
#include "base/memory.h"
#include "data/schema.h"
#include "data/table.h"
#include "layers/kinds.h"
#include "model_file.h"
#include "state_dict.h"
#include "train/create.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading parameters ------------------------------------------------------------------- */

lw_status lw_net_load_parameters(lw_net *net, const char *path)
{
    lw_status status = lw_model_check_arguments("lw_net_load_parameters", net, path);
    if (status != LW_OK)
        return status;
    lw_safetensors *file;
    status = lw_safetensors_open(&file, path);
    if (status != LW_OK)
        return status;
    float *parameters = NULL;
    status = lw_state_dict_read(file, NULL, net->layers, net->layer_count, &parameters);
    if (status == LW_OK)
        status = lw_net_set_parameters(net, parameters);
    free(parameters);
    lw_safetensors_close(file);
    return status;
}

/* ---- Reading the architecture ------------------------------------------------------------- */

static const char save_function[] = "lw_net_save";

typedef struct architecture {
    size_t inputs, layers;
    lw_layer_spec *specs; /* with the numbers of outputs as units */
} architecture;

lw_status lw_metadata_invalid(const lw_safetensors *file, const char *key, const char *text)
{
    return lw_fail(LW_EFORMAT, "%s: __metadata__: '%s' is '%.80s', which is not understood",
                   lw_safetensors_path(file), key, text);
}

lw_status lw_metadata_text(const lw_safetensors *file, const char *key, const char *writer,
                           const char **text)
{
    *text = lw_safetensors_metadata(file, key);
    if (*text)
        return LW_OK;
    return lw_fail(LW_EFORMAT, "%s: __metadata__: no '%s'; %s did not write this file",
                   lw_safetensors_path(file), key, writer);
}

int lw_parse_decimal(const char *text, uint64_t max, uint64_t *number)
{
    *number = 0;
    if (*text == '\0')
        return 0;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, (uint64_t)(*text - '0'), number))
            return 0;
    return *text == '\0' && *number <= max;
}

/* Copies the next element of a list and advances past its comma. Returns 0 if the element is empty
 * or too long. */
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

/* Parses a size of at least 1. */
static int parse_size(const char *item, size_t *size)
{
    uint64_t number;
    const int is_valid = lw_parse_decimal(item, SIZE_MAX, &number) && number > 0;
    *size = (size_t)number;
    return is_valid;
}

static size_t count_items(const char *list)
{
    size_t count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

static lw_status parse_layers(const lw_safetensors *file, architecture *read)
{
    const char *inputs, *units, *activations;
    lw_status status = lw_metadata_text(file, LW_KEY_INPUTS, save_function, &inputs);
    if (status == LW_OK)
        status = lw_metadata_text(file, LW_KEY_UNITS, save_function, &units);
    if (status == LW_OK)
        status = lw_metadata_text(file, LW_KEY_ACTIVATIONS, save_function, &activations);
    if (status != LW_OK)
        return status;

    if (!parse_size(inputs, &read->inputs))
        return lw_metadata_invalid(file, LW_KEY_INPUTS, inputs);
    read->layers = count_items(units);
    if (count_items(activations) != read->layers)
        return lw_metadata_invalid(file, LW_KEY_ACTIVATIONS, activations);
    read->specs = calloc(read->layers, sizeof *read->specs);
    if (!read->specs)
        return lw_no_memory(lw_safetensors_path(file), "the parameters");

    const char *next_units = units, *next_activation = activations;
    for (size_t i = 0; i < read->layers; i++) {
        lw_layer_spec *spec = &read->specs[i];
        char item[LW_LIST_ITEM_BYTES];
        if (!next_item(&next_units, item) || !parse_size(item, &spec->units))
            return lw_metadata_invalid(file, LW_KEY_UNITS, units);
        if (!next_item(&next_activation, item) || !lw_layer_parse(item, spec) ||
            lw_layer_kind_of(spec, LW_PRECISION_FP32)->check(spec, i, i + 1 == read->layers) !=
                LW_OK)
            return lw_metadata_invalid(file, LW_KEY_ACTIVATIONS, activations);
    }
    return LW_OK;
}

static lw_status parse_architecture(const lw_safetensors *file, architecture *read)
{
    const char *version;
    const lw_status status = lw_metadata_text(file, LW_KEY_VERSION, save_function, &version);
    if (status != LW_OK)
        return status;
    if (strcmp(version, LW_MODEL_FILE_VERSION) != 0)
        return lw_metadata_invalid(file, LW_KEY_VERSION, version);
    return parse_layers(file, read);
}

/* Creates an outline of layers as read. */
static lw_status outline_net(const lw_safetensors *file, const architecture *read, lw_net **outline)
{
    const lw_architecture of = {.inputs = read->inputs,
                                .specs = read->specs,
                                .layer_count = read->layers,
                                .isa = lw_isa_current()};
    lw_status status = lw_net_outline(outline, &of);
    for (size_t i = 0; i < read->layers && status == LW_OK; i++)
        if ((*outline)->layers[i]->out != read->specs[i].units)
            status = lw_metadata_invalid(file, LW_KEY_UNITS,
                                         lw_safetensors_metadata(file, LW_KEY_UNITS));
    return status;
}

lw_status lw_model_outline(const lw_safetensors *file, lw_net **outline)
{
    architecture read = {0};
    *outline = NULL;
    lw_status status = parse_architecture(file, &read);
    if (status == LW_OK)
        status = outline_net(file, &read, outline);
    free(read.specs);
    return status;
}

/* Reads the threshold of a file that has one. */
static lw_status read_threshold(const lw_safetensors *file, lw_net *net)
{
    const char *text = lw_safetensors_metadata(file, LW_KEY_THRESHOLD);
    double threshold;
    if (!text)
        return LW_OK;
    if (!lw_parse_number(text, &threshold) || !isfinite((float)threshold))
        return lw_metadata_invalid(file, LW_KEY_THRESHOLD, text);
    return lw_net_set_threshold(net, (float)threshold);
}

/* Reads the schema of a file that has one. */
static lw_status read_schema(const lw_safetensors *file, lw_net *net)
{
    const char *text = lw_safetensors_metadata(file, LW_KEY_SCHEMA);
    if (!text)
        return LW_OK;
    lw_schema *schema = NULL;
    const char *path = lw_safetensors_path(file);
    lw_status status = lw_schema_read_json(path, text, &schema);
    if (status == LW_OK) {
        status = lw_net_set_schema(net, schema);
        if (status == LW_ESHAPE)
            status = lw_fail(LW_EFORMAT, "%s: the schema does not match the network", path);
    }
    lw_schema_free(schema);
    return status;
}

static lw_status create_net(lw_net **net, const lw_safetensors *file, const architecture *read,
                            const float *parameters)
{
    lw_net *created;
    lw_status status = lw_net_create_mlp(&created, read->inputs, read->specs, read->layers, 0);
    if (status != LW_OK)
        return status;
    status = lw_net_set_parameters(created, parameters);
    if (status == LW_OK)
        status = read_threshold(file, created);
    if (status == LW_OK)
        status = read_schema(file, created);
    if (status == LW_OK)
        *net = created;
    else
        lw_net_destroy(created);
    return status;
}

lw_status lw_net_load(lw_net **net, const char *path)
{
    if (!net || !path)
        return lw_fail(LW_EINVAL, "lw_net_load: %s is NULL", net ? "path" : "net");
    lw_safetensors *file;
    lw_status status = lw_safetensors_open(&file, path);
    if (status != LW_OK)
        return status;
    architecture read = {0};
    lw_net *outline = NULL;
    float *parameters = NULL;
    status = parse_architecture(file, &read);
    if (status == LW_OK)
        status = outline_net(file, &read, &outline);
    if (status == LW_OK)
        status = lw_state_dict_read(file, "", outline->layers, read.layers, &parameters);
    if (status == LW_OK)
        status = create_net(net, file, &read, parameters);
    free(parameters);
    lw_net_destroy(outline);
    free(read.specs);
    lw_safetensors_close(file);
    return status;
}
