/*
 * The weights of linear layers as a state dict of PyTorch holds them: PREFIX<number>.weight, out x in,
 * and PREFIX<number>.bias, for each layer, numbers ascending and the prefix the same for all. So are
 * the names of nn.Sequential ("0.weight", "2.weight", what lw_net_save writes), of one inside a module
 * ("net.0.weight"), and of layers numbered by hand ("fc1.weight"). A layer without a bias has none.
 */
#ifndef LANEWISE_STATE_DICT_H
#define LANEWISE_STATE_DICT_H

#include "safetensors.h"
#include <lanewise/nn.h>

/*
 * The parameters of all layers in a file as the flat view, to be freed. prefix NULL: bare numbers, or else
 * the one prefix there is. LW_ESHAPE for tensors that
 * the layers do not have or that the file lacks; LW_EFORMAT for types other than F32, F64, F16 and
 * BF16; LW_EDATA for NaN, Inf and what float cannot hold.
 */
lw_status lw_state_dict_read(const lw_safetensors *file, const char *prefix,
                             const lw_layer_info *info, size_t layers, float **flat);

/* The layers that the tensors of a file are of, with any prefix; to be freed. Activations are LW_ACTIVATION_LINEAR. LW_ESHAPE if
 * they make no network. */
lw_status lw_state_dict_layers(const lw_safetensors *file, size_t *layers, lw_layer_info **info);

#endif
