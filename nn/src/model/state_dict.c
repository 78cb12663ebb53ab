/* Weights of linear layers in state dicts: names, shapes and elements. */
#include "state_dict.h"
#include "base/memory.h"
#include "model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char weight_suffix[] = ".weight", bias_suffix[] = ".bias";

/* A weight tensor named PREFIX<number>.weight; the prefix has prefix_length characters. */
typedef struct numbered {
    const lw_stored_tensor *tensor;
    size_t prefix_length, number;
} numbered;

/* A layer; bias NULL: none. */
typedef struct linear {
    const lw_stored_tensor *weight, *bias;
} linear;

/* ---- Names -------------------------------------------------------------------------------- */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Parses the name of a weight tensor. Returns 0 for other names, also if the number has leading
 * zeros or more than MAX_DIGITS digits. */
static int parse_name(const lw_stored_tensor *tensor, numbered *found)
{
    enum { MAX_DIGITS = 9 };
    const char *name = tensor->name;
    const size_t length = strlen(name), suffix = strlen(weight_suffix);
    if (length < suffix || strcmp(name + length - suffix, weight_suffix) != 0)
        return 0;
    size_t begin = length - suffix, number = 0;
    while (begin > 0 && is_digit(name[begin - 1]))
        begin--;
    const size_t digits = length - suffix - begin;
    if (digits == 0 || digits > MAX_DIGITS || (digits > 1 && name[begin] == '0'))
        return 0;
    for (size_t i = begin; i < begin + digits; i++)
        number = 10 * number + (size_t)(name[i] - '0');
    *found = (numbered){tensor, begin, number};
    return 1;
}

static int same_prefix(const numbered *a, const numbered *b)
{
    return a->prefix_length == b->prefix_length &&
           memcmp(a->tensor->name, b->tensor->name, a->prefix_length) == 0;
}

static int compare_numbers(const void *a, const void *b)
{
    const numbered *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

/*
 * Chooses a name with the prefix of the network. With prefix NULL, names without a prefix take
 * precedence, because other tensors of the file, such as an optimizer's moments, have prefixes.
 * Otherwise all names must have the same prefix. Returns LW_ESHAPE if there is no such name, or if
 * there are two prefixes.
 */
static lw_status choose_prefix(const lw_safetensors *file, const char *prefix,
                               const numbered *names, size_t count, const numbered **chosen)
{
    const numbered *other = NULL;
    *chosen = NULL;
    for (size_t i = 0; i < count; i++) {
        const numbered *name = &names[i];
        const int matches = prefix
                                ? strlen(prefix) == name->prefix_length &&
                                      strncmp(name->tensor->name, prefix, name->prefix_length) == 0
                                : name->prefix_length == 0;
        if (matches) {
            *chosen = name;
            return LW_OK;
        }
        if (*chosen && !same_prefix(*chosen, name))
            other = name;
        else if (!prefix)
            *chosen = name;
    }
    if (other)
        return lw_fail(LW_ESHAPE,
                       "%s: tensors '%s' and '%s' belong to two networks; only one is supported",
                       lw_safetensors_path(file), (*chosen)->tensor->name, other->tensor->name);
    if (!*chosen)
        return lw_fail(LW_ESHAPE,
                       "%s: no tensor has the name of a numbered layer's weights, such as '%s0%s'",
                       lw_safetensors_path(file), prefix ? prefix : "", weight_suffix);
    return LW_OK;
}

/* Removes the names of other networks and sorts the rest by number. */
static lw_status select_network(const lw_safetensors *file, const char *prefix, numbered *names,
                                size_t *count)
{
    const numbered *chosen;
    const lw_status status = choose_prefix(file, prefix, names, *count, &chosen);
    if (status != LW_OK)
        return status;
    const numbered selected = *chosen;
    size_t same = 0;
    for (size_t i = 0; i < *count; i++)
        if (same_prefix(&selected, &names[i]))
            names[same++] = names[i];
    *count = same;
    qsort(names, same, sizeof *names, compare_numbers);
    return LW_OK;
}

/* Returns the bias that belongs to a weight tensor, or NULL. name: a buffer for its name. */
static const lw_stored_tensor *find_bias(const lw_safetensors *file, const lw_stored_tensor *weight,
                                         char *name)
{
    const size_t stem = strlen(weight->name) - strlen(weight_suffix);
    memcpy(name, weight->name, stem);
    memcpy(name + stem, bias_suffix, sizeof bias_suffix);
    return lw_safetensors_find(file, name);
}

/* ---- Shapes ------------------------------------------------------------------------------- */

static lw_status check_tensor(const lw_safetensors *file, const lw_stored_tensor *tensor,
                              size_t dimensions)
{
    static const char *const types[] = {"F32", "F64", "F16", "BF16"};
    int is_supported = 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        is_supported |= strcmp(tensor->dtype, types[i]) == 0;
    if (!is_supported)
        return lw_fail(LW_EFORMAT, "%s: tensor '%s' has type %s instead of F32, F64, F16 or BF16",
                       lw_safetensors_path(file), tensor->name, tensor->dtype);
    if (tensor->dimensions != dimensions)
        return lw_fail(LW_ESHAPE, "%s: tensor '%s' has %zu dimensions instead of %zu",
                       lw_safetensors_path(file), tensor->name, tensor->dimensions, dimensions);
    return LW_OK;
}

static lw_status check_linear(const lw_safetensors *file, const linear *layer)
{
    lw_status status = check_tensor(file, layer->weight, 2);
    if (status != LW_OK || !layer->bias)
        return status;
    status = check_tensor(file, layer->bias, 1);
    const size_t elements = layer->bias->shape[0], needed = layer->weight->shape[0];
    if (status == LW_OK && elements != needed)
        status = lw_fail(LW_ESHAPE, "%s: tensor '%s' has %zu elements instead of %zu",
                         lw_safetensors_path(file), layer->bias->name, elements, needed);
    return status;
}

/* Finds the layers of a file in order, each with weights and bias of matching shapes. Free *found.
 */
static lw_status find_layers(const lw_safetensors *file, const char *prefix, size_t *layers,
                             linear **found)
{
    const size_t tensors = lw_safetensors_count(file);
    size_t count = 0, longest = sizeof weight_suffix;
    for (size_t i = 0; i < tensors; i++) {
        const size_t length = strlen(lw_safetensors_tensor(file, i)->name);
        longest = length > longest ? length : longest;
    }
    /* One element more than needed: calloc(0) may return NULL. */
    numbered *names = calloc(tensors + 1, sizeof *names);
    linear *made = calloc(tensors + 1, sizeof *made);
    char *name = calloc(longest + 1, 1);
    lw_status status =
        names && made && name ? LW_OK : lw_no_memory(lw_safetensors_path(file), "the parameters");
    for (size_t i = 0; i < tensors && status == LW_OK; i++)
        count += (size_t)parse_name(lw_safetensors_tensor(file, i), &names[count]);
    if (status == LW_OK)
        status = select_network(file, prefix, names, &count);
    for (size_t i = 0; i < count && status == LW_OK; i++) {
        made[i].weight = names[i].tensor;
        made[i].bias = find_bias(file, names[i].tensor, name);
        status = check_linear(file, &made[i]);
    }
    free(names);
    free(name);
    if (status != LW_OK) {
        free(made);
        return status;
    }
    *layers = count;
    *found = made;
    return LW_OK;
}

lw_status lw_state_dict_layers(const lw_safetensors *file, size_t *layers, lw_layer_info **info)
{
    const char *path = lw_safetensors_path(file);
    size_t count;
    linear *found;
    lw_status status = find_layers(file, NULL, &count, &found);
    if (status != LW_OK)
        return status;
    lw_layer_info *made = calloc(count, sizeof *made);
    if (!made)
        status = lw_no_memory(lw_safetensors_path(file), "the parameters");
    for (size_t i = 0; i < count && status == LW_OK; i++) {
        const lw_stored_tensor *weight = found[i].weight;
        made[i] = (lw_layer_info){.in = weight->shape[1], .out = weight->shape[0]};
        if (weight->count == 0)
            status = lw_fail(LW_ESHAPE, "%s: tensor '%s' is empty: %zu x %zu", path, weight->name,
                             made[i].out, made[i].in);
        else if (i > 0 && made[i].in != made[i - 1].out)
            status = lw_fail(
                LW_ESHAPE, "%s: tensor '%s' is %zu x %zu, but follows '%s' with %zu rows", path,
                weight->name, made[i].out, made[i].in, found[i - 1].weight->name, made[i - 1].out);
    }
    free(found);
    if (status != LW_OK) {
        free(made);
        return status;
    }
    *layers = count;
    *info = made;
    return LW_OK;
}

/* ---- Elements ----------------------------------------------------------------------------- */

static lw_status copy_finite(const lw_safetensors *file, const lw_stored_tensor *tensor, float *out)
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

/* Copies a layer to its part of the zeroed flat view, weights as (in, out). scratch: as many
 * elements as the weights. */
static lw_status copy_layer(const lw_safetensors *file, const linear *layer, float *scratch,
                            float *flat)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a found layer has weights */
    const size_t out = layer->weight->shape[0], in = layer->weight->shape[1];
    const lw_status status = copy_finite(file, layer->weight, scratch);
    if (status != LW_OK)
        return status;
    lw_transpose(out, in, scratch, flat);
    return layer->bias ? copy_finite(file, layer->bias, flat + in * out) : LW_OK;
}

/* Checks that the layers of a file match info. *count receives the number of parameters. */
static lw_status check_layers(const lw_safetensors *file, const linear *found, size_t found_count,
                              const lw_layer_info *info, size_t layers, size_t *count)
{
    const char *path = lw_safetensors_path(file);
    *count = 0;
    for (size_t i = 0; i < layers && i < found_count; i++) {
        const lw_stored_tensor *weight = found[i].weight;
        if (weight->shape[0] != info[i].out || weight->shape[1] != info[i].in)
            return lw_fail(LW_ESHAPE, "%s: tensor '%s' is %zu x %zu instead of %zu x %zu", path,
                           weight->name, weight->shape[0], weight->shape[1], info[i].out,
                           info[i].in);
        *count += weight->count + info[i].out;
    }
    if (found_count != layers)
        return lw_fail(
            LW_ESHAPE,
            "%s: the file has %zu layers, the last of them '%s', but the network has %zu", path,
            found_count, found[found_count - 1].weight->name, layers);
    return LW_OK;
}

lw_status lw_state_dict_read(const lw_safetensors *file, const char *prefix,
                             const lw_layer_info *info, size_t layers, float **flat)
{
    size_t found_count, count;
    linear *found;
    lw_status status = find_layers(file, prefix, &found_count, &found);
    if (status != LW_OK)
        return status;
    /* Shapes are checked first: the allocations are then not larger than the file. */
    status = check_layers(file, found, found_count, info, layers, &count);
    float *made = NULL, *scratch = NULL;
    if (status == LW_OK) {
        /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): every network has parameters */
        made = calloc(count, sizeof *made);
        scratch = calloc(count, sizeof *scratch);
        status =
            made && scratch ? LW_OK : lw_no_memory(lw_safetensors_path(file), "the parameters");
    }
    for (size_t i = 0, offset = 0; i < layers && status == LW_OK; i++) {
        status = copy_layer(file, &found[i], scratch, made + offset);
        offset += (info[i].in + 1) * info[i].out;
    }
    free(scratch);
    free(found);
    if (status == LW_OK)
        *flat = made;
    else
        free(made);
    return status;
}
