/*
 * The schema in ONNX models. Of a batch of raw rows:
 *
 *   filled     missing values replaced by the column's fill value
 *   value      filled, for each input of the network the column it comes from
 *   number     (value - mean) * factor, 0 for inputs of other kinds
 *   equal      whether value is the code of the input's category
 *   missing    whether the raw value is missing, for inputs that mark this
 *
 * and the inputs are number + equal * is_category + missing * is_mark.
 */
#include "base/memory.h"
#include "data/schema.h"
#include "export_schema.h"

#include <stdio.h>
#include <stdlib.h>

/* The vectors with one element per input of the network, in the memory one after another. */
enum { MEAN, FACTOR, CODE, IS_CATEGORY, IS_MARK, INPUT_VECTORS };
enum { FLOAT_TYPE = 1 };

static const char *const vector_names[INPUT_VECTORS] = {
    "schema.mean", "schema.factor", "schema.code", "schema.is_category", "schema.is_mark"};

void lw_onnx_schema_free(lw_onnx_schema *schema)
{
    free(schema->memory);
    free(schema->columns);
}

static float *input_vector(const lw_onnx_schema *kept, const lw_schema *schema, int vector)
{
    return kept->memory + (size_t)vector * schema->inputs;
}

/* Behind the vectors of inputs: fill values of the raw columns; deviations and means of targets. */
static float *fills(const lw_onnx_schema *kept, const lw_schema *schema)
{
    return input_vector(kept, schema, INPUT_VECTORS);
}

static float *target_scales(const lw_onnx_schema *kept, const lw_schema *schema)
{
    return fills(kept, schema) + schema->column_count;
}

/* An unknown text has no code that a category could equal. */
static const float unknown_code = -1.0f;

static void describe_column(const lw_onnx_schema *kept, const lw_schema *schema, size_t position,
                            const lw_column_rule *column)
{
    const int is_category = column->kind == LW_COLUMN_CATEGORY;
    for (size_t k = 0; k < column->inputs; k++) {
        const size_t i = column->first_input + k;
        kept->columns[i] = position;
        if (is_category && k < column->values.count) {
            input_vector(kept, schema, CODE)[i] = (float)k;
            input_vector(kept, schema, IS_CATEGORY)[i] = 1.0f;
        } else if (is_category || k > 0) {
            input_vector(kept, schema, IS_MARK)[i] = 1.0f;
        } else {
            const int is_number = column->kind == LW_COLUMN_NUMBER;
            input_vector(kept, schema, MEAN)[i] = is_number ? (float)column->mean : 0.0f;
            input_vector(kept, schema, FACTOR)[i] =
                is_number ? (float)lw_inverse(column->deviation) : 1.0f;
        }
    }
    fills(kept, schema)[position] = is_category ? unknown_code : (float)column->fill;
}

static lw_status describe(const lw_schema *schema, const char *path, lw_onnx_schema *kept)
{
    const size_t floats =
        INPUT_VECTORS * schema->inputs + schema->column_count + 2 * schema->target_count;
    size_t position = 0;
    kept->memory = calloc(floats + 1, sizeof *kept->memory);
    kept->columns = calloc(schema->inputs + 1, sizeof *kept->columns);
    if (!kept->memory || !kept->columns)
        return lw_no_memory(path, "the schema");
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].kind != LW_COLUMN_IGNORED)
            describe_column(kept, schema, position++, &schema->columns[i]);
    for (size_t j = 0; j < schema->target_count; j++) {
        target_scales(kept, schema)[j] = (float)schema->targets[j].deviation;
        target_scales(kept, schema)[schema->target_count + j] = (float)schema->targets[j].mean;
    }
    return LW_OK;
}

static void add_node(lw_onnx_graph *graph, const char *operation, const char *a, const char *b,
                     const char *y)
{
    lw_onnx_add_node(graph, operation, (const char *const[]){a, b, NULL}, y, NULL);
}

static void add_cast(lw_onnx_graph *graph, const char *x, const char *y)
{
    lw_message to = lw_onnx_integer("to", FLOAT_TYPE);
    lw_onnx_add_node(graph, "Cast", (const char *const[]){x, NULL}, y, &to);
}

static void add_gather(lw_onnx_graph *graph, const char *x, const char *y)
{
    lw_message axis = lw_onnx_integer("axis", 1);
    lw_onnx_add_node(graph, "Gather", (const char *const[]){x, "schema.column", NULL}, y, &axis);
}

static void add_nodes(lw_onnx_graph *graph)
{
    lw_onnx_add_node(graph, "IsNaN", (const char *const[]){"input", NULL}, "schema.is_missing",
                     NULL);
    lw_onnx_add_node(graph, "Where",
                     (const char *const[]){"schema.is_missing", "schema.fill", "input", NULL},
                     "schema.filled", NULL);
    add_gather(graph, "schema.filled", "schema.value");
    add_node(graph, "Sub", "schema.value", vector_names[MEAN], "schema.centred");
    add_node(graph, "Mul", "schema.centred", vector_names[FACTOR], "schema.number");
    add_node(graph, "Equal", "schema.value", vector_names[CODE], "schema.equal");
    add_cast(graph, "schema.equal", "schema.equal_number");
    add_node(graph, "Mul", "schema.equal_number", vector_names[IS_CATEGORY], "schema.category");
    add_cast(graph, "schema.is_missing", "schema.missing_number");
    add_gather(graph, "schema.missing_number", "schema.missing");
    add_node(graph, "Mul", "schema.missing", vector_names[IS_MARK], "schema.mark");
    add_node(graph, "Add", "schema.number", "schema.category", "schema.sum");
    add_node(graph, "Add", "schema.sum", "schema.mark", "schema.inputs");
}

lw_status lw_onnx_add_encoder(lw_onnx_graph *graph, const lw_net *net, const char *path,
                              lw_onnx_schema *kept, lw_onnx_name x)
{
    const lw_schema *schema = lw_exported_schema(net);
    const lw_status status = describe(net->schema, path, kept);
    if (status != LW_OK || !schema)
        return status;
    for (int vector = 0; vector < INPUT_VECTORS; vector++)
        lw_onnx_add_vector(graph, vector_names[vector], schema->inputs,
                           input_vector(kept, schema, vector));
    lw_onnx_add_vector(graph, "schema.fill", lw_raw_inputs(net), fills(kept, schema));
    lw_message columns = lw_onnx_integers("value_ints", schema->inputs, kept->columns);
    lw_onnx_add_node(graph, "Constant", (const char *const[]){NULL}, "schema.column", &columns);
    add_nodes(graph);
    snprintf(x, LW_ONNX_NAME_BYTES, "schema.inputs");
    return LW_OK;
}

void lw_onnx_add_decoder(lw_onnx_graph *graph, const lw_net *net, const lw_onnx_schema *kept,
                         const char *x, const char *y)
{
    const size_t count = net->schema->target_count;
    const float *scales = target_scales(kept, net->schema);
    lw_onnx_add_vector(graph, "schema.target_deviation", count, scales);
    lw_onnx_add_vector(graph, "schema.target_mean", count, scales + count);
    add_node(graph, "Mul", x, "schema.target_deviation", "schema.scaled");
    add_node(graph, "Add", "schema.scaled", "schema.target_mean", y);
}
