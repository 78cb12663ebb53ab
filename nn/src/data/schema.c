/* Schemas: memory, owners, properties. */
#include "schema.h"
#include "base/memory.h"
#include "base/string_list.h"

#include <stdlib.h>
#include <string.h>

static const char *const reasons[LW_IGNORED_REASONS] = {
    [LW_IGNORED_ON_REQUEST] = "as requested",
    [LW_IGNORED_EMPTY] = "no values",
    [LW_IGNORED_CONSTANT] = "the same value in all rows",
    [LW_IGNORED_NAMELESS] = "no name",
    [LW_IGNORED_INDEX] = "counts the rows",
    [LW_IGNORED_TEXTS] = "too many different texts for a category",
    [LW_IGNORED_WEIGHT] = "weight of the row",
};

/* ---- Memory ------------------------------------------------------------------------------- */

lw_status lw_schema_create(const char *subject, size_t columns, size_t targets, lw_schema **schema)
{
    lw_schema *made = calloc(1, sizeof *made);
    if (!made)
        return lw_no_memory(subject, "a schema");
    made->self = made;
    atomic_init(&made->owners, 1);
    made->columns = calloc(columns + 1, sizeof *made->columns);
    made->targets = calloc(targets + 1, sizeof *made->targets);
    if (!made->columns || !made->targets) {
        lw_schema_free(made);
        return lw_no_memory(subject, "a schema");
    }
    made->column_count = columns;
    made->target_count = targets;
    *schema = made;
    return LW_OK;
}

lw_schema *lw_schema_share(const lw_schema *schema)
{
    atomic_fetch_add(&schema->self->owners, 1);
    return schema->self;
}

lw_status lw_schema_clone(lw_schema **clone, const lw_schema *schema)
{
    if (!clone || !schema)
        return lw_fail(LW_EINVAL, "lw_schema_clone: %s is NULL", clone ? "schema" : "clone");
    *clone = lw_schema_share(schema);
    return LW_OK;
}

void lw_schema_free(lw_schema *schema)
{
    if (!schema || atomic_fetch_sub(&schema->owners, 1) > 1)
        return;
    for (size_t i = 0; i < schema->column_count; i++) {
        free(schema->columns[i].name);
        lw_values_free(&schema->columns[i].values);
    }
    for (size_t i = 0; i < schema->target_count; i++) {
        free(schema->targets[i].name);
        lw_values_free(&schema->targets[i].classes);
    }
    free(schema->columns);
    free(schema->targets);
    free(schema->weight);
    lw_string_list_free(schema->input_names);
    free(schema);
}

/* ---- Inputs ------------------------------------------------------------------------------- */

size_t lw_column_inputs(const lw_column_rule *column)
{
    switch (column->kind) {
    case LW_COLUMN_NUMBER:
    case LW_COLUMN_BOOLEAN:
        return column->missing > 0 ? 2 : 1;
    case LW_COLUMN_CATEGORY:
        return column->values.count + (column->missing > 0);
    default:
        return 0;
    }
}

/* Names the inputs of a column. A second input of numbers and the last of a category mark missing
 * fields. */
static void name_inputs(const lw_column_rule *column, const char *missing_name, lw_string *names)
{
    for (size_t k = 0; k < column->inputs; k++)
        names[k] = (lw_string){.text = column->name};
    if (column->kind == LW_COLUMN_CATEGORY)
        for (size_t k = 0; k < column->values.count; k++)
            names[k].value = column->values.texts[k];
    if (column->missing > 0 && column->inputs > 0)
        names[column->inputs - 1].value = missing_name;
}

lw_status lw_schema_number_inputs(const char *subject, lw_schema *schema)
{
    schema->inputs = 0;
    for (size_t i = 0; i < schema->column_count; i++) {
        lw_column_rule *column = &schema->columns[i];
        column->first_input = schema->inputs;
        column->inputs = lw_column_inputs(column);
        if (__builtin_add_overflow(schema->inputs, column->inputs, &schema->inputs))
            return lw_no_memory(subject, "the inputs of a schema");
    }
    if (schema->inputs == 0)
        return lw_fail(LW_EDATA,
                       "%s: no column is an input: all are targets or ignored, for example because "
                       "they are constant",
                       subject);
    lw_string *names = calloc(schema->inputs, sizeof *names);
    if (names)
        for (size_t i = 0; i < schema->column_count; i++)
            name_inputs(&schema->columns[i], "(missing)", names + schema->columns[i].first_input);
    if (names)
        schema->input_names = lw_string_list_create(schema->inputs, names);
    free(names);
    return schema->input_names ? LW_OK : lw_no_memory(subject, "the names of inputs");
}

/* ---- Properties --------------------------------------------------------------------------- */

int lw_schema_is_array(const lw_schema *schema)
{
    return schema ? schema->is_array : 0;
}

size_t lw_schema_columns(const lw_schema *schema)
{
    return schema ? schema->column_count : 0;
}

size_t lw_schema_inputs(const lw_schema *schema)
{
    return schema ? schema->inputs : 0;
}

size_t lw_schema_targets(const lw_schema *schema)
{
    return schema ? schema->target_count : 0;
}

size_t lw_schema_classes(const lw_schema *schema)
{
    return schema && schema->target_count > 0 ? schema->targets[0].classes.count : 0;
}

lw_task lw_schema_task(const lw_schema *schema)
{
    return schema ? schema->task : LW_TASK_DETECT;
}

const char *const *lw_schema_input_names(const lw_schema *schema)
{
    return schema ? schema->input_names : NULL;
}

lw_status lw_schema_column_info(const lw_schema *schema, size_t column, lw_schema_column *info)
{
    if (!schema || !info)
        return lw_fail(LW_EINVAL, "lw_schema_column_info: %s is NULL", schema ? "info" : "schema");
    if (column >= schema->column_count)
        return lw_fail(LW_EINVAL, "lw_schema_column_info: column %zu of a schema of %zu", column,
                       schema->column_count);
    const lw_column_rule *c = &schema->columns[column];
    *info = (lw_schema_column){
        .name = c->name,
        .kind = c->kind,
        .reason = c->kind == LW_COLUMN_IGNORED ? reasons[c->why] : NULL,
        .mean = c->mean,
        .deviation = c->deviation,
        .fill = c->fill,
        .minimum = c->minimum,
        .maximum = c->maximum,
        .missing = c->missing,
        .values = c->values.texts,
        .value_count = c->values.count,
        .first_input = c->first_input,
        .inputs = c->inputs,
    };
    return LW_OK;
}

lw_status lw_schema_target_info(const lw_schema *schema, size_t target, lw_schema_target *info)
{
    if (!schema || !info)
        return lw_fail(LW_EINVAL, "lw_schema_target_info: %s is NULL", schema ? "info" : "schema");
    if (target >= schema->target_count)
        return lw_fail(LW_EINVAL, "lw_schema_target_info: target %zu of a schema of %zu", target,
                       schema->target_count);
    const lw_target_rule *t = &schema->targets[target];
    *info = (lw_schema_target){
        .name = t->name,
        .mean = t->mean,
        .deviation = t->deviation,
        .classes = t->classes.texts,
        .class_count = t->classes.count,
    };
    return LW_OK;
}

lw_status lw_schema_table_options(const lw_schema *schema, lw_table_options *options)
{
    if (!schema || !options)
        return lw_fail(LW_EINVAL, "lw_schema_table_options: %s is NULL",
                       schema ? "options" : "schema");
    const char **texts = calloc(schema->column_count + 1, sizeof *texts);
    if (!texts)
        return lw_no_memory("lw_schema_table_options", "the names of columns");
    size_t count = 0;
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].kind == LW_COLUMN_CATEGORY && !schema->columns[i].values.numbers)
            texts[count++] = schema->columns[i].name;
    for (size_t i = 0; i < schema->target_count; i++)
        if (schema->targets[i].classes.count > 0 && !schema->targets[i].classes.numbers &&
            count < schema->column_count + 1)
            texts[count++] = schema->targets[i].name;
    options->texts = texts;
    options->text_count = count;
    return LW_OK;
}

void lw_schema_decode(const lw_schema *schema, size_t rows, float *y)
{
    if (!schema || !y || schema->task != LW_TASK_REGRESSION)
        return;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < schema->target_count; j++) {
            float *value = &y[i * schema->target_count + j];
            const lw_target_rule *target = &schema->targets[j];
            *value = (float)((double)*value * target->deviation + target->mean);
        }
}
