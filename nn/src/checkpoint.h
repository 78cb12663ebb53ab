/* What saving and loading a network agree on. */
#ifndef LANEWISE_CHECKPOINT_H
#define LANEWISE_CHECKPOINT_H

#include <lanewise/nn.h>
#include <stdio.h>

/* The metadata of a saved network: LW_KEY_VERSION tells the version of what follows; lists stand
 * one element per layer with commas between. */
#define LW_KEY_VERSION     "lanewise"
#define LW_KEY_INPUTS      "inputs"
#define LW_KEY_UNITS       "units"
#define LW_KEY_ACTIVATIONS "activations"

#define LW_CHECKPOINT_VERSION "1"

enum { LW_TENSOR_NAME_BYTES = 40, LW_LIST_ITEM_BYTES = 32 };

/* kind: "weight" or "bias"; module: see lw_modules_of. */
static inline void lw_name_tensor(char name[LW_TENSOR_NAME_BYTES], size_t module, const char *kind)
{
    snprintf(name, LW_TENSOR_NAME_BYTES, "%zu.%s", module, kind);
}

/* How many modules of PyTorch's nn.Sequential a layer is, and so how much further the number of the
 * next one's tensors is: a Linear and, unless the layer is linear, its activation. */
static inline size_t lw_modules_of(const lw_layer_info *layer)
{
    return layer->activation == LW_LINEAR ? 1 : 2;
}

/* to (cols x rows) = the transpose of from (rows x cols): weights are stored as (out, in). */
static inline void lw_transpose(size_t rows, size_t cols, const float *from, float *to)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            to[j * rows + i] = from[i * cols + j];
}

#endif
