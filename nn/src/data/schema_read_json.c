/* Reads a schema from JSON that may come from anyone. */
#define _POSIX_C_SOURCE 200809L /* strdup, strnlen */
#include "base/json_text.h"
#include "base/memory.h"
#include "schema_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reading {
    const char *path;
    lw_status status; /* of all members so far */
} reading;

static void refuse(reading *r, const char *key)
{
    if (r->status == LW_OK)
        r->status =
            lw_fail(LW_EFORMAT, "%s: schema: '%s' is missing or not understood", r->path, key);
}

static void fail_memory(reading *r)
{
    if (r->status == LW_OK)
        r->status = lw_no_memory(r->path, "its schema");
}

/* ---- Members ------------------------------------------------------------------------------ */

static double read_number(reading *r, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    const double number = json_number_value(value);
    if (!json_is_number(value) || !isfinite(number))
        refuse(r, key);
    return number;
}

/* A count that a double holds exactly. */
static size_t read_count(reading *r, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    const json_int_t count = json_integer_value(value);
    if (!json_is_integer(value) || count < 0 || count > (1LL << 53)) {
        refuse(r, key);
        return 0;
    }
    return (size_t)count;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns 0 if the digits are not pairs of hexadecimal digits without a zero byte. */
static int decode_hex(const char *hex, char *text)
{
    for (; *hex; hex += 2) {
        const int high = digit_of(hex[0]), low = high < 0 ? -1 : digit_of(hex[1]);
        if (low < 0 || high + low == 0)
            return 0;
        *text++ = (char)(16 * high + low);
    }
    *text = '\0';
    return 1;
}

/* A copy of a text, or NULL after a failure. */
static char *copy_text(reading *r, const json_t *value, const char *key)
{
    const char *hex = json_string_value(json_object_get(value, "hex"));
    const char *plain = json_string_value(value);
    if ((!hex && !plain) || (plain && strlen(plain) != json_string_length(value))) {
        refuse(r, key);
        return NULL;
    }
    char *text = strdup(hex ? hex : plain);
    if (!text)
        fail_memory(r);
    else if (hex && !decode_hex(hex, text))
        refuse(r, key);
    return text;
}

static char *read_text(reading *r, const json_t *object, const char *key)
{
    return copy_text(r, json_object_get(object, key), key);
}

/* The position of a word in a list of names, some of which may be NULL. */
static size_t read_word(reading *r, const json_t *object, const char *key, size_t count,
                        const char *const *names)
{
    const char *word = json_string_value(json_object_get(object, key));
    for (size_t i = 0; word && i < count; i++)
        if (names[i] && strcmp(names[i], word) == 0)
            return i;
    refuse(r, key);
    return 0;
}

static void read_number_values(reading *r, const json_t *list, const char *key, lw_values *values)
{
    const size_t count = json_array_size(list);
    double *numbers = calloc(count + 1, sizeof *numbers);
    if (!numbers) {
        fail_memory(r);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(list, i);
        numbers[i] = json_number_value(value);
        if (!json_is_number(value) || !isfinite(numbers[i]) ||
            (i > 0 && numbers[i - 1] >= numbers[i]))
            refuse(r, key);
    }
    if (r->status == LW_OK)
        r->status = lw_values_from_numbers(r->path, numbers, count, values);
    free(numbers);
}

static void read_text_values(reading *r, const json_t *list, const char *key, int is_sorted,
                             lw_values *values)
{
    const size_t count = json_array_size(list);
    char **texts = calloc(count + 1, sizeof *texts);
    if (!texts) {
        fail_memory(r);
        return;
    }
    for (size_t i = 0; i < count && r->status == LW_OK; i++) {
        texts[i] = copy_text(r, json_array_get(list, i), key);
        if (r->status == LW_OK && is_sorted && i > 0 && strcmp(texts[i - 1], texts[i]) >= 0)
            refuse(r, key);
    }
    if (r->status == LW_OK)
        r->status = lw_values_from_texts(r->path, (const char *const *)texts, count, values);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

/* Values are all numbers or all texts, in ascending order if is_sorted. */
static void read_values(reading *r, const json_t *object, const char *key, int is_sorted,
                        lw_values *values)
{
    const json_t *list = json_object_get(object, key);
    if (!json_is_array(list) || r->status != LW_OK)
        refuse(r, key);
    else if (is_sorted && json_is_number(json_array_get(list, 0)))
        read_number_values(r, list, key, values);
    else
        read_text_values(r, list, key, is_sorted, values);
}

/* ---- Columns and targets ------------------------------------------------------------------ */

static void read_column(reading *r, const json_t *object, lw_column_rule *column)
{
    column->name = read_text(r, object, "name");
    column->position = read_count(r, object, "position");
    column->kind =
        (lw_column_kind)read_word(r, object, "kind", LW_COLUMN_CATEGORY + 1, lw_column_kind_names);
    if (column->kind == LW_COLUMN_IGNORED) {
        column->why =
            (lw_ignored)read_word(r, object, "reason", LW_IGNORED_REASONS, lw_ignored_names);
        return;
    }
    column->missing = read_count(r, object, "missing");
    if (column->kind == LW_COLUMN_NUMBER) {
        column->mean = read_number(r, object, "mean");
        column->deviation = read_number(r, object, "deviation");
        column->minimum = read_number(r, object, "minimum");
        column->maximum = read_number(r, object, "maximum");
        if (column->deviation < 0.0)
            refuse(r, "deviation");
    }
    if (column->kind == LW_COLUMN_NUMBER || column->kind == LW_COLUMN_BOOLEAN)
        column->fill = read_number(r, object, "fill");
    if (column->kind == LW_COLUMN_CATEGORY || column->kind == LW_COLUMN_BOOLEAN)
        read_values(r, object, "values", column->kind == LW_COLUMN_CATEGORY, &column->values);
    if (column->kind == LW_COLUMN_CATEGORY && column->values.count == 0)
        refuse(r, "values");
    if (column->kind == LW_COLUMN_BOOLEAN &&
        (column->values.count != 2 || (column->fill != 0.0 && column->fill != 1.0)))
        refuse(r, "values");
}

static void read_target(reading *r, const json_t *object, lw_task task, lw_target_rule *target)
{
    target->name = read_text(r, object, "name");
    target->position = read_count(r, object, "position");
    target->deviation = 1.0;
    if (task == LW_TASK_CLASSIFICATION) {
        read_values(r, object, "classes", 1, &target->classes);
        if (target->classes.count < 2 || target->classes.count > INT32_MAX)
            refuse(r, "classes");
        return;
    }
    target->mean = read_number(r, object, "mean");
    target->deviation = read_number(r, object, "deviation");
    if (!(target->deviation > 0.0))
        refuse(r, "deviation");
}

static void read_parts(reading *r, const json_t *object, lw_schema *schema)
{
    const json_t *columns = json_object_get(object, "columns");
    const json_t *targets = json_object_get(object, "targets");
    for (size_t i = 0; i < schema->column_count && r->status == LW_OK; i++)
        read_column(r, json_array_get(columns, i), &schema->columns[i]);
    for (size_t i = 0; i < schema->target_count && r->status == LW_OK; i++)
        read_target(r, json_array_get(targets, i), schema->task, &schema->targets[i]);
    if (json_object_get(object, "weight"))
        schema->weight = read_text(r, object, "weight");
    if (r->status == LW_OK && !schema->is_array) {
        schema->has_header = json_is_true(json_object_get(object, "header"));
        r->status = lw_schema_number_inputs(r->path, schema);
        if (r->status == LW_EDATA)
            r->status = lw_fail(LW_EFORMAT, "%s: schema: no column is an input", r->path);
    } else if (r->status == LW_OK) {
        schema->inputs = read_count(r, object, "inputs");
        schema->minimum = read_number(r, object, "minimum");
        schema->maximum = read_number(r, object, "maximum");
        schema->scale = read_number(r, object, "scale");
        if (schema->inputs == 0)
            refuse(r, "inputs");
    }
}

static void read_schema(reading *r, const json_t *object, lw_schema **schema)
{
    const json_t *columns = json_object_get(object, "columns");
    const json_t *targets = json_object_get(object, "targets");
    const int is_array = columns == NULL;
    if (read_count(r, object, "version") != LW_SCHEMA_VERSION)
        refuse(r, "version");
    const lw_task task = (lw_task)read_word(r, object, "task", LW_TASK_NONE + 1, lw_task_names);
    if (!is_array && !json_is_array(columns))
        refuse(r, "columns");
    const size_t count = json_array_size(targets);
    const int is_right_count = task == LW_TASK_NONE             ? count == 0
                               : task == LW_TASK_CLASSIFICATION ? count == 1
                                                                : count > 0;
    if (!json_is_array(targets) || !is_right_count)
        refuse(r, "targets");
    if (r->status == LW_OK)
        r->status = lw_schema_create(r->path, json_array_size(columns), count, schema);
    if (r->status != LW_OK)
        return;
    (*schema)->task = task;
    (*schema)->is_array = is_array;
    read_parts(r, object, *schema);
}

lw_status lw_schema_read_json(const char *path, const char *text, lw_schema **schema)
{
    json_t *object = NULL;
    lw_schema *made = NULL;
    reading r = {path, lw_json_parse(path, 0, text, strlen(text), &object)};
    if (r.status == LW_OK)
        read_schema(&r, object, &made);
    json_decref(object);
    if (r.status == LW_OK)
        *schema = made;
    else
        lw_schema_free(made);
    return r.status;
}
