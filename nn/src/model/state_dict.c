#include "state_dict.h"
#include "model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char weight_ending[] = ".weight", bias_ending[] = ".bias";

/* A tensor of weights, whose name is the prefix_length first characters, a number, weight_ending. */
typedef struct numbered {
    const lw_stored_tensor *tensor;
    size_t prefix_length, number;
} numbered;

/* One layer; bias NULL: none. */
typedef struct linear {
    const lw_stored_tensor *weight, *bias;
} linear;

static lw_status no_memory(const lw_safetensors *file)
{
    return lw_fail(LW_ENOMEM, "%s: no memory for the parameters", lw_safetensors_path(file));
}

/* ---- Names -------------------------------------------------------------------------------- */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether a tensor has such a name. A number with more digits than any network has layers, or with
 * zeros before it, is none. */
static int parse_name(const lw_stored_tensor *tensor, numbered *found)
{
    enum { MOST_DIGITS = 9 };
    const char *name = tensor->name;
    const size_t length = strlen(name), ending = strlen(weight_ending);
    if (length < ending || strcmp(name + length - ending, weight_ending) != 0)
        return 0;
    size_t begin = length - ending, number = 0;
    while (begin > 0 && is_digit(name[begin - 1]))
        begin--;
    const size_t digits = length - ending - begin;
    if (digits == 0 || digits > MOST_DIGITS || (digits > 1 && name[begin] == '0'))
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
 * The name whose prefix is that of the network: the given one or, with NULL, the only one there is; NULL
 * if there is none. Bare numbers come before all others: beside them lies what belongs to them, such as an
 * optimizer's moments under a prefix of its own. Of two other prefixes neither is the network.
 */
static lw_status choose_prefix(const lw_safetensors *file, const char *prefix,
                               const numbered *names, size_t count, const numbered **chosen)
{
    const numbered *other = NULL;
    *chosen = NULL;
    for (size_t i = 0; i < count; i++) {
        const numbered *name = &names[i];
        const int wanted = prefix
                               ? strlen(prefix) == name->prefix_length &&
                                     strncmp(name->tensor->name, prefix, name->prefix_length) == 0
                               : name->prefix_length == 0;
        if (wanted) {
            *chosen = name;
            return LW_OK;
        }
        if (*chosen && !same_prefix(*chosen, name))
            other = name;
        else if (!prefix)
            *chosen = name;
    }
    if (other)
        return lw_fail(LW_ESHAPE, "%s: tensors '%s' and '%s' are of two networks; one can be read",
                       lw_safetensors_path(file), (*chosen)->tensor->name, other->tensor->name);
    if (!*chosen)
        return lw_fail(LW_ESHAPE,
                       "%s: no tensor is named as the weights of a numbered layer are, such as "
                       "'%s0%s'",
                       lw_safetensors_path(file), prefix ? prefix : "", weight_ending);
    return LW_OK;
}

/* Keeps those of *count names that are of one network, in its order. */
static lw_status keep_network(const lw_safetensors *file, const char *prefix, numbered *names,
                              size_t *count)
{
    const numbered *chosen;
    const lw_status status = choose_prefix(file, prefix, names, *count, &chosen);
    if (status != LW_OK)
        return status;
    const numbered kept = *chosen;
    size_t same = 0;
    for (size_t i = 0; i < *count; i++)
        if (same_prefix(&kept, &names[i]))
            names[same++] = names[i];
    *count = same;
    qsort(names, same, sizeof *names, compare_numbers);
    return LW_OK;
}

/* The bias beside a tensor of weights; NULL if there is none. name has room for its name. */
static const lw_stored_tensor *find_bias(const lw_safetensors *file, const lw_stored_tensor *weight,
                                         char *name)
{
    const size_t stem = strlen(weight->name) - strlen(weight_ending);
    memcpy(name, weight->name, stem);
    memcpy(name + stem, bias_ending, sizeof bias_ending);
    return lw_safetensors_find(file, name);
}

/* ---- Shapes ------------------------------------------------------------------------------- */

static lw_status check_tensor(const lw_safetensors *file, const lw_stored_tensor *tensor,
                              size_t dimensions)
{
    static const char *const types[] = {"F32", "F64", "F16", "BF16"};
    int known = 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        known |= strcmp(tensor->dtype, types[i]) == 0;
    if (!known)
        return lw_fail(LW_EFORMAT, "%s: tensor '%s' is of type %s; F32, F64, F16 or BF16 is needed",
                       lw_safetensors_path(file), tensor->name, tensor->dtype);
    if (tensor->dimensions != dimensions)
        return lw_fail(LW_ESHAPE, "%s: tensor '%s' has %zu dimensions; %zu are needed",
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
        status = lw_fail(LW_ESHAPE, "%s: tensor '%s' has %zu elements; %zu are needed",
                         lw_safetensors_path(file), layer->bias->name, elements, needed);
    return status;
}

/* The layers of the file in their order, to be freed, each a matrix and a vector that go together. */
static lw_status find_layers(const lw_safetensors *file, const char *prefix, size_t *layers,
                             linear **found)
{
    const size_t tensors = lw_safetensors_count(file);
    size_t count = 0, longest = sizeof weight_ending;
    for (size_t i = 0; i < tensors; i++) {
        const size_t length = strlen(lw_safetensors_tensor(file, i)->name);
        longest = length > longest ? length : longest;
    }
    /* One element more than needed: calloc of nothing may return NULL. */
    numbered *names = calloc(tensors + 1, sizeof *names);
    linear *made = calloc(tensors + 1, sizeof *made);
    char *name = calloc(longest + 1, 1);
    lw_status status = names && made && name ? LW_OK : no_memory(file);
    for (size_t i = 0; i < tensors && status == LW_OK; i++)
        count += (size_t)parse_name(lw_safetensors_tensor(file, i), &names[count]);
    if (status == LW_OK)
        status = keep_network(file, prefix, names, &count);
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
        status = no_memory(file);
    for (size_t i = 0; i < count && status == LW_OK; i++) {
        const lw_stored_tensor *weight = found[i].weight;
        made[i] = (lw_layer_info){.in = weight->shape[1], .out = weight->shape[0]};
        if (weight->count == 0)
            status = lw_fail(LW_ESHAPE, "%s: tensor '%s' is %zu x %zu: empty", path, weight->name,
                             made[i].out, made[i].in);
        else if (i > 0 && made[i].in != made[i - 1].out)
            status = lw_fail(
                LW_ESHAPE, "%s: tensor '%s' is %zu x %zu; it would follow '%s' of %zu rows", path,
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

/* Puts one layer into the flat view, which is 0 so far, weights as (in, out); scratch holds as many. */
static lw_status copy_layer(const lw_safetensors *file, const linear *layer, float *scratch,
                            float *flat)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a layer that was found has weights */
    const size_t out = layer->weight->shape[0], in = layer->weight->shape[1];
    const lw_status status = copy_finite(file, layer->weight, scratch);
    if (status != LW_OK)
        return status;
    lw_transpose(out, in, scratch, flat);
    return layer->bias ? copy_finite(file, layer->bias, flat + in * out) : LW_OK;
}

/* Whether the layers of a file are these ones; *count receives the parameters. */
static lw_status check_layers(const lw_safetensors *file, const linear *found, size_t found_count,
                              const lw_layer_info *info, size_t layers, size_t *count)
{
    const char *path = lw_safetensors_path(file);
    *count = 0;
    for (size_t i = 0; i < layers && i < found_count; i++) {
        const lw_stored_tensor *weight = found[i].weight;
        if (weight->shape[0] != info[i].out || weight->shape[1] != info[i].in)
            return lw_fail(LW_ESHAPE, "%s: tensor '%s' is %zu x %zu; %zu x %zu is needed", path,
                           weight->name, weight->shape[0], weight->shape[1], info[i].out,
                           info[i].in);
        *count += weight->count + info[i].out;
    }
    if (found_count != layers)
        return lw_fail(LW_ESHAPE,
                       "%s: has the weights of %zu layers, the last of them '%s', but the network "
                       "has %zu layers",
                       path, found_count, found[found_count - 1].weight->name, layers);
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
    /* Shapes come first: what they ask for is then no more than the file holds. */
    status = check_layers(file, found, found_count, info, layers, &count);
    float *made = NULL, *scratch = NULL;
    if (status == LW_OK) {
        /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): no network is without parameters */
        made = calloc(count, sizeof *made);
        scratch = calloc(count, sizeof *scratch);
        status = made && scratch ? LW_OK : no_memory(file);
    }
    for (size_t i = 0, at = 0; i < layers && status == LW_OK; i++) {
        status = copy_layer(file, &found[i], scratch, made + at);
        at += (info[i].in + 1) * info[i].out;
    }
    free(scratch);
    free(found);
    if (status == LW_OK)
        *flat = made;
    else
        free(made);
    return status;
}
