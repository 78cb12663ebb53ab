/* The modules of a file of weights: tensors with the same name up to the last dot. */
#ifndef LANEWISE_IMPORT_MODULES_H
#define LANEWISE_IMPORT_MODULES_H

#include "safetensors.h"

typedef struct lw_import_module {
    const lw_stored_tensor *const *tensors; /* sorted by name */
    size_t tensor_count;
    size_t name_length;             /* of the module, at the start of its tensors' names */
    const lw_stored_tensor *weight; /* NULL if there is none */
    const lw_stored_tensor *bias;
    const char *kind; /* NULL: a dense layer; otherwise what it is instead */
    int placed;       /* the module is a layer of the network */
} lw_import_module;

typedef struct lw_import_modules {
    const lw_safetensors *file;
    const char *prefix;               /* "": all tensors */
    const lw_stored_tensor **tensors; /* sorted by module, then by name */
    size_t tensor_count;
    lw_import_module *modules;
    size_t module_count;
} lw_import_modules;

/*
 * Groups the tensors of a module, or of all modules with prefix NULL, and identifies the layers.
 * The file must stay open. The moments of a training state are not included. All dense layers are
 * placed. Returns LW_ENOMEM, or LW_ESHAPE if there is no such tensor. Call lw_import_modules_free
 * in either case.
 */
lw_status lw_import_modules_find(lw_import_modules *modules, const lw_safetensors *file,
                                 const char *prefix);

void lw_import_modules_free(lw_import_modules *modules);

/* Calls on_unplaced for each tensor that belongs to no layer of the network, with the reason;
 * on_unplaced may be NULL. */
void lw_import_modules_report(const lw_import_modules *modules,
                              void (*on_unplaced)(void *user, const char *tensor,
                                                  const char *reason),
                              void *user);

/* Returns LW_ESHAPE, with the modules, if a tensor belongs to no layer of the network. */
lw_status lw_import_modules_refuse(const lw_import_modules *modules);

/* A list for messages, shortened to "A, B and 7 more". */
enum { LW_IMPORT_LIST_BYTES = 240 };

typedef struct lw_import_list {
    char text[LW_IMPORT_LIST_BYTES];
    size_t length, omitted;
} lw_import_list;

void lw_import_list_add(lw_import_list *list, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* The text of a list to which nothing is added any more. */
const char *lw_import_list_text(lw_import_list *list);

/* Adds the name and the shape of a dense layer. */
void lw_import_list_add_layer(lw_import_list *list, const lw_import_module *module);

#endif
