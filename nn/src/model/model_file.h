/* What saving and loading a network agree on. */
#ifndef LANEWISE_MODEL_FILE_H
#define LANEWISE_MODEL_FILE_H

#include "safetensors.h"
#include <lanewise/nn.h>
#include <stdio.h>

/* The metadata of a saved network: LW_KEY_VERSION tells the version of what follows; lists stand
 * one element per layer with commas between. */
#define LW_KEY_VERSION     "lanewise"
#define LW_KEY_INPUTS      "inputs"
#define LW_KEY_UNITS       "units"
#define LW_KEY_ACTIVATIONS "activations"

#define LW_MODEL_FILE_VERSION "1"

enum { LW_TENSOR_NAME_BYTES = 40, LW_LIST_ITEM_BYTES = 32 };

/* kind: name of a tensor; module: its layer's number among the modules of PyTorch's nn.Sequential. */
static inline void lw_name_tensor(char name[LW_TENSOR_NAME_BYTES], size_t module, const char *kind)
{
    snprintf(name, LW_TENSOR_NAME_BYTES, "%zu.%s", module, kind);
}

/* to (cols x rows) = the transpose of from (rows x cols): weights are stored as (out, in). */
static inline void lw_transpose(size_t rows, size_t cols, const float *from, float *to)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

/* Views of a network beside its parameters have tensors of the same names behind a prefix. */
enum { LW_PREFIX_BYTES = 40, LW_PREFIXED_NAME_BYTES = LW_PREFIX_BYTES + LW_TENSOR_NAME_BYTES };

static inline void lw_name_prefixed(char name[LW_PREFIXED_NAME_BYTES], const char *prefix,
                                    size_t module, const char *kind)
{
    lw_name_tensor(name + snprintf(name, LW_PREFIX_BYTES, "%s", prefix), module, kind);
}

/* A flat view, and what the names of its tensors begin with: "" for the parameters. */
typedef struct lw_saved_view {
    const char *prefix;
    const float *flat;
} lw_saved_view;

/* Texts of metadata that lw_model_write takes beside those of the architecture. */
enum { LW_EXTRA_METADATA = 10 };

/* Writes a network's architecture and some views of it, with up to LW_EXTRA_METADATA more texts. LW_EDATA, with the
 * tensor, for NaN and Inf. */
lw_status lw_model_write(const lw_net *net, size_t view_count, const lw_saved_view *views,
                         size_t metadata_count, const lw_metadata *metadata, const char *path);

/* The layers that a file's metadata describe; to be freed. Errors as lw_net_load. */
lw_status lw_model_layers(const lw_safetensors *file, size_t *layers, lw_layer_info **info);

#endif
