/*
 * Exports a network to ONNX: a model message with a graph message of nodes, initializers (the
 * parameters), inputs and outputs. All but the parameters is small and built in memory. The
 * elements of a tensor, the last field of its message, are written without a copy.
 */
#include "base/memory.h"
#include "base/write_le32.h"
#include "data/schema.h"
#include "export.h"
#include "export_schema.h"
#include "layers/activation_export.h"
#include "model_file.h"

#include <stdlib.h>
#include <string.h>

/* The oldest versions with all features used here, for the widest support. */
enum { IR_VERSION = 7, OPSET_VERSION = 13 };

/* Protocol Buffers limits messages to below 2 GiB. A layer without its parameters needs less than
 * LAYER_BYTES: the names and nodes of GELU, the longest, take 1 KB. So does a schema without its
 * text and INPUT_BYTES per input: six floats and the number of a column. */
enum { MAX_MODEL_BYTES = INT32_MAX, LAYER_BYTES = 2048, INPUT_BYTES = 40 };

/* Field numbers of onnx.proto. */
enum { MODEL_IR_VERSION = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7 };
enum { MODEL_OPSET = 8, OPSET_DOMAIN = 1, OPSET_NUMBER = 2 };
enum { MODEL_METADATA = 14, ENTRY_KEY = 1, ENTRY_VALUE = 2 };

#define INPUT_NAME  "input"
#define OUTPUT_NAME "output"

static lw_status write_initializers(const lw_onnx_graph *graph, lw_output_file *file)
{
    lw_status status = LW_OK;
    size_t head = 0;
    for (size_t i = 0; i < graph->initializer_count && status == LW_OK; i++) {
        const lw_onnx_initializer *tensor = &graph->initializers[i];
        status = lw_output_file_write(file, graph->heads.bytes + head, tensor->head_end - head);
        if (status == LW_OK)
            status = lw_write_le32(file, tensor->values, tensor->count);
        head = tensor->head_end;
    }
    return status;
}

/* begin: the fields of the model before its graph, the last field. */
static lw_status write_model(const lw_onnx_graph *graph, const lw_message *begin, const char *path)
{
    lw_output_file *file;
    lw_status status = lw_output_file_open(&file, path);
    if (status != LW_OK)
        return status;
    status = lw_output_file_write(file, begin->bytes, begin->size);
    if (status == LW_OK)
        status = lw_output_file_write(file, graph->nodes.bytes, graph->nodes.size);
    if (status == LW_OK)
        status = write_initializers(graph, file);
    return lw_output_file_close(file, status);
}

/* Adds the schema, as JSON, to the metadata. */
static void add_metadata(lw_message *begin, const char *schema_text)
{
    lw_message entry = {0};
    lw_message_add_text(&entry, ENTRY_KEY, "lanewise.schema");
    lw_message_add_text(&entry, ENTRY_VALUE, schema_text);
    lw_message_add_message(begin, MODEL_METADATA, &entry);
}

/* schema_text: NULL without a schema. */
static lw_status finish_model(const lw_onnx_graph *graph, const char *schema_text, const char *path)
{
    lw_status status = LW_OK;
    const uint64_t bytes = graph->nodes.size + graph->heads.size + graph->element_bytes;
    lw_message begin = {0}, opset = {0};
    lw_message_add_integer(&begin, MODEL_IR_VERSION, IR_VERSION);
    lw_message_add_text(&begin, MODEL_PRODUCER, "lanewise");
    lw_message_add_text(&begin, MODEL_PRODUCER_VERSION, lw_version());
    lw_message_add_text(&opset, OPSET_DOMAIN, "");
    lw_message_add_integer(&opset, OPSET_NUMBER, OPSET_VERSION);
    lw_message_add_message(&begin, MODEL_OPSET, &opset);
    if (schema_text)
        add_metadata(&begin, schema_text);
    lw_message_begin_bytes(&begin, MODEL_GRAPH, bytes);

    if (begin.failed || graph->nodes.failed || graph->heads.failed)
        status = lw_no_memory(path, "its graph");
    if (status == LW_OK)
        status = write_model(graph, &begin, path);
    lw_message_free(&begin);
    return status;
}

static lw_status check_size(const lw_net *net, const char *schema_text, const char *path)
{
    const size_t parameters = lw_net_parameter_count(net);
    size_t layers = lw_net_layer_count(net), schema = 0;
    if (schema_text) {
        layers++;
        schema = strlen(schema_text) + lw_net_inputs(net) * INPUT_BYTES;
    }
    if (parameters / (MAX_MODEL_BYTES / sizeof(float)) == 0) {
        const size_t left = MAX_MODEL_BYTES - parameters * sizeof(float);
        if (schema < left && layers < (left - schema) / LAYER_BYTES)
            return LW_OK;
    }
    return lw_fail(LW_ESHAPE, "%s: not written: %zu parameters exceed the 2 GiB of an ONNX file",
                   path, parameters);
}

/* x: the name of the inputs, overwritten. */
static void add_layers(lw_onnx_graph *graph, const lw_net *net, lw_onnx_name x, const char *output)
{
    lw_onnx_name y;
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_layer *layer = net->layers[i];
        const size_t next = graph->module + layer->kind->modules(layer);
        lw_onnx_name_value(y, next - 1, OUTPUT_NAME);
        graph->x = x;
        graph->y = layer->is_output ? output : y;
        layer->kind->write_onnx(layer, graph);
        memcpy(x, y, sizeof y);
        graph->module = next;
    }
    graph->x = graph->y = NULL;
}

static size_t count_tensors(const lw_net *net)
{
    size_t count = 0;
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);)
        count++;
    return count;
}

static lw_status add_graph(lw_onnx_graph *graph, const lw_net *net, const char *path,
                           lw_onnx_schema *schema)
{
    static const char scaled_name[] = "schema.output";
    const int is_scaled = lw_has_scaled_targets(net);
    lw_onnx_name x = INPUT_NAME;
    const lw_status status = net->schema ? lw_onnx_add_encoder(graph, net, path, schema, x) : LW_OK;
    if (status != LW_OK)
        return status;
    add_layers(graph, net, x, is_scaled ? scaled_name : OUTPUT_NAME);
    lw_activation_finish_onnx(graph);
    if (is_scaled)
        lw_onnx_add_decoder(graph, net, schema, scaled_name, OUTPUT_NAME);
    lw_onnx_set_name(graph, "network");
    lw_onnx_add_input(graph, INPUT_NAME, lw_raw_inputs(net));
    lw_onnx_add_output(graph, OUTPUT_NAME, lw_net_outputs(net));
    return LW_OK;
}

/* Writes a network whose arguments are checked. */
static lw_status export_onnx(const lw_net *net, const char *schema_text, const char *path)
{
    float *flat;
    lw_status status = check_size(net, schema_text, path);
    if (status == LW_OK)
        status = lw_export_parameters(net, path, &flat);
    if (status != LW_OK)
        return status;
    lw_onnx_graph graph = {0};
    lw_onnx_schema schema = {0};
    float *stored = calloc(lw_net_parameter_count(net), sizeof *stored);
    graph.initializers = calloc(count_tensors(net) + LW_ONNX_CONSTANTS + LW_ONNX_SCHEMA_TENSORS,
                                sizeof *graph.initializers);
    if (!stored || !graph.initializers) {
        status = lw_no_memory(path, "its graph");
    } else {
        lw_store_tensors(net, flat, stored);
        graph.stored = stored;
        status = add_graph(&graph, net, path, &schema);
    }
    if (status == LW_OK)
        status = finish_model(&graph, schema_text, path);
    lw_onnx_schema_free(&schema);
    lw_onnx_free(&graph);
    free(graph.initializers);
    free(stored);
    free(flat);
    return status;
}

lw_status lw_net_export_onnx(const lw_net *net, const char *path)
{
    char *schema_text = NULL;
    lw_status status = lw_model_check_arguments("lw_net_export_onnx", net, path);
    if (status == LW_OK && net->schema)
        status = lw_schema_write_json(net->schema, path, &schema_text);
    if (status == LW_OK)
        status = export_onnx(net, schema_text, path);
    free(schema_text);
    return status;
}
