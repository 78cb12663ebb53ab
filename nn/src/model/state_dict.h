/*
 * The parameters of layers in a state dict of PyTorch: PREFIX<number>.weight and the layer's other
 * tensors, which are optional, for each layer, with ascending numbers and the same prefix. These
 * are the names of nn.Sequential ("0.weight", "2.weight", as lw_net_save writes them), of an
 * nn.Sequential within a module ("net.0.weight"), and of numbered layers ("fc1.weight").
 */
#ifndef LANEWISE_STATE_DICT_H
#define LANEWISE_STATE_DICT_H

#include "layers/layer.h"
#include "safetensors.h"
#include <lanewise/nn.h>

/*
 * Reads the tensors of described layers to a flat view, those not in the file as zeros; free it.
 * prefix NULL: no prefix, or else the only prefix. Returns LW_ESHAPE for missing tensors or other
 * shapes, LW_EFORMAT for types other than F32, F64, F16 and BF16, LW_EDATA for NaN, infinity and
 * values out of range of float32.
 */
lw_status lw_state_dict_read(const lw_safetensors *file, const char *prefix,
                             lw_layer *const *layers, size_t layer_count, float **flat);

/* The same for layers with these weight tensors, in order. */
lw_status lw_state_dict_read_weights(const lw_safetensors *file,
                                     const lw_stored_tensor *const *weights, size_t weight_count,
                                     lw_layer *const *layers, size_t layer_count, float **flat);

/* Parses PREFIX<number>.weight. Returns 0 for other names, also if the number has leading zeros or
 * more than 9 digits. */
int lw_state_dict_number(const char *name, size_t *prefix_length, size_t *number);

/* Returns LW_EFORMAT for types other than F32, F64, F16 and BF16, LW_ESHAPE for another number of
 * dimensions. */
lw_status lw_state_dict_check(const lw_safetensors *file, const lw_stored_tensor *tensor,
                              size_t dimensions);

#endif
