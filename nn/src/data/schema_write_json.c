/* Writes a schema as JSON. */
#include "base/json_text.h"
#include "base/memory.h"
#include "schema_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const lw_column_kind_names[] = {[LW_COLUMN_IGNORED] = "ignored",
                                            [LW_COLUMN_NUMBER] = "number",
                                            [LW_COLUMN_BOOLEAN] = "boolean",
                                            [LW_COLUMN_CATEGORY] = "category"};

const char *const lw_ignored_names[] = {
    [LW_IGNORED_ON_REQUEST] = "request", [LW_IGNORED_EMPTY] = "empty",
    [LW_IGNORED_CONSTANT] = "constant",  [LW_IGNORED_NAMELESS] = "nameless",
    [LW_IGNORED_INDEX] = "index",        [LW_IGNORED_TEXTS] = "texts",
    [LW_IGNORED_WEIGHT] = "weight"};

const char *const lw_task_names[] = {[LW_TASK_CLASSIFICATION] = "classification",
                                     [LW_TASK_REGRESSION] = "regression",
                                     [LW_TASK_NONE] = "none"};

/* Whether a text is UTF-8 (RFC 3629). */
static int is_utf8(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    while (*c) {
        const int more = *c < 0x80                 ? 0
                         : *c >= 0xc2 && *c < 0xe0 ? 1
                         : *c >= 0xe0 && *c < 0xf0 ? 2
                         : *c >= 0xf0 && *c < 0xf5 ? 3
                                                   : -1;
        if (more < 0 || (*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) ||
            (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f))
            return 0;
        for (int i = 1; i <= more; i++)
            if ((c[i] & 0xc0) != 0x80)
                return 0;
        c += more + 1;
    }
    return 1;
}

/* A text; one that is not UTF-8 as {"hex": "..."}. NULL if there is no memory. */
static json_t *text_value(const char *text)
{
    if (is_utf8(text))
        return json_string(text);
    const size_t length = strlen(text);
    char *hex = malloc(2 * length + 1);
    if (!hex)
        return NULL;
    for (size_t i = 0; i < length; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)text[i]);
    hex[2 * length] = '\0';
    json_t *value = json_pack("{s:s}", "hex", hex);
    free(hex);
    return value;
}

/* Members are set with 0 for success, -1 without memory. */
static int set_number(json_t *object, const char *key, double number)
{
    return json_object_set_new(object, key, json_real(number));
}

static int set_count(json_t *object, const char *key, size_t count)
{
    return json_object_set_new(object, key, json_integer((json_int_t)count));
}

static int set_text(json_t *object, const char *key, const char *text)
{
    return json_object_set_new(object, key, text_value(text));
}

static int set_values(json_t *object, const char *key, const lw_values *values, int as_texts)
{
    json_t *list = json_array();
    int failed = list ? 0 : -1;
    for (size_t i = 0; i < values->count && !failed; i++)
        failed = json_array_append_new(list, values->numbers && !as_texts
                                                 ? json_real(values->numbers[i])
                                                 : text_value(values->texts[i]));
    if (failed) {
        json_decref(list);
        return -1;
    }
    return json_object_set_new(object, key, list);
}

static json_t *column_value(const lw_column_rule *column)
{
    json_t *object = json_object();
    int failed = set_text(object, "name", column->name) |
                 set_count(object, "position", column->position) |
                 set_text(object, "kind", lw_column_kind_names[column->kind]);
    if (column->kind == LW_COLUMN_IGNORED)
        failed |= set_text(object, "reason", lw_ignored_names[column->why]);
    else
        failed |= set_count(object, "missing", column->missing);
    if (column->kind == LW_COLUMN_NUMBER)
        failed |= set_number(object, "mean", column->mean) |
                  set_number(object, "deviation", column->deviation) |
                  set_number(object, "minimum", column->minimum) |
                  set_number(object, "maximum", column->maximum);
    if (column->kind == LW_COLUMN_NUMBER || column->kind == LW_COLUMN_BOOLEAN)
        failed |= set_number(object, "fill", column->fill);
    if (column->kind == LW_COLUMN_CATEGORY || column->kind == LW_COLUMN_BOOLEAN)
        failed |= set_values(object, "values", &column->values, column->kind == LW_COLUMN_BOOLEAN);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *target_value(const lw_target_rule *target)
{
    json_t *object = json_object();
    int failed =
        set_text(object, "name", target->name) | set_count(object, "position", target->position);
    if (target->classes.count > 0)
        failed |= set_values(object, "classes", &target->classes, 0);
    else
        failed |= set_number(object, "mean", target->mean) |
                  set_number(object, "deviation", target->deviation);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static int set_parts(json_t *object, const lw_schema *schema)
{
    json_t *columns = json_array(), *targets = json_array();
    int failed = columns && targets ? 0 : -1;
    for (size_t i = 0; i < schema->column_count && !failed; i++)
        failed = json_array_append_new(columns, column_value(&schema->columns[i]));
    for (size_t i = 0; i < schema->target_count && !failed; i++)
        failed = json_array_append_new(targets, target_value(&schema->targets[i]));
    if (failed) {
        json_decref(columns);
        json_decref(targets);
        return -1;
    }
    failed = json_object_set_new(object, "targets", targets);
    if (!schema->is_array)
        return failed | json_object_set_new(object, "columns", columns);
    json_decref(columns);
    return failed;
}

lw_status lw_schema_write_json(const lw_schema *schema, const char *subject, char **text)
{
    json_t *object = json_object();
    int failed = set_count(object, "version", LW_SCHEMA_VERSION) |
                 set_text(object, "task", lw_task_names[schema->task]);
    if (schema->is_array)
        failed |= set_count(object, "inputs", schema->inputs) |
                  set_number(object, "minimum", schema->minimum) |
                  set_number(object, "maximum", schema->maximum) |
                  set_number(object, "scale", schema->scale);
    else
        failed |= json_object_set_new(object, "header", json_boolean(schema->has_header));
    if (schema->weight)
        failed |= set_text(object, "weight", schema->weight);
    failed |= object ? set_parts(object, schema) : -1;
    size_t length;
    char *dumped = failed ? NULL : lw_json_write(object, JSON_REAL_PRECISION(17), &length);
    json_decref(object);
    if (!dumped)
        return lw_no_memory(subject, "the schema");
    *text = dumped;
    return LW_OK;
}
