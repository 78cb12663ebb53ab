/* The format of saved networks, shared by saving and loading. */
#ifndef LANEWISE_MODEL_FILE_H
#define LANEWISE_MODEL_FILE_H

#include "safetensors.h"
#include <lanewise/nn.h>
#include <stdio.h>

/* Metadata keys of a saved network. The version determines the meaning of the others. Lists have
 * one element per layer, separated by commas. */
#define LW_KEY_VERSION     "lanewise"
#define LW_KEY_INPUTS      "inputs"
#define LW_KEY_UNITS       "units"
#define LW_KEY_ACTIVATIONS "activations"
#define LW_KEY_THRESHOLD   "threshold" /* optional: of a single output; 0.5 if there is none */
#define LW_KEY_SCHEMA      "schema"    /* optional: JSON, see docs/file-formats.md */

#define LW_MODEL_FILE_VERSION "1"

enum { LW_TENSOR_NAME_BYTES = 40, LW_LIST_ITEM_BYTES = 32 };

/* Writes the name of a tensor. module: number of its layer in PyTorch's nn.Sequential. */
static inline void lw_name_tensor(char name[LW_TENSOR_NAME_BYTES], size_t module, const char *kind)
{
    snprintf(name, LW_TENSOR_NAME_BYTES, "%zu.%s", module, kind);
}

/* to (cols x rows) = transpose of from (rows x cols). Files store weights as (out, in). */
static inline void lw_transpose(size_t rows, size_t cols, const float *from, float *to)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

/* Views other than the parameters have the same tensor names with a prefix. */
enum { LW_PREFIX_BYTES = 40, LW_PREFIXED_NAME_BYTES = LW_PREFIX_BYTES + LW_TENSOR_NAME_BYTES };

static inline void lw_name_prefixed(char name[LW_PREFIXED_NAME_BYTES], const char *prefix,
                                    size_t module, const char *kind)
{
    lw_name_tensor(name + snprintf(name, LW_PREFIX_BYTES, "%s", prefix), module, kind);
}

/* LW_EINVAL if net or path is NULL, LW_ESTATE for a network without layers. */
lw_status lw_model_check_arguments(const char *function, const lw_net *net, const char *path);

/* A flat view, and the prefix of its tensor names: "" for the parameters. */
typedef struct lw_saved_view {
    const char *prefix;
    const float *flat;
} lw_saved_view;

/* The maximum number of additional metadata entries of lw_model_write. */
enum { LW_EXTRA_METADATA = 10 };

/* Writes a network's architecture, some views of it and up to LW_EXTRA_METADATA more metadata
 * entries. Returns LW_EDATA, with the tensor, if a value is not finite. */
lw_status lw_model_write(const lw_net *net, size_t view_count, const lw_saved_view *views,
                         size_t metadata_count, const lw_metadata *metadata, const char *path);

/* Creates a network without buffers (train/create.h) from a file's metadata. The caller releases
 * *outline, also after a failure. Returns the errors of lw_net_load. */
lw_status lw_model_outline(const lw_safetensors *file, lw_net **outline);

/* Reads a metadata entry. writer: the function that writes such files, for the message. Returns
 * LW_EFORMAT if there is none. */
lw_status lw_metadata_text(const lw_safetensors *file, const char *key, const char *writer,
                           const char **text);

/* Records that an entry has an invalid value and returns LW_EFORMAT. */
lw_status lw_metadata_invalid(const lw_safetensors *file, const char *key, const char *text);

/* Parses decimal digits. Returns 0 for other text or a number above max. */
int lw_parse_decimal(const char *text, uint64_t max, uint64_t *number);

#endif
