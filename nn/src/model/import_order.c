/* Orders layers by name, number or shape. */
#include "import_order.h"
#include "base/memory.h"
#include "state_dict.h"

#include <stdlib.h>
#include <string.h>

/* ---- By name ------------------------------------------------------------------------------ */

static int has_name(const lw_import_module *module, size_t skipped, const char *name)
{
    const size_t length = strlen(name);
    return module->name_length == skipped + length &&
           memcmp(module->tensors[0]->name + skipped, name, length) == 0;
}

/* Finds a module by its name, with or without the prefix. */
static lw_import_module *find_module(const lw_import_modules *modules, const char *name)
{
    size_t skipped = strlen(modules->prefix);
    if (skipped > 0 && modules->prefix[skipped - 1] != '.')
        skipped++;
    for (size_t i = 0; i < modules->module_count; i++)
        if (has_name(&modules->modules[i], 0, name) ||
            has_name(&modules->modules[i], skipped, name))
            return &modules->modules[i];
    return NULL;
}

static void list_layers(const lw_import_modules *modules, lw_import_list *list)
{
    for (size_t i = 0; i < modules->module_count; i++)
        if (!modules->modules[i].kind)
            lw_import_list_add_layer(list, &modules->modules[i]);
}

static lw_status order_by_name(const lw_import_modules *modules, const lw_import_options *options,
                               lw_import_module **chain, size_t *count)
{
    const char *path = lw_safetensors_path(modules->file);
    for (size_t i = 0; i < options->order_count; i++) {
        const char *name = options->order[i];
        lw_import_module *module = find_module(modules, name);
        if (!module) {
            lw_import_list layers = {0};
            list_layers(modules, &layers);
            return lw_fail(LW_ESHAPE,
                           "%s: options->order: no layer has the name '%.80s'; layers: %s", path,
                           name, lw_import_list_text(&layers));
        }
        if (module->kind)
            return lw_fail(LW_ESHAPE, "%s: options->order: '%.80s' is not a dense layer (%s)", path,
                           name, module->kind);
        /* The chain has room for all modules: each is named at most once. */
        if (module->placed)
            return lw_fail(LW_EINVAL, "%s: options->order: '%.80s' is named twice", path, name);
        module->placed = 1;
        chain[i] = module;
    }
    *count = options->order_count;
    return LW_OK;
}

/* ---- By number ---------------------------------------------------------------------------- */

typedef struct numbered_layer {
    lw_import_module *module;
    size_t prefix_length, number;
} numbered_layer;

static int compare_numbers(const void *a, const void *b)
{
    const numbered_layer *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int same_prefix(const numbered_layer *a, const numbered_layer *b)
{
    return a->prefix_length == b->prefix_length &&
           memcmp(a->module->weight->name, b->module->weight->name, a->prefix_length) == 0;
}

/* Orders layers of one prefix by number: the empty one if there is such a layer, otherwise the only
 * one. *count receives 0 if there is none. Returns LW_ENOMEM. */
static lw_status order_by_number(const lw_import_modules *modules, lw_import_module **chain,
                                 size_t *count)
{
    numbered_layer *layers = calloc(modules->module_count, sizeof *layers);
    if (!layers)
        return lw_no_memory(lw_safetensors_path(modules->file), "the names of the layers");
    size_t found = 0, chosen = 0, same = 0;
    int prefixes = 0;
    for (size_t i = 0; i < modules->module_count; i++) {
        numbered_layer *layer = &layers[found];
        layer->module = &modules->modules[i];
        if (!layer->module->kind && lw_state_dict_number(layer->module->weight->name,
                                                         &layer->prefix_length, &layer->number))
            found++;
    }
    for (size_t i = 0; i < found; i++) {
        prefixes += i == 0 || !same_prefix(&layers[i - 1], &layers[i]);
        if (layers[i].prefix_length == 0)
            chosen = i;
    }
    const numbered_layer selected = layers[chosen];
    for (size_t i = 0; i < found; i++)
        if (same_prefix(&layers[i], &selected))
            layers[same++] = layers[i];
    qsort(layers, same, sizeof *layers, compare_numbers);
    for (size_t i = 0; i < same; i++)
        chain[i] = layers[i].module;
    *count = prefixes == 1 || (found > 0 && selected.prefix_length == 0) ? same : 0;
    free(layers);
    return LW_OK;
}

/* ---- By shape ----------------------------------------------------------------------------- */

/* The search for chains takes at most this many layers and steps; beyond, there is no order. */
enum { MAX_LAYERS = 64, MAX_STEPS = 100000 };

typedef struct chain_search {
    lw_import_module *layers[MAX_LAYERS];
    size_t count;
    int used[MAX_LAYERS];
    size_t path[MAX_LAYERS], chain[MAX_LAYERS];
    int chains, steps;
} chain_search;

/* Tries all layers at this position of the path. Stops after the second chain. */
/* NOLINTNEXTLINE(misc-no-recursion): MAX_LAYERS deep at most */
static void extend(chain_search *search, size_t position)
{
    if (position == search->count) {
        search->chains++;
        memcpy(search->chain, search->path, sizeof search->path);
        return;
    }
    for (size_t i = 0; i < search->count; i++) {
        if (search->chains > 1 || search->steps >= MAX_STEPS)
            return;
        search->steps++;
        const lw_import_module *before =
            position > 0 ? search->layers[search->path[position - 1]] : NULL;
        if (search->used[i] ||
            (before && search->layers[i]->weight->shape[1] != before->weight->shape[0]))
            continue;
        search->used[i] = 1;
        search->path[position] = i;
        extend(search, position + 1);
        search->used[i] = 0;
    }
}

/* Orders all dense layers if exactly one order chains; otherwise *count receives 0. */
static void order_by_shape(const lw_import_modules *modules, lw_import_module **chain,
                           size_t *count)
{
    chain_search search = {0};
    *count = 0;
    for (size_t i = 0; i < modules->module_count; i++) {
        if (modules->modules[i].kind)
            continue;
        if (search.count == MAX_LAYERS)
            return;
        search.layers[search.count++] = &modules->modules[i];
    }
    extend(&search, 0);
    if (search.chains != 1 || search.steps >= MAX_STEPS)
        return;
    for (size_t i = 0; i < search.count; i++)
        chain[i] = search.layers[search.chain[i]];
    *count = search.count;
}

/* ---- All ---------------------------------------------------------------------------------- */

static lw_status check_chain(const lw_safetensors *file, lw_import_module *const *chain,
                             size_t count)
{
    const char *path = lw_safetensors_path(file);
    for (size_t i = 0; i < count; i++) {
        const lw_stored_tensor *weight = chain[i]->weight;
        const lw_stored_tensor *before = i > 0 ? chain[i - 1]->weight : NULL;
        const lw_status status = lw_state_dict_check(file, weight, 2);
        if (status != LW_OK)
            return status;
        if (weight->count == 0)
            return lw_fail(LW_ESHAPE, "%s: tensor '%s' is empty: %zu x %zu", path, weight->name,
                           weight->shape[0], weight->shape[1]);
        if (before && weight->shape[1] != before->shape[0])
            return lw_fail(LW_ESHAPE,
                           "%s: tensor '%.80s' is %zu x %zu, but follows '%.80s' with %zu rows; "
                           "options->order gives another order of the layers%s",
                           path, weight->name, weight->shape[0], weight->shape[1], before->name,
                           before->shape[0],
                           chain[i - 1]->bias ? "" : " (without a bias it may be an embedding)");
    }
    return LW_OK;
}

static lw_status fail_without_order(const lw_import_modules *modules)
{
    lw_import_list list = {0};
    list_layers(modules, &list);
    return lw_fail(LW_ESHAPE,
                   "%s: the shapes do not give one order of the layers %s; options->order lists "
                   "their names in order of use, options->prefix selects one network",
                   lw_safetensors_path(modules->file), lw_import_list_text(&list));
}

/* Orders the layers without names from the caller. */
static lw_status find_order(const lw_import_modules *modules, int partial, lw_import_module **chain,
                            size_t *count)
{
    size_t dense = 0;
    for (size_t i = 0; i < modules->module_count; i++)
        dense += modules->modules[i].kind == NULL;
    if (dense == 0)
        return lw_fail(LW_ESHAPE,
                       "%s: no tensor is the weight of a dense layer, such as '0.weight' with 2 "
                       "dimensions",
                       lw_safetensors_path(modules->file));
    lw_status status = order_by_number(modules, chain, count);
    if (status != LW_OK || *count == dense)
        return status;
    order_by_shape(modules, chain, count);
    if (*count == 0 && partial)
        status = order_by_number(modules, chain, count);
    return status != LW_OK || *count > 0 ? status : fail_without_order(modules);
}

lw_status lw_import_order(const lw_import_modules *modules, const lw_import_options *options,
                          lw_import_module **chain, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < modules->module_count; i++)
        modules->modules[i].placed = 0;
    const lw_status status = options->order_count > 0
                                 ? order_by_name(modules, options, chain, count)
                                 : find_order(modules, options->partial, chain, count);
    for (size_t i = 0; i < *count; i++)
        chain[i]->placed = 1;
    return status == LW_OK ? check_chain(modules->file, chain, *count) : status;
}
