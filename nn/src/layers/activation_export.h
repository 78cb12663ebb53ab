/* Activations in exported files. */
#ifndef LANEWISE_ACTIVATION_EXPORT_H
#define LANEWISE_ACTIVATION_EXPORT_H

#include "c_writer.h"
#include "onnx_graph.h"

#include <lanewise/kernels.h>

/* The function NAME_<activation>(n, y), unless it has been written; LW_ACTIVATION_LINEAR has none. */
void lw_activation_write_c(lw_activation activation, lw_c_writer *c);

/* Nodes from z to the output of the graph's layer; not for LW_ACTIVATION_LINEAR. */
void lw_activation_write_onnx(lw_activation activation, lw_onnx_graph *graph, const char *z);

/* Adds the constants that the nodes of all layers share. */
enum { LW_ONNX_CONSTANTS = 2 };
void lw_activation_finish_onnx(lw_onnx_graph *graph);

#endif
