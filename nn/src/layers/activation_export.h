/* Activations in exported files. */
#ifndef LANEWISE_ACTIVATION_EXPORT_H
#define LANEWISE_ACTIVATION_EXPORT_H

#include "c_writer.h"
#include "onnx_graph.h"

#include <lanewise/kernels.h>

/* Writes the function NAME_<activation>(n, y) on the first call for an activation. Writes nothing
 * for LW_ACTIVATION_LINEAR. */
void lw_activation_write_c(lw_activation activation, lw_c_writer *c);

/* Adds the nodes from z to the output of the current layer; none for LW_ACTIVATION_LINEAR. */
void lw_activation_write_onnx(lw_activation activation, lw_onnx_graph *graph, const char *z);

/* Adds the constants shared by the nodes of all layers, at most LW_ONNX_CONSTANTS. */
enum { LW_ONNX_CONSTANTS = 2 };
void lw_activation_finish_onnx(lw_onnx_graph *graph);

#endif
