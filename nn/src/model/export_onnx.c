/*
 * ONNX files: a model message that holds a graph message of nodes, initializers (the parameters), inputs
 * and outputs. All but the parameters is small and made in memory; the elements of a tensor, the last
 * field of its message, go to the file from where they lie.
 */
#include "base/output_words.h"
#include "checkpoint.h"
#include "export.h"
#include "protobuf.h"

#include <lanewise/kernels.h>
#include <stdlib.h>
#include <string.h>

/* The oldest versions that have all that is written here: most programs read them. */
enum { IR_VERSION = 7, OPSET_VERSION = 13 };

/* Readers of Protocol Buffers refuse messages from 2 GiB on. Beside its parameters a layer takes less than
 * LAYER_BYTES: the names and nodes of GELU, which has the most, are 1 KB. */
enum { LARGEST_MODEL = INT32_MAX, LAYER_BYTES = 2048 };

/* Field numbers of onnx.proto, by message. */
enum { MODEL_IR_VERSION = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7 };
enum { MODEL_OPSET = 8, OPSET_DOMAIN = 1, OPSET_NUMBER = 2 };
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OPERATION = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_FLOAT = 2, ATTRIBUTE_INTEGER = 3, ATTRIBUTE_TYPE = 20 };
enum { TENSOR_SIZE = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_ELEMENTS = 9 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_TYPE_ELEMENT = 1 };
enum { TENSOR_TYPE_SHAPE = 2, SHAPE_DIMENSION = 1, DIMENSION_SIZE = 1, DIMENSION_NAME = 2 };

/* Its enumerations: types of attributes, and of elements. */
enum { ATTRIBUTE_IS_FLOAT = 1, ATTRIBUTE_IS_INTEGER = 2, ELEMENT_IS_FLOAT = 1 };

#define INPUT_NAME  "input"
#define OUTPUT_NAME "output"
#define BATCH_NAME  "batch"

static const char linear_name[] = "gelu.linear", cubic_name[] = "gelu.cubic";
static const float gelu_linear = LW_GELU_LINEAR, gelu_cubic = LW_GELU_CUBIC;

/* Elements of a tensor, and where in the model's heads the fields before them end. */
typedef struct initializer {
    size_t head_end;
    const float *values;
    size_t count;
} initializer;

typedef struct onnx_model {
    float *stored;    /* the parameters, weights as (out, in) */
    lw_message graph; /* without its initializers */
    lw_message heads; /* the fields of the initializers before their elements */
    initializer *initializers;
    size_t initializer_count;
    uint64_t element_bytes;
} onnx_model;

typedef char value_name[LW_TENSOR_NAME_BYTES];

/* ---- Tensors ------------------------------------------------------------------------------- */

/* A tensor of one or two dimensions (cols 0: a vector). */
static void add_initializer(onnx_model *model, const char *name, size_t rows, size_t cols,
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

    lw_message_begin_bytes(&model->heads, GRAPH_INITIALIZER, tensor.size + bytes);
    lw_message_add_fields(&model->heads, &tensor);
    model->initializers[model->initializer_count++] =
        (initializer){model->heads.size, values, count};
    model->element_bytes += bytes;
}

/* The input or output of the graph: any number of rows of so many columns. */
static void add_rows(lw_message *graph, unsigned field, const char *name, size_t cols)
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
    lw_message_add_message(graph, field, &value);
}

/* ---- Nodes --------------------------------------------------------------------------------- */

/* A node of some inputs (NULL ends them) and one output, after which it is named. attribute, a message
 * of that kind, is released; NULL: none. */
static void add_node(lw_message *graph, const char *operation, const char *const inputs[],
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
    lw_message_add_message(graph, GRAPH_NODE, &node);
}

static void add_unary(lw_message *graph, const char *operation, const char *input,
                      const char *output)
{
    add_node(graph, operation, (const char *const[]){input, NULL}, output, NULL);
}

static void add_binary(lw_message *graph, const char *operation, const char *left,
                       const char *right, const char *output)
{
    add_node(graph, operation, (const char *const[]){left, right, NULL}, output, NULL);
}

static void add_leaky_relu(lw_message *graph, const char *z, const char *y)
{
    lw_message alpha = {0};
    lw_message_add_text(&alpha, ATTRIBUTE_NAME, "alpha");
    lw_message_add_float(&alpha, ATTRIBUTE_FLOAT, LW_LEAKY_SLOPE);
    lw_message_add_integer(&alpha, ATTRIBUTE_TYPE, ATTRIBUTE_IS_FLOAT);
    add_node(graph, "LeakyRelu", (const char *const[]){z, NULL}, y, &alpha);
}

static void add_softmax(lw_message *graph, const char *z, const char *y)
{
    lw_message axis = {0};
    lw_message_add_text(&axis, ATTRIBUTE_NAME, "axis");
    lw_message_add_integer(&axis, ATTRIBUTE_INTEGER, 1);
    lw_message_add_integer(&axis, ATTRIBUTE_TYPE, ATTRIBUTE_IS_INTEGER);
    add_node(graph, "Softmax", (const char *const[]){z, NULL}, y, &axis);
}

/* z * sigmoid(argument) */
static void add_gate(lw_message *graph, size_t module, const char *z, const char *argument,
                     const char *y)
{
    value_name gate;
    lw_name_tensor(gate, module, "gate");
    add_unary(graph, "Sigmoid", argument, gate);
    add_binary(graph, "Mul", z, gate, y);
}

/* Composed, because the operator Gelu came with version 20 of the set, which fewer programs have. */
static void add_gelu(lw_message *graph, size_t module, const char *z, const char *y)
{
    value_name square, cubic, slope, argument;
    lw_name_tensor(square, module, "square");
    lw_name_tensor(cubic, module, "cubic");
    lw_name_tensor(slope, module, "slope");
    lw_name_tensor(argument, module, "argument");
    add_binary(graph, "Mul", z, z, square);
    add_binary(graph, "Mul", square, cubic_name, cubic);
    add_binary(graph, "Add", cubic, linear_name, slope);
    add_binary(graph, "Mul", z, slope, argument);
    add_gate(graph, module, z, argument, y);
}

static void add_activation(lw_message *graph, lw_activation activation, size_t module,
                           const char *z, const char *y)
{
    switch (activation) {
    case LW_LINEAR: /* the product has the layer's output for its own */
        break;
    case LW_RELU:
        add_unary(graph, "Relu", z, y);
        break;
    case LW_LEAKY_RELU:
        add_leaky_relu(graph, z, y);
        break;
    case LW_SIGMOID:
        add_unary(graph, "Sigmoid", z, y);
        break;
    case LW_TANH:
        add_unary(graph, "Tanh", z, y);
        break;
    case LW_GELU:
        add_gelu(graph, module, z, y);
        break;
    case LW_SILU:
        add_gate(graph, module, z, z, y);
        break;
    case LW_SOFTMAX:
        add_softmax(graph, z, y);
        break;
    }
}

/* ---- The graph ----------------------------------------------------------------------------- */

/* Weights are (out, in), as in saved networks, because that is what PyTorch writes and programs are tried
 * with: OpenCV 4.6 takes every Gemm for one of this kind. */
static void add_product(lw_message *graph, const char *x, const char *weight, const char *bias,
                        const char *y)
{
    lw_message transposed = {0};
    lw_message_add_text(&transposed, ATTRIBUTE_NAME, "transB");
    lw_message_add_integer(&transposed, ATTRIBUTE_INTEGER, 1);
    lw_message_add_integer(&transposed, ATTRIBUTE_TYPE, ATTRIBUTE_IS_INTEGER);
    add_node(graph, "Gemm", (const char *const[]){x, weight, bias, NULL}, y, &transposed);
}

/* Adds a layer that reads x and writes y; stored begins with its parameters. Modules are counted and
 * parameters named as in saved networks. */
static void add_layer(onnx_model *model, const lw_layer_info *info, size_t module,
                      const float *stored, const char *x, const char *y)
{
    value_name weight, bias, product;
    lw_name_tensor(weight, module, "weight");
    lw_name_tensor(bias, module, "bias");
    lw_name_tensor(product, module, OUTPUT_NAME);
    add_initializer(model, weight, info->out, info->in, stored);
    add_initializer(model, bias, info->out, 0, stored + info->in * info->out);
    add_product(&model->graph, x, weight, bias, info->activation == LW_LINEAR ? y : product);
    add_activation(&model->graph, info->activation, module + 1, product, y);
}

static lw_status add_layers(onnx_model *model, const lw_net *net, const float *flat)
{
    const size_t layers = lw_net_layer_count(net);
    int has_gelu = 0;
    float *stored = model->stored;
    value_name x = INPUT_NAME, y;
    for (size_t i = 0, module = 0; i < layers; i++) {
        lw_layer_info info;
        const lw_status status = lw_net_layer_info(net, i, &info);
        if (status != LW_OK)
            return status;
        const size_t next = module + lw_modules_of(&info), weights = info.in * info.out;
        lw_transpose(info.in, info.out, flat, stored);
        memcpy(stored + weights, flat + weights, info.out * sizeof *stored);
        lw_name_tensor(y, next - 1, OUTPUT_NAME);
        add_layer(model, &info, module, stored, x, i + 1 < layers ? y : OUTPUT_NAME);
        memcpy(x, y, sizeof x);
        module = next;
        flat += weights + info.out;
        stored += weights + info.out;
        has_gelu |= info.activation == LW_GELU;
    }
    if (has_gelu) {
        add_initializer(model, linear_name, 1, 0, &gelu_linear);
        add_initializer(model, cubic_name, 1, 0, &gelu_cubic);
    }
    return LW_OK;
}

/* ---- The file ------------------------------------------------------------------------------ */

static lw_status write_initializers(const onnx_model *model, lw_output_file *file)
{
    lw_status status = LW_OK;
    size_t head = 0;
    for (size_t i = 0; i < model->initializer_count && status == LW_OK; i++) {
        const initializer *tensor = &model->initializers[i];
        status = lw_output_file_write(file, model->heads.bytes + head, tensor->head_end - head);
        if (status == LW_OK)
            status = lw_output_words(file, tensor->values, tensor->count);
        head = tensor->head_end;
    }
    return status;
}

/* begin: the fields of the model before its graph, which has the rest. */
static lw_status write_model(const onnx_model *model, const lw_message *begin, const char *path)
{
    lw_output_file *file;
    lw_status status = lw_output_file_open(&file, path);
    if (status != LW_OK)
        return status;
    status = lw_output_file_write(file, begin->bytes, begin->size);
    if (status == LW_OK)
        status = lw_output_file_write(file, model->graph.bytes, model->graph.size);
    if (status == LW_OK)
        status = write_initializers(model, file);
    return lw_output_file_close(file, status);
}

static lw_status finish_model(const onnx_model *model, const char *path)
{
    const uint64_t graph = model->graph.size + model->heads.size + model->element_bytes;
    lw_message begin = {0}, opset = {0};
    lw_message_add_integer(&begin, MODEL_IR_VERSION, IR_VERSION);
    lw_message_add_text(&begin, MODEL_PRODUCER, "lanewise");
    lw_message_add_text(&begin, MODEL_PRODUCER_VERSION, lw_version());
    lw_message_add_text(&opset, OPSET_DOMAIN, "");
    lw_message_add_integer(&opset, OPSET_NUMBER, OPSET_VERSION);
    lw_message_add_message(&begin, MODEL_OPSET, &opset);
    lw_message_begin_bytes(&begin, MODEL_GRAPH, graph);

    lw_status status;
    if (begin.failed || model->graph.failed || model->heads.failed)
        status = lw_fail(LW_ENOMEM, "%s: no memory for its graph", path);
    else
        status = write_model(model, &begin, path);
    lw_message_free(&begin);
    return status;
}

static lw_status check_size(const lw_net *net, const char *path)
{
    const size_t layers = lw_net_layer_count(net), parameters = lw_net_parameter_count(net);
    if (parameters / (LARGEST_MODEL / sizeof(float)) == 0 &&
        layers < (LARGEST_MODEL - parameters * sizeof(float)) / LAYER_BYTES)
        return LW_OK;
    return lw_fail(LW_ESHAPE, "%s: not written: %zu parameters, and ONNX files end at 2 GiB", path,
                   parameters);
}

lw_status lw_net_export_onnx(const lw_net *net, const char *path)
{
    enum { TENSORS_OF_A_LAYER = 2, TENSORS_OF_GELU = 2 };
    if (!net || !path)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "path" : "net");
    float *flat;
    lw_status status = check_size(net, path);
    if (status == LW_OK)
        status = lw_export_parameters(net, path, &flat);
    if (status != LW_OK)
        return status;
    const size_t tensors = TENSORS_OF_A_LAYER * lw_net_layer_count(net) + TENSORS_OF_GELU;
    onnx_model model = {
        .stored = calloc(lw_net_parameter_count(net), sizeof *model.stored),
        .initializers = calloc(tensors, sizeof *model.initializers),
    };
    if (!model.stored || !model.initializers)
        status = lw_fail(LW_ENOMEM, "%s: no memory for its graph", path);
    if (status == LW_OK)
        status = add_layers(&model, net, flat);
    if (status == LW_OK) {
        lw_message_add_text(&model.graph, GRAPH_NAME, "network");
        add_rows(&model.graph, GRAPH_INPUT, INPUT_NAME, lw_net_inputs(net));
        add_rows(&model.graph, GRAPH_OUTPUT, OUTPUT_NAME, lw_net_outputs(net));
        status = finish_model(&model, path);
    }
    lw_message_free(&model.graph);
    lw_message_free(&model.heads);
    free(model.initializers);
    free(model.stored);
    free(flat);
    return status;
}
