/* Builds ONNX graphs. Field and enumeration numbers are defined in onnx.proto. */
#include "onnx_graph.h"

#include <stdio.h>

enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OPERATION = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_FLOAT = 2, ATTRIBUTE_INTEGER = 3, ATTRIBUTE_INTEGERS = 8 };
enum { ATTRIBUTE_TYPE = 20 };
enum { TENSOR_SIZE = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_ELEMENTS = 9 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_TYPE_ELEMENT = 1 };
enum { TENSOR_TYPE_SHAPE = 2, SHAPE_DIMENSION = 1, DIMENSION_SIZE = 1, DIMENSION_NAME = 2 };

/* Attribute types and element types. */
enum { ATTRIBUTE_IS_FLOAT = 1, ATTRIBUTE_IS_INTEGER = 2, ATTRIBUTE_IS_INTEGERS = 7 };
enum { ELEMENT_IS_FLOAT = 1 };

#define BATCH_NAME "batch"

void lw_onnx_name_value(lw_onnx_name name, size_t module, const char *kind)
{
    snprintf(name, LW_ONNX_NAME_BYTES, "%zu.%s", module, kind);
}

/* Adds a tensor of rows x cols elements, or a vector of rows elements if cols is 0. */
static void add_initializer(lw_onnx_graph *graph, const char *name, size_t rows, size_t cols,
                            const float *values)
{
    const size_t count = rows * (cols ? cols : 1);
    const uint64_t bytes = (uint64_t)count * sizeof(float);
    lw_message tensor = {0};
    lw_message_add_integer(&tensor, TENSOR_SIZE, rows);
    if (cols)
        lw_message_add_integer(&tensor, TENSOR_SIZE, cols);
    lw_message_add_integer(&tensor, TENSOR_TYPE, ELEMENT_IS_FLOAT);
    lw_message_add_text(&tensor, TENSOR_NAME, name);
    lw_message_begin_bytes(&tensor, TENSOR_ELEMENTS, bytes);

    lw_message_begin_bytes(&graph->heads, GRAPH_INITIALIZER, tensor.size + bytes);
    lw_message_add_fields(&graph->heads, &tensor);
    graph->initializers[graph->initializer_count++] =
        (lw_onnx_initializer){graph->heads.size, values, count};
    graph->element_bytes += bytes;
}

void lw_onnx_add_tensor(lw_onnx_graph *graph, const char *name, const lw_tensor *tensor)
{
    /* Matrices are stored transposed. */
    add_initializer(graph, name, tensor->cols, tensor->is_matrix ? tensor->rows : 0,
                    graph->stored + tensor->flat);
}

void lw_onnx_add_constant(lw_onnx_graph *graph, const char *name, const float *value)
{
    add_initializer(graph, name, 1, 0, value);
}

void lw_onnx_add_vector(lw_onnx_graph *graph, const char *name, size_t count, const float *values)
{
    add_initializer(graph, name, count, 0, values);
}

void lw_onnx_add_node(lw_onnx_graph *graph, const char *operation, const char *const inputs[],
                      const char *output, lw_message *attribute)
{
    lw_message node = {0};
    for (size_t i = 0; inputs[i]; i++)
        lw_message_add_text(&node, NODE_INPUT, inputs[i]);
    lw_message_add_text(&node, NODE_OUTPUT, output);
    lw_message_add_text(&node, NODE_NAME, output);
    lw_message_add_text(&node, NODE_OPERATION, operation);
    if (attribute)
        lw_message_add_message(&node, NODE_ATTRIBUTE, attribute);
    lw_message_add_message(&graph->nodes, GRAPH_NODE, &node);
}

lw_message lw_onnx_integer(const char *name, uint64_t value)
{
    lw_message attribute = {0};
    lw_message_add_text(&attribute, ATTRIBUTE_NAME, name);
    lw_message_add_integer(&attribute, ATTRIBUTE_INTEGER, value);
    lw_message_add_integer(&attribute, ATTRIBUTE_TYPE, ATTRIBUTE_IS_INTEGER);
    return attribute;
}

lw_message lw_onnx_integers(const char *name, size_t count, const uint64_t *values)
{
    lw_message attribute = {0};
    lw_message_add_text(&attribute, ATTRIBUTE_NAME, name);
    for (size_t i = 0; i < count; i++)
        lw_message_add_integer(&attribute, ATTRIBUTE_INTEGERS, values[i]);
    lw_message_add_integer(&attribute, ATTRIBUTE_TYPE, ATTRIBUTE_IS_INTEGERS);
    return attribute;
}

lw_message lw_onnx_float(const char *name, float value)
{
    lw_message attribute = {0};
    lw_message_add_text(&attribute, ATTRIBUTE_NAME, name);
    lw_message_add_float(&attribute, ATTRIBUTE_FLOAT, value);
    lw_message_add_integer(&attribute, ATTRIBUTE_TYPE, ATTRIBUTE_IS_FLOAT);
    return attribute;
}

static void add_rows(lw_message *nodes, unsigned field, const char *name, size_t cols)
{
    lw_message batch = {0}, columns = {0}, shape = {0}, tensor = {0}, type = {0}, value = {0};
    lw_message_add_text(&batch, DIMENSION_NAME, BATCH_NAME);
    lw_message_add_integer(&columns, DIMENSION_SIZE, cols);
    lw_message_add_message(&shape, SHAPE_DIMENSION, &batch);
    lw_message_add_message(&shape, SHAPE_DIMENSION, &columns);
    lw_message_add_integer(&tensor, TENSOR_TYPE_ELEMENT, ELEMENT_IS_FLOAT);
    lw_message_add_message(&tensor, TENSOR_TYPE_SHAPE, &shape);
    lw_message_add_message(&type, TYPE_TENSOR, &tensor);
    lw_message_add_text(&value, VALUE_NAME, name);
    lw_message_add_message(&value, VALUE_TYPE, &type);
    lw_message_add_message(nodes, field, &value);
}

void lw_onnx_add_input(lw_onnx_graph *graph, const char *name, size_t cols)
{
    add_rows(&graph->nodes, GRAPH_INPUT, name, cols);
}

void lw_onnx_add_output(lw_onnx_graph *graph, const char *name, size_t cols)
{
    add_rows(&graph->nodes, GRAPH_OUTPUT, name, cols);
}

void lw_onnx_set_name(lw_onnx_graph *graph, const char *name)
{
    lw_message_add_text(&graph->nodes, GRAPH_NAME, name);
}

void lw_onnx_free(lw_onnx_graph *graph)
{
    lw_message_free(&graph->nodes);
    lw_message_free(&graph->heads);
}
