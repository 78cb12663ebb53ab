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
 * prefix NULL: no prefix, or else the
 * only prefix. Returns LW_ESHAPE for missing tensors or other shapes, LW_EFORMAT for types other
 * than F32, F64, F16 and BF16, LW_EDATA for NaN, infinity and values out of range of float32.
 */
lw_status lw_state_dict_read(const lw_safetensors *file, const char *prefix,
                             lw_layer *const *layers, size_t layer_count, float **flat);

/* Derives the dense layers of a file from its tensors, with any prefix. Free *info. All activations
 * are LW_ACTIVATION_LINEAR. Returns LW_ESHAPE if the tensors do not form a network. */
lw_status lw_state_dict_layers(const lw_safetensors *file, size_t *layers, lw_layer_info **info);

#endif
