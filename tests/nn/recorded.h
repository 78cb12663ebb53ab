/* Tensors of recorded training runs, and networks held against them. */
#ifndef LANEWISE_TEST_RECORDED_H
#define LANEWISE_TEST_RECORDED_H

#include "model/safetensors.h"

#include <lanewise/nn.h>

/* Of float32 runs: on losses, outputs and parameters, and on gradients relative to the largest. */
static const double tolerance = 1e-5;

lw_safetensors *open_recorded(const char *path);

/* The values of a tensor, whose name begins with run; released with free. */
float *recorded(const lw_safetensors *file, const char *run, const char *name);

/* (out, in) as PyTorch stores it, or (in, out) as it is. */
enum layout { IN_OUT, OUT_IN };

void set_layer(lw_net *net, size_t layer, const lw_safetensors *file, const char *run,
               const char *w_name, const char *b_name, enum layout layout);

void compare_parameters(const lw_net *net, size_t layer, const lw_safetensors *file,
                        const char *run, const char *w_name, const char *b_name,
                        enum layout layout);

/* allowed 0: the tolerance, relative to the layer's largest gradient. */
void compare_gradients(const lw_net *net, size_t layer, const lw_safetensors *file, const char *run,
                       const char *w_name, const char *b_name, enum layout layout, double allowed);

void compare_outputs(const lw_net *net, size_t rows, const float *x, const lw_safetensors *file,
                     const char *run, const char *name);

#endif
