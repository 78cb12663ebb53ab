/* Safetensors files and saved networks for the tests. */
#ifndef LANEWISE_TEST_SAVED_NETS_H
#define LANEWISE_TEST_SAVED_NETS_H

#include "model/safetensors.h"
#include "temp_files.h"

/* A file with this header and no data yet. */
composed_file safetensors_of(const char *header);

/* Returns the tensor of this name; asserts that it exists with this many elements. */
const lw_stored_tensor *find_tensor(const lw_safetensors *file, const char *name, size_t count);

/* A float32 tensor in a header. */
#define MATRIX(name, rows, cols, begin, end)                                                       \
    "\"" name "\":{\"dtype\":\"F32\",\"shape\":[" #rows "," #cols "],\"data_offsets\":[" #begin    \
    "," #end "]}"
#define VECTOR(name, count, begin, end)                                                            \
    "\"" name "\":{\"dtype\":\"F32\",\"shape\":[" #count "],\"data_offsets\":[" #begin "," #end "]}"

/* Saves a file with this header and the elements 1, 2, ...; returns the path. */
const char *save_numbered(const char *header, size_t floats);

enum { INPUTS = 3, LAYERS = 2 };

extern const lw_layer_spec small_layers[LAYERS];

lw_net *small_net(uint64_t seed);

/* Saves a small net of seed 1 to a file of this name; returns the path. */
const char *save_small(const char *name);

int same_parameters(const lw_net *a, const lw_net *b);

/* A 2-1 network as another program may write it: tensors in another order, one in float64, and
 * unrelated tensors. */
composed_file other_program_file(double second_weight);

#endif
