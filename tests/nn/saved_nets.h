/* Safetensors files and networks in them, made for the tests. */
#ifndef LANEWISE_TEST_SAVED_NETS_H
#define LANEWISE_TEST_SAVED_NETS_H

#include "model/safetensors.h"
#include "temp_files.h"

/* A file with this header and no data yet. */
composed_file safetensors_of(const char *header);

/* The tensor of that name, which has to be there with so many elements. */
const lw_stored_tensor *find_tensor(const lw_safetensors *file, const char *name, size_t count);

enum { INPUTS = 3, LAYERS = 2 };

extern const lw_layer_spec small_layers[LAYERS];

lw_net *small_net(uint64_t seed);

/* A small net of seed 1 in a file of that name; its path. */
const char *save_small(const char *name);

int same_parameters(const lw_net *a, const lw_net *b);

/* A file from elsewhere: 2-1, tensors in another order, one of float64, others beside them. */
composed_file foreign_file(double second_weight);

#endif
