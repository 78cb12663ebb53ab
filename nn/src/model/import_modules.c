/* Identification of layers by the names and shapes of their tensors. */
#include "import_modules.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Lists -------------------------------------------------------------------------------- */

/* Bytes kept for " and N more" and the terminating null. */
enum { LIST_RESERVE = 32 };

void lw_import_list_add(lw_import_list *list, const char *format, ...)
{
    const size_t room = LW_IMPORT_LIST_BYTES - LIST_RESERVE;
    const char *separator = list->length > 0 ? ", " : "";
    char item[LW_IMPORT_LIST_BYTES - LIST_RESERVE];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(item, sizeof item, format, arguments);
    va_end(arguments);
    /* The first item is shortened instead. */
    const int fits = length >= 0 && list->length + (size_t)length + strlen(separator) < room;
    if (list->omitted > 0 || (list->length > 0 && !fits)) {
        list->omitted++;
        return;
    }
    const int written =
        snprintf(list->text + list->length, room - list->length, "%s%s", separator, item);
    list->length += written > 0 ? strlen(list->text + list->length) : 0;
}

const char *lw_import_list_text(lw_import_list *list)
{
    if (list->omitted > 0)
        snprintf(list->text + list->length, LIST_RESERVE, " and %zu more", list->omitted);
    return list->text;
}

void lw_import_list_add_layer(lw_import_list *list, const lw_import_module *module)
{
    const lw_stored_tensor *weight = module->weight;
    lw_import_list_add(list, "'%.*s' (%zu x %zu)", (int)module->name_length, weight->name,
                       weight->shape[0], weight->shape[1]);
}

/* ---- Modules ------------------------------------------------------------------------------ */

/* The length of the module's name in that of a tensor: up to the last dot, 0 if there is none. */
static size_t module_length(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) : 0;
}

/* The name of the tensor within its module. */
static const char *leaf_of(const lw_stored_tensor *tensor)
{
    const char *dot = strrchr(tensor->name, '.');
    return dot ? dot + 1 : tensor->name;
}

static int compare_tensors(const void *a, const void *b)
{
    const char *left = (*(const lw_stored_tensor *const *)a)->name;
    const char *right = (*(const lw_stored_tensor *const *)b)->name;
    const size_t left_length = module_length(left), right_length = module_length(right);
    const size_t common = left_length < right_length ? left_length : right_length;
    const int order = memcmp(left, right, common);
    if (order != 0)
        return order;
    if (left_length != right_length)
        return left_length < right_length ? -1 : 1;
    return strcmp(left, right);
}

/* Whether the last part of a module's name says that it is an embedding. */
static int is_named_embedding(const char *name, size_t length)
{
    static const char word[] = "embed";
    enum { WORD = sizeof word - 1 };
    size_t begin = length;
    while (begin > 0 && name[begin - 1] != '.')
        begin--;
    for (; begin + WORD <= length; begin++) {
        size_t same = 0;
        while (same < WORD && tolower((unsigned char)name[begin + same]) == word[same])
            same++;
        if (same == WORD)
            return 1;
    }
    return 0;
}

/* What a module is according to the names of its tensors; NULL if they say nothing. */
static const char *kind_of_names(const lw_import_module *module)
{
    static const struct {
        const char *leaf, *kind; /* the start of a tensor's name */
    } known[] = {
        {"running_mean", "batch or instance norm"},
        {"running_var", "batch or instance norm"},
        {"num_batches_tracked", "batch or instance norm"},
        {"weight_ih", "recurrent layer"},
        {"weight_hh", "recurrent layer"},
        {"bias_ih", "recurrent layer"},
        {"bias_hh", "recurrent layer"},
        {"in_proj_", "attention"},
        {"weight_g", "weight normalization"},
        {"weight_v", "weight normalization"},
        {"weight_orig", "spectral norm or pruning"},
    };
    for (size_t i = 0; i < module->tensor_count; i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (strncmp(leaf_of(module->tensors[i]), known[k].leaf, strlen(known[k].leaf)) == 0)
                return known[k].kind;
    return NULL;
}

static const char unknown_kind[] = "not a dense layer's weight or bias";

static const char *kind_of(const lw_import_module *module)
{
    const char *kind = kind_of_names(module);
    const lw_stored_tensor *weight = module->weight;
    if (kind || !weight)
        return kind ? kind : unknown_kind;
    if (weight->dimensions > 2)
        return "convolution";
    if (weight->dimensions == 2)
        return is_named_embedding(weight->name, module->name_length) ? "embedding" : NULL;
    if (module->bias)
        return "layer or group norm";
    return weight->count == 1 ? "PReLU" : "PReLU or RMS norm";
}

static void identify(lw_import_module *module)
{
    for (size_t i = 0; i < module->tensor_count; i++) {
        const char *leaf = leaf_of(module->tensors[i]);
        if (strcmp(leaf, "weight") == 0)
            module->weight = module->tensors[i];
        else if (strcmp(leaf, "bias") == 0)
            module->bias = module->tensors[i];
    }
    module->kind = kind_of(module);
    module->placed = module->kind == NULL;
}

/* Splits the sorted tensors into modules. */
static void group_tensors(lw_import_modules *modules)
{
    for (size_t i = 0; i < modules->tensor_count;) {
        const char *name = modules->tensors[i]->name;
        const size_t length = module_length(name);
        size_t end = i + 1;
        while (end < modules->tensor_count &&
               module_length(modules->tensors[end]->name) == length &&
               memcmp(modules->tensors[end]->name, name, length) == 0)
            end++;
        lw_import_module *module = &modules->modules[modules->module_count++];
        *module = (lw_import_module){
            .tensors = modules->tensors + i, .tensor_count = end - i, .name_length = length};
        identify(module);
        i = end;
    }
}

/* Whether a tensor's name begins with a module's name, with or without the dot at its end. */
static int is_under(const char *name, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(name, prefix, length) == 0 &&
           (length == 0 || prefix[length - 1] == '.' || name[length] == '.');
}

/* Reports that no tensor is under the prefix, with the first parts of the names in the file. */
static lw_status fail_without_tensors(const lw_import_modules *modules)
{
    const lw_safetensors *file = modules->file;
    const char *path = lw_safetensors_path(file);
    lw_import_list list = {0};
    const char *last = "";
    for (size_t i = 0; i < lw_safetensors_count(file); i++) {
        const char *name = lw_safetensors_tensor(file, i)->name;
        const size_t length = strcspn(name, ".");
        if (strncmp(name, last, length) != 0 || strcspn(last, ".") != length)
            lw_import_list_add(&list, "'%.*s'", (int)length, name);
        last = name;
    }
    if (list.length == 0 || !*modules->prefix)
        return lw_fail(LW_ESHAPE,
                       "%s: no tensor has the name of a layer's weights, such as '0.weight'", path);
    return lw_fail(LW_ESHAPE, "%s: no tensor is under the prefix '%.80s'; the file has %s", path,
                   modules->prefix, lw_import_list_text(&list));
}

lw_status lw_import_modules_find(lw_import_modules *modules, const lw_safetensors *file,
                                 const char *prefix)
{
    static const char moments[] = "optimizer";
    const size_t count = lw_safetensors_count(file);
    const int is_state = lw_safetensors_metadata(file, "training_state") != NULL;
    *modules = (lw_import_modules){.file = file, .prefix = prefix ? prefix : ""};
    /* One element more than needed: calloc(0) may return NULL. */
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
    modules->tensors = calloc(count + 1, sizeof(*modules->tensors));
    modules->modules = calloc(count + 1, sizeof(*modules->modules));
    if (!modules->tensors || !modules->modules)
        return lw_no_memory(lw_safetensors_path(file), "the names of the tensors");
    for (size_t i = 0; i < count; i++) {
        const lw_stored_tensor *tensor = lw_safetensors_tensor(file, i);
        if (is_under(tensor->name, modules->prefix) &&
            !(is_state && is_under(tensor->name, moments)))
            modules->tensors[modules->tensor_count++] = tensor;
    }
    if (modules->tensor_count == 0)
        return fail_without_tensors(modules);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the same */
    qsort(modules->tensors, modules->tensor_count, sizeof(*modules->tensors), compare_tensors);
    group_tensors(modules);
    return LW_OK;
}

void lw_import_modules_free(lw_import_modules *modules)
{
    free(modules->tensors);
    free(modules->modules);
    *modules = (lw_import_modules){0};
}

/* ---- Tensors without a place -------------------------------------------------------------- */

/* Why a tensor belongs to no layer; NULL if it belongs to one. */
static const char *reason_of(const lw_import_module *module, const lw_stored_tensor *tensor)
{
    if (module->kind)
        return module->kind;
    if (!module->placed)
        return "a dense layer outside the network";
    return tensor == module->weight || tensor == module->bias ? NULL : unknown_kind;
}

void lw_import_modules_report(const lw_import_modules *modules,
                              void (*on_unplaced)(void *user, const char *tensor,
                                                  const char *reason),
                              void *user)
{
    for (size_t i = 0; i < modules->module_count && on_unplaced; i++)
        for (size_t k = 0; k < modules->modules[i].tensor_count; k++) {
            const lw_stored_tensor *tensor = modules->modules[i].tensors[k];
            const char *reason = reason_of(&modules->modules[i], tensor);
            if (reason)
                on_unplaced(user, tensor->name, reason);
        }
}

lw_status lw_import_modules_refuse(const lw_import_modules *modules)
{
    lw_import_list list = {0};
    for (size_t i = 0; i < modules->module_count; i++) {
        const lw_import_module *module = &modules->modules[i];
        const char *name = module->tensors[0]->name;
        const int is_whole = module->kind != NULL || !module->placed;
        if (is_whole && module->tensor_count > 1 && module->name_length > 0) {
            lw_import_list_add(&list, "'%.*s.*' (%s, %zu tensors)", (int)module->name_length, name,
                               reason_of(module, module->tensors[0]), module->tensor_count);
            continue;
        }
        for (size_t k = 0; k < module->tensor_count; k++) {
            const char *reason = reason_of(module, module->tensors[k]);
            if (reason)
                lw_import_list_add(&list, "'%s' (%s)", module->tensors[k]->name, reason);
        }
    }
    if (list.length == 0)
        return LW_OK;
    return lw_fail(LW_ESHAPE,
                   "%s: no layer of a dense network has these tensors: %s; options->prefix imports "
                   "one module, options->partial leaves tensors out",
                   lw_safetensors_path(modules->file), lw_import_list_text(&list));
}
