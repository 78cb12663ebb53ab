/* Parameters of layers in state dicts: names, shapes and elements. */
#include "state_dict.h"
#include "base/memory.h"
#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char weight_suffix[] = ".weight";

/* A weight tensor named PREFIX<number>.weight; the prefix has prefix_length characters. */
typedef struct numbered {
    const lw_stored_tensor *tensor;
    size_t prefix_length, number;
} numbered;

/* ---- Names -------------------------------------------------------------------------------- */

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int lw_state_dict_number(const char *name, size_t *prefix_length, size_t *number)
{
    enum { MAX_DIGITS = 9 };
    const size_t length = strlen(name), suffix = strlen(weight_suffix);
    if (length < suffix || strcmp(name + length - suffix, weight_suffix) != 0)
        return 0;
    size_t begin = length - suffix, value = 0;
    while (begin > 0 && is_digit(name[begin - 1]))
        begin--;
    const size_t digits = length - suffix - begin;
    if (digits == 0 || digits > MAX_DIGITS || (digits > 1 && name[begin] == '0'))
        return 0;
    for (size_t i = begin; i < begin + digits; i++)
        value = 10 * value + (size_t)(name[i] - '0');
    *prefix_length = begin;
    *number = value;
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

/* Finds another tensor of the layer with this weight tensor; NULL if there is none. */
static lw_status find_tensor(const lw_safetensors *file, const lw_stored_tensor *weight,
                             const char *kind, const lw_stored_tensor **tensor)
{
    /* Up to and including the dot, which the name `weight` does not have. */
    const size_t stem = strlen(weight->name) - strlen("weight");
    const size_t bytes = stem + strlen(kind) + 1;
    char *name = malloc(bytes);
    if (!name)
        return lw_no_memory(lw_safetensors_path(file), "the parameters");
    snprintf(name, bytes, "%.*s%s", (int)stem, weight->name, kind);
    *tensor = lw_safetensors_find(file, name);
    free(name);
    return LW_OK;
}

/* ---- Shapes ------------------------------------------------------------------------------- */

lw_status lw_state_dict_check(const lw_safetensors *file, const lw_stored_tensor *tensor,
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

/* Finds the weight tensors of a file's layers in order. Free *found. */
static lw_status find_layers(const lw_safetensors *file, const char *prefix, size_t *layers,
                             const lw_stored_tensor ***found)
{
    const size_t tensors = lw_safetensors_count(file);
    size_t count = 0;
    /* One element more than needed: calloc(0) may return NULL. */
    numbered *names = calloc(tensors + 1, sizeof *names);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
    const lw_stored_tensor **weights = calloc(tensors + 1, sizeof *weights);
    lw_status status =
        names && weights ? LW_OK : lw_no_memory(lw_safetensors_path(file), "the parameters");
    for (size_t i = 0; i < tensors && status == LW_OK; i++) {
        numbered *next = &names[count];
        next->tensor = lw_safetensors_tensor(file, i);
        count +=
            (size_t)lw_state_dict_number(next->tensor->name, &next->prefix_length, &next->number);
    }
    if (status == LW_OK)
        status = select_network(file, prefix, names, &count);
    for (size_t i = 0; i < count && status == LW_OK; i++)
        weights[i] = names[i].tensor;
    free(names);
    if (status != LW_OK) {
        free(weights);
        return status;
    }
    *layers = count;
    *found = weights;
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

/* A tensor of a network; stored NULL: not in the file. */
typedef struct placed_tensor {
    const lw_tensor *tensor;
    const lw_stored_tensor *stored;
} placed_tensor;

static lw_status check_shape(const lw_safetensors *file, const placed_tensor *at)
{
    const lw_stored_tensor *stored = at->stored;
    const size_t rows = at->tensor->rows, cols = at->tensor->cols;
    const lw_status status = lw_state_dict_check(file, stored, at->tensor->is_matrix ? 2 : 1);
    if (status != LW_OK)
        return status;
    if (!at->tensor->is_matrix && stored->shape[0] != cols)
        return lw_fail(LW_ESHAPE, "%s: tensor '%s' has %zu elements instead of %zu",
                       lw_safetensors_path(file), stored->name, stored->shape[0], cols);
    if (at->tensor->is_matrix && (stored->shape[0] != cols || stored->shape[1] != rows))
        return lw_fail(LW_ESHAPE, "%s: tensor '%s' is %zu x %zu instead of %zu x %zu",
                       lw_safetensors_path(file), stored->name, stored->shape[0], stored->shape[1],
                       cols, rows);
    return LW_OK;
}

/* Finds the tensors of all layers and checks their shapes. placed: room for LW_MAX_TENSORS of each
 * layer. *count receives the number of parameters. */
static lw_status place_tensors(const lw_safetensors *file, const lw_stored_tensor *const *found,
                               size_t found_count, lw_layer *const *layers, size_t layer_count,
                               placed_tensor *placed, size_t *count)
{
    lw_status status = LW_OK;
    *count = 0;
    for (size_t i = 0; i < layer_count && i < found_count; i++)
        for (size_t k = 0; k < layers[i]->tensor_count && status == LW_OK; k++, placed++) {
            *placed = (placed_tensor){&layers[i]->tensors[k], found[i]};
            if (k > 0)
                status = find_tensor(file, found[i], placed->tensor->name, &placed->stored);
            if (status == LW_OK && (k == 0 || placed->stored))
                status = check_shape(file, placed);
            if (status == LW_OK)
                *count += lw_tensor_count(placed->tensor);
        }
    if (status != LW_OK || found_count == layer_count)
        return status;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): find_layers has found one at least */
    const char *last = found[found_count - 1]->name;
    return lw_fail(LW_ESHAPE,
                   "%s: the file has %zu layers, the last of them '%s', but the network has %zu",
                   lw_safetensors_path(file), found_count, last, layer_count);
}

/* Copies count parameters to a new flat view, matrices as (in, out). */
static lw_status copy_tensors(const lw_safetensors *file, const placed_tensor *placed, size_t count,
                              float **flat)
{
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): every network has parameters */
    float *made = calloc(count, sizeof *made), *scratch = calloc(count, sizeof *scratch);
    lw_status status =
        made && scratch ? LW_OK : lw_no_memory(lw_safetensors_path(file), "the parameters");
    for (size_t at = 0; at < count && status == LW_OK; placed++) {
        const lw_tensor *tensor = placed->tensor;
        if (placed->stored)
            status = copy_finite(file, placed->stored, tensor->is_matrix ? scratch : made + at);
        if (status == LW_OK && placed->stored && tensor->is_matrix)
            lw_transpose(tensor->cols, tensor->rows, scratch, made + at);
        at += lw_tensor_count(tensor);
    }
    free(scratch);
    if (status == LW_OK)
        *flat = made;
    else
        free(made);
    return status;
}

lw_status lw_state_dict_read_weights(const lw_safetensors *file,
                                     const lw_stored_tensor *const *weights, size_t weight_count,
                                     lw_layer *const *layers, size_t layer_count, float **flat)
{
    size_t count = 0;
    placed_tensor *placed = calloc(layer_count, LW_MAX_TENSORS * sizeof *placed);
    lw_status status =
        placed ? place_tensors(file, weights, weight_count, layers, layer_count, placed, &count)
               : lw_no_memory(lw_safetensors_path(file), "the parameters");
    /* Shapes are checked first: the allocations are then not larger than the file. */
    if (status == LW_OK)
        status = copy_tensors(file, placed, count, flat);
    free(placed);
    return status;
}

lw_status lw_state_dict_read(const lw_safetensors *file, const char *prefix,
                             lw_layer *const *layers, size_t layer_count, float **flat)
{
    size_t count;
    const lw_stored_tensor **weights;
    const lw_status status = find_layers(file, prefix, &count, &weights);
    if (status != LW_OK)
        return status;
    const lw_status read =
        lw_state_dict_read_weights(file, weights, count, layers, layer_count, flat);
    free(weights);
    return read;
}
