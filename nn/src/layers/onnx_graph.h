/*
 * The graph of an ONNX model while it is made: nodes, and initializers (the parameters), whose
 * elements stay where they are until the file is written.
 */
#ifndef LANEWISE_ONNX_GRAPH_H
#define LANEWISE_ONNX_GRAPH_H

#include "base/protobuf.h"
#include "layer.h"

enum { LW_ONNX_NAME_BYTES = 40 };
typedef char lw_onnx_name[LW_ONNX_NAME_BYTES];

/* Elements of a tensor, and where in the graph's heads the fields before them end. */
typedef struct lw_onnx_initializer {
    size_t head_end;
    const float *values;
    size_t count;
} lw_onnx_initializer;

typedef struct lw_onnx_graph {
    lw_message nodes; /* the graph without its initializers */
    lw_message heads; /* the fields of the initializers before their elements */
    lw_onnx_initializer *initializers;
    size_t initializer_count;
    uint64_t element_bytes;
    int has_gelu; /* its constants are needed */

    /* Of the layer that is added: */
    const float
        *stored;   /* the parameters of all layers, as in the flat view, but matrices transposed */
    size_t module; /* number of its first module, as in saved networks */
    const char *x, *y; /* names of its input and output */
} lw_onnx_graph;

/* "<module>.<kind>" */
void lw_onnx_name_value(lw_onnx_name name, size_t module, const char *kind);

/* A parameter of the layer, and a vector of one element; names and values stay until the file is
 * written. */
void lw_onnx_add_tensor(lw_onnx_graph *graph, const char *name, const lw_tensor *tensor);
void lw_onnx_add_constant(lw_onnx_graph *graph, const char *name, const float *value);

/* A node of some inputs (NULL ends them) and one output, after which it is named. attribute is
 * released; NULL: none. */
void lw_onnx_add_node(lw_onnx_graph *graph, const char *operation, const char *const inputs[],
                      const char *output, lw_message *attribute);

/* Attributes. */
lw_message lw_onnx_integer(const char *name, uint64_t value);
lw_message lw_onnx_float(const char *name, float value);

/* The input or output of the graph: any number of rows of so many columns. */
void lw_onnx_add_input(lw_onnx_graph *graph, const char *name, size_t cols);
void lw_onnx_add_output(lw_onnx_graph *graph, const char *name, size_t cols);

void lw_onnx_set_name(lw_onnx_graph *graph, const char *name);

/* Releases the messages. */
void lw_onnx_free(lw_onnx_graph *graph);

#endif
