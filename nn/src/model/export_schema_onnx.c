/*
 * The schema in ONNX models. Of a batch of raw rows, for each input of the network:
 *
 *   value    the raw column it comes from
 *   number   (value - mean) * factor, 0 for inputs of other kinds
 *   equal    whether value is the code of the input's category
 *   inputs   number + equal * is_category, or fill where value is missing
 *
 * The mean is the sum of two floats: large means are far from their float against small deviations.
 */
#include "base/finite.h"
#include "base/memory.h"
#include "data/schema.h"
#include "export_schema.h"

#include <stdio.h>
#include <stdlib.h>

/* The vectors with one element per input of the network, in the memory one after another. */
enum { MEAN, MEAN_REST, FACTOR, CODE, IS_CATEGORY, FILL, INPUT_VECTORS };
enum { FLOAT_TYPE = 1 };

static const char *const vector_names[INPUT_VECTORS] = {"schema.mean",        "schema.mean_rest",
                                                        "schema.factor",      "schema.code",
                                                        "schema.is_category", "schema.fill"};

void lw_onnx_schema_free(lw_onnx_schema *schema)
{
    free(schema->memory);
    free(schema->columns);
}

static float *input_vector(const lw_onnx_schema *kept, const lw_schema *schema, int vector)
{
    return kept->memory + (size_t)vector * schema->inputs;
}

/* Behind the vectors of inputs: deviations and means of targets. */
static float *target_scales(const lw_onnx_schema *kept, const lw_schema *schema)
{
    return input_vector(kept, schema, INPUT_VECTORS);
}

static void describe_number(const lw_onnx_schema *kept, const lw_schema *schema,
                            const lw_column_rule *column)
{
    const size_t i = column->first_input;
    const int is_number = column->kind == LW_COLUMN_NUMBER;
    const double mean = is_number ? column->mean : 0.0;
    const double factor = is_number ? lw_inverse(column->deviation) : 1.0;
    const float rounded = (float)mean;
    input_vector(kept, schema, MEAN)[i] = rounded;
    input_vector(kept, schema, MEAN_REST)[i] = (float)(mean - (double)rounded);
    input_vector(kept, schema, FACTOR)[i] = (float)factor;
    input_vector(kept, schema, FILL)[i] = lw_standardized(column->fill, mean, factor);
}

static void describe_column(const lw_onnx_schema *kept, const lw_schema *schema, size_t position,
                            const lw_column_rule *column)
{
    const int is_category = column->kind == LW_COLUMN_CATEGORY;
    const size_t mark = is_category ? column->values.count : 1;
    for (size_t k = 0; k < column->inputs; k++) {
        const size_t i = column->first_input + k;
        kept->columns[i] = position;
        if (is_category && k < mark) {
            input_vector(kept, schema, CODE)[i] = (float)k;
            input_vector(kept, schema, IS_CATEGORY)[i] = 1.0f;
        }
        if (k == mark)
            input_vector(kept, schema, FILL)[i] = 1.0f;
    }
    if (!is_category)
        describe_number(kept, schema, column);
}

static lw_status describe(const lw_schema *schema, const char *path, lw_onnx_schema *kept)
{
    const size_t floats = INPUT_VECTORS * schema->inputs + 2 * schema->target_count;
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
    if (lw_find_nonfinite(floats, kept->memory) < floats)
        return lw_fail(LW_EDATA,
                       "%s: not written: means and deviations of the schema exceed float32", path);
    return LW_OK;
}

static void add_node(lw_onnx_graph *graph, const char *operation, const char *a, const char *b,
                     const char *y)
{
    lw_onnx_add_node(graph, operation, (const char *const[]){a, b, NULL}, y, NULL);
}

static void add_nodes(lw_onnx_graph *graph)
{
    lw_message axis = lw_onnx_integer("axis", 1), type = lw_onnx_integer("to", FLOAT_TYPE);
    lw_onnx_add_node(graph, "Gather", (const char *const[]){"input", "schema.column", NULL},
                     "schema.value", &axis);
    add_node(graph, "Sub", "schema.value", vector_names[MEAN], "schema.difference");
    add_node(graph, "Sub", "schema.difference", vector_names[MEAN_REST], "schema.centred");
    add_node(graph, "Mul", "schema.centred", vector_names[FACTOR], "schema.number");
    add_node(graph, "Equal", "schema.value", vector_names[CODE], "schema.equal");
    lw_onnx_add_node(graph, "Cast", (const char *const[]){"schema.equal", NULL},
                     "schema.equal_number", &type);
    add_node(graph, "Mul", "schema.equal_number", vector_names[IS_CATEGORY], "schema.category");
    add_node(graph, "Add", "schema.number", "schema.category", "schema.present");
    lw_onnx_add_node(graph, "IsNaN", (const char *const[]){"schema.value", NULL},
                     "schema.is_missing", NULL);
    lw_onnx_add_node(
        graph, "Where",
        (const char *const[]){"schema.is_missing", vector_names[FILL], "schema.present", NULL},
        "schema.inputs", NULL);
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
