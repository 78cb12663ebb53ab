/*
 * The graph of an ONNX model under construction: nodes, and initializers (the parameters), whose
 * elements are not copied but referenced until the file is written.
 */
#ifndef LANEWISE_ONNX_GRAPH_H
#define LANEWISE_ONNX_GRAPH_H

#include "base/protobuf.h"
#include "layer.h"

enum { LW_ONNX_NAME_BYTES = 40 };
typedef char lw_onnx_name[LW_ONNX_NAME_BYTES];

/* The elements of a tensor. Its fields before the elements end at byte head_end of graph->heads. */
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
    int has_gelu;        /* the constants of GELU are needed */
    const float *stored; /* the parameters of all layers as in the flat view, matrices transposed */

    /* The current layer: */
    size_t module;     /* number of its first module, as in saved networks */
    const char *x, *y; /* names of its input and output */
} lw_onnx_graph;

/* Writes "<module>.<kind>" to name. */
void lw_onnx_name_value(lw_onnx_name name, size_t module, const char *kind);

/* Add a parameter of the current layer, or a vector of one element. The caller keeps name and value
 * until the file is written. */
void lw_onnx_add_tensor(lw_onnx_graph *graph, const char *name, const lw_tensor *tensor);
void lw_onnx_add_constant(lw_onnx_graph *graph, const char *name, const float *value);
void lw_onnx_add_vector(lw_onnx_graph *graph, const char *name, size_t count, const float *values);

/* Adds a node with a NULL-terminated list of inputs and one output, which is also its name.
 * attribute is released; NULL: none. */
void lw_onnx_add_node(lw_onnx_graph *graph, const char *operation, const char *const inputs[],
                      const char *output, lw_message *attribute);

/* Create attributes. */
lw_message lw_onnx_integer(const char *name, uint64_t value);
lw_message lw_onnx_integers(const char *name, size_t count, const uint64_t *values);
lw_message lw_onnx_float(const char *name, float value);

/* Add an input or output of the graph, with any number of rows of cols columns. */
void lw_onnx_add_input(lw_onnx_graph *graph, const char *name, size_t cols);
void lw_onnx_add_output(lw_onnx_graph *graph, const char *name, size_t cols);

void lw_onnx_set_name(lw_onnx_graph *graph, const char *name);

/* Releases the messages of the graph. */
void lw_onnx_free(lw_onnx_graph *graph);

#endif
