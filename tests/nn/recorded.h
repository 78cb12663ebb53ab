/* Tensors of recorded training runs, and comparison of networks with them. */
#ifndef LANEWISE_TEST_RECORDED_H
#define LANEWISE_TEST_RECORDED_H

#include "model/safetensors.h"

#include <lanewise/nn.h>

/* For fp32 runs: on losses, outputs and parameters, and on gradients relative to the largest. */
static const double tolerance = 1e-5;

lw_safetensors *open_recorded(const char *path);

/* Returns the values of the tensor named run + name; release with free. */
float *recorded(const lw_safetensors *file, const char *run, const char *name);

/* Layout of stored weights: (out, in) as in PyTorch, or (in, out). */
enum layout { IN_OUT, OUT_IN };

void set_layer(lw_net *net, size_t layer, const lw_safetensors *file, const char *run,
               const char *w_name, const char *b_name, enum layout layout);

void compare_parameters(const lw_net *net, size_t layer, const lw_safetensors *file,
                        const char *run, const char *w_name, const char *b_name,
                        enum layout layout);

/* allowed = 0: the default tolerance, relative to the layer's largest gradient. */
void compare_gradients(const lw_net *net, size_t layer, const lw_safetensors *file, const char *run,
                       const char *w_name, const char *b_name, enum layout layout, double allowed);

void compare_outputs(const lw_net *net, size_t rows, const float *x, const lw_safetensors *file,
                     const char *run, const char *name);

#endif
