/* Encodes tables: fields to the inputs and targets of a network. */
#include "base/memory.h"
#include "base/options.h"
#include "base/string_list.h"
#include "dataset.h"
#include "schema.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char function_name[] = "lw_schema_encode";

/* Rows encoded column by column before the next ones, so that their inputs stay in the cache. */
enum { BLOCK_ROWS = 256, LIST_BYTES = 400 };

/* A column of the table, or NULL where the schema's column is not needed or not there; and the
 * values of the schema for the texts of the table. */
typedef struct source {
    const lw_table_column *column;
    size_t *value_of_text;
} source;

typedef struct encode_job {
    const lw_schema *schema;
    const lw_table *table;
    const lw_encode_options *options;
    source *columns, *targets;
    unsigned char *is_matched; /* by column of the table: the schema knows it */
    size_t first, count;       /* of the rows to encode: those of the shard */
    lw_encode_report report;
} encode_job;

static size_t row_at(const encode_job *job, size_t i)
{
    return job->options->rows ? job->options->rows[job->first + i] : job->first + i;
}

/* ---- Columns ------------------------------------------------------------------------------ */

/* How columns of the schema are found in a table. */
typedef struct finder {
    const lw_schema *schema;
    const lw_table *table;
    int by_position;  /* neither has a header */
    int skip_targets; /* the table has all columns but the targets */
} finder;

static finder make_finder(const encode_job *job)
{
    const lw_schema *schema = job->schema;
    finder f = {schema, job->table, !schema->has_header && !job->table->has_header, 0};
    f.skip_targets = f.by_position && job->options->targets == LW_TARGETS_IGNORED &&
                     job->table->column_count == schema->column_count;
    return f;
}

static const lw_table_column *find_column(const finder *f, const char *name, size_t position)
{
    if (!f->by_position) {
        /* Most tables have the columns of the training data in the same order. */
        const size_t count = f->table->column_count;
        for (size_t i = 0; i < count; i++) {
            const size_t j = (position + i) % count;
            if (strcmp(f->table->columns[j].name, name) == 0)
                return &f->table->columns[j];
        }
        return NULL;
    }
    if (f->skip_targets) {
        size_t before = 0;
        for (size_t i = 0; i < f->schema->target_count; i++)
            before += f->schema->targets[i].position < position;
        position -= before;
    }
    return position < f->table->column_count ? &f->table->columns[position] : NULL;
}

/* A list of names in a message; "..." stands for those that do not fit. */
typedef struct name_text {
    char text[LIST_BYTES];
    size_t used, count;
} name_text;

static void add_name(name_text *list, const char *name)
{
    const size_t space = sizeof list->text - list->used;
    list->count++;
    if (space <= 8)
        return;
    const int length =
        snprintf(list->text + list->used, space, "%s'%.40s'", list->used > 0 ? ", " : "", name);
    if (length > 0 && (size_t)length < space - 5)
        list->used += (size_t)length;
    else
        list->used += (size_t)snprintf(list->text + list->used, space, ", ...") + 8;
}

static lw_status missing_columns(const encode_job *job, const name_text *missing)
{
    const lw_table *table = job->table;
    name_text present = {{0}, 0, 0};
    for (size_t j = 0; j < table->column_count; j++)
        add_name(&present, table->columns[j].name);
    return lw_fail(LW_EDATA, "%s: the model needs %s %s, which %s not among the columns%s: %s",
                   table->path, missing->count == 1 ? "the column" : "the columns", missing->text,
                   missing->count == 1 ? "is" : "are",
                   table->has_header ? "" : ", numbered because the file has no header",
                   present.text);
}

static const lw_table_column *match_column(encode_job *job, const finder *f, const char *name,
                                           size_t position)
{
    const lw_table_column *column = find_column(f, name, position);
    if (column)
        job->is_matched[column - job->table->columns] = 1;
    return column;
}

/* Finds the columns of the schema. Those that are not needed are matched too, as they are no extra
 * columns of the table. */
static lw_status find_columns(encode_job *job)
{
    const lw_schema *schema = job->schema;
    const finder f = make_finder(job);
    const int needs_targets = job->options->targets == LW_TARGETS_REQUIRED;
    name_text missing = {{0}, 0, 0};
    for (size_t i = 0; i < schema->column_count; i++) {
        const lw_column_rule *rule = &schema->columns[i];
        job->columns[i].column = match_column(job, &f, rule->name, rule->position);
        if (!job->columns[i].column && rule->kind != LW_COLUMN_IGNORED)
            add_name(&missing, rule->name);
    }
    for (size_t i = 0; i < schema->target_count; i++) {
        const lw_target_rule *rule = &schema->targets[i];
        job->targets[i].column = match_column(job, &f, rule->name, rule->position);
        if (!job->targets[i].column && needs_targets)
            add_name(&missing, rule->name);
    }
    return missing.count == 0 ? LW_OK : missing_columns(job, &missing);
}

static void count_extra(encode_job *job)
{
    for (size_t j = 0; j < job->table->column_count; j++) {
        if (job->is_matched[j])
            continue;
        if (job->report.extra++ == 0)
            job->report.extra_column = job->table->columns[j].name;
    }
}

/* ---- Errors ------------------------------------------------------------------------------- */

static const char *text_of(const lw_table_column *column, size_t row)
{
    return column->codes[row] == LW_MISSING_CODE ? "" : column->texts[column->codes[row]];
}

/* Records "FILE: line N, column 'NAME': 'FIELD' WHAT". */
static lw_status field_error(const encode_job *job, const lw_table_column *column, size_t row,
                             const char *what)
{
    char number[32];
    const char *text = number;
    if (column->numbers)
        snprintf(number, sizeof number, "%.9g", column->numbers[row]);
    else
        text = text_of(column, row);
    return lw_fail(LW_EDATA, "%s: line %u, column '%.40s': '%.40s' %s", job->table->path,
                   job->table->lines[row], column->name, text, what);
}

static lw_status missing_target(const encode_job *job, const lw_table_column *column, size_t row)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): find_columns has found the targets */
    const char *name = column->name;
    return lw_fail(LW_EDATA, "%s: line %u: the target '%.40s' is missing", job->table->path,
                   job->table->lines[row], name);
}

static lw_status unknown_class(const encode_job *job, const lw_values *classes,
                               const lw_table_column *column, size_t row)
{
    char what[LIST_BYTES + 60];
    name_text known = {{0}, 0, 0};
    for (size_t i = 0; i < classes->count; i++)
        add_name(&known, classes->texts[i]);
    snprintf(what, sizeof what, "is not a class of the training data: %s", known.text);
    return field_error(job, column, row, what);
}

/* ---- Values ------------------------------------------------------------------------------- */

/* Finds the schema's values for the texts of a table's column. */
static lw_status map_texts(const encode_job *job, const lw_values *values, source *from)
{
    if (!from->column || from->column->numbers || values->count == 0)
        return LW_OK;
    const size_t count = from->column->text_count;
    size_t *found = calloc(count + 1, sizeof *found);
    if (!found)
        return lw_no_memory(job->table->path, "the values of a column");
    for (size_t i = 0; i < count; i++)
        found[i] = lw_values_find_text(values, from->column->texts[i]);
    from->value_of_text = found;
    return LW_OK;
}

/* The position of a field in values; LW_NO_VALUE for an unknown or missing one. */
static size_t value_at(const lw_values *values, const source *from, size_t row, int *is_missing)
{
    *is_missing = 1;
    if (!from->column)
        return LW_NO_VALUE;
    if (from->column->numbers) {
        const double number = from->column->numbers[row];
        *is_missing = isnan(number) != 0;
        return *is_missing ? LW_NO_VALUE : lw_values_find_number(values, number);
    }
    const uint32_t code = from->column->codes[row];
    *is_missing = code == LW_MISSING_CODE;
    return *is_missing ? LW_NO_VALUE : from->value_of_text[code];
}

/* ---- Inputs ------------------------------------------------------------------------------- */

static void count_outside(encode_job *job, const lw_column_rule *rule, double value)
{
    const double width = rule->maximum - rule->minimum;
    if (width == 0.0 || (value <= rule->maximum + width && value >= rule->minimum - width))
        return;
    if (job->report.outside++ == 0)
        job->report.outside_column = rule->name;
}

/* Encodes the rows from i to end of a column of numbers. x: the column's input of row i. */
static lw_status encode_numbers(encode_job *job, const lw_column_rule *rule, const source *from,
                                size_t i, size_t end, float *x)
{
    const size_t stride = job->schema->inputs;
    const double inverse = lw_inverse(rule->deviation);
    if (!from->column->numbers) {
        for (; i < end; i++) {
            const size_t row = row_at(job, i);
            double number;
            if (*text_of(from->column, row) != '\0' &&
                !lw_parse_number(text_of(from->column, row), &number))
                return field_error(job, from->column, row, "is not a number");
        }
        return lw_fail(LW_EDATA, "%s: column '%.40s' holds texts, but the model needs numbers",
                       job->table->path, from->column->name);
    }
    for (; i < end; i++, x += stride) {
        const double given = from->column->numbers[row_at(job, i)];
        const int is_missing = isnan(given) != 0;
        const double value = is_missing ? rule->fill : given;
        if (fabs(value) > (double)FLT_MAX)
            return field_error(job, from->column, row_at(job, i), "is beyond float32");
        x[0] = lw_standardized(value, rule->mean, inverse);
        if (!isfinite(x[0]))
            return field_error(job, from->column, row_at(job, i),
                               "is too far from the training data for float32");
        if (rule->missing > 0)
            x[1] = (float)is_missing;
        job->report.filled += (size_t)is_missing;
        count_outside(job, rule, value);
    }
    return LW_OK;
}

static lw_status encode_booleans(encode_job *job, const lw_column_rule *rule, const source *from,
                                 size_t i, size_t end, float *x)
{
    const size_t stride = job->schema->inputs;
    const lw_table_column *column = from->column;
    for (; i < end; i++, x += stride) {
        const size_t row = row_at(job, i);
        int is_missing, value;
        if (column->numbers) {
            const double number = column->numbers[row];
            is_missing = isnan(number) != 0;
            value = number == 0.0 ? 0 : number == 1.0 ? 1 : -1;
        } else {
            is_missing = column->codes[row] == LW_MISSING_CODE;
            value = is_missing ? -1 : lw_boolean_of(column->texts[column->codes[row]]);
        }
        if (value < 0 && !is_missing)
            return field_error(job, column, row,
                               "is neither true nor false (yes or no, 1 or 0), as all fields of "
                               "the training data were");
        x[0] = is_missing ? (float)rule->fill : (float)value;
        if (rule->missing > 0)
            x[1] = (float)is_missing;
        job->report.filled += (size_t)is_missing;
    }
    return LW_OK;
}

static lw_status encode_categories(encode_job *job, const lw_column_rule *rule, const source *from,
                                   size_t i, size_t end, float *x)
{
    const size_t stride = job->schema->inputs;
    for (; i < end; i++, x += stride) {
        const size_t row = row_at(job, i);
        int is_missing;
        size_t value = value_at(&rule->values, from, row, &is_missing);
        if (is_missing && rule->missing > 0)
            value = rule->values.count;
        for (size_t k = 0; k < rule->inputs; k++)
            x[k] = k == value ? 1.0f : 0.0f;
        if (value != LW_NO_VALUE)
            continue;
        if (job->options->strict)
            return field_error(job, from->column, row,
                               "is a category that the training data did not have");
        if (job->report.unknown++ > 0)
            continue;
        job->report.unknown_column = rule->name;
        job->report.unknown_value = from->column->codes ? text_of(from->column, row) : NULL;
    }
    return LW_OK;
}

static lw_status encode_inputs(encode_job *job, float *x)
{
    const lw_schema *schema = job->schema;
    lw_status status = LW_OK;
    for (size_t i = 0; i < job->count && status == LW_OK; i += BLOCK_ROWS) {
        const size_t end = job->count - i > BLOCK_ROWS ? i + BLOCK_ROWS : job->count;
        for (size_t c = 0; c < schema->column_count && status == LW_OK; c++) {
            const lw_column_rule *rule = &schema->columns[c];
            float *to = x + i * schema->inputs + rule->first_input;
            if (rule->kind == LW_COLUMN_NUMBER)
                status = encode_numbers(job, rule, &job->columns[c], i, end, to);
            else if (rule->kind == LW_COLUMN_BOOLEAN)
                status = encode_booleans(job, rule, &job->columns[c], i, end, to);
            else if (rule->kind == LW_COLUMN_CATEGORY)
                status = encode_categories(job, rule, &job->columns[c], i, end, to);
        }
    }
    return status;
}

/* ---- Targets ------------------------------------------------------------------------------ */

static lw_status encode_classes(const encode_job *job, int32_t *labels)
{
    const lw_values *classes = &job->schema->targets[0].classes;
    const source *from = &job->targets[0];
    for (size_t i = 0; i < job->count; i++) {
        const size_t row = row_at(job, i);
        int is_missing;
        const size_t value = value_at(classes, from, row, &is_missing);
        if (is_missing)
            return missing_target(job, from->column, row);
        if (value == LW_NO_VALUE)
            return unknown_class(job, classes, from->column, row);
        labels[i] = (int32_t)value;
    }
    return LW_OK;
}

static lw_status encode_target_numbers(const encode_job *job, float *values)
{
    const lw_schema *schema = job->schema;
    for (size_t t = 0; t < schema->target_count; t++) {
        const lw_target_rule *rule = &schema->targets[t];
        const lw_table_column *column = job->targets[t].column;
        for (size_t i = 0; i < job->count; i++) {
            const size_t row = row_at(job, i);
            if (!column->numbers)
                return field_error(job, column, row, "is not a number, but the target is");
            const double number = column->numbers[row];
            if (isnan(number))
                return missing_target(job, column, row);
            const float value = lw_standardized(number, rule->mean, 1.0 / rule->deviation);
            if (!isfinite(value))
                return field_error(job, column, row, "is beyond float32");
            values[i * schema->target_count + t] = value;
        }
    }
    return LW_OK;
}

/* ---- The dataset -------------------------------------------------------------------------- */

static lw_status name_dataset(const encode_job *job, lw_dataset *made)
{
    const lw_schema *schema = job->schema;
    made->input_names = lw_string_list_copy(schema->inputs, schema->input_names);
    if (made->target.labels)
        made->class_names = lw_string_list_copy(made->outputs, schema->targets[0].classes.texts);
    return made->input_names && (made->class_names || !made->target.labels)
               ? LW_OK
               : lw_no_memory(job->table->path, "names");
}

/* The column of row weights in the table; NULL if there is none. */
static const lw_table_column *weight_column(const encode_job *job)
{
    for (size_t i = 0; i < job->schema->column_count; i++)
        if (job->schema->columns[i].kind == LW_COLUMN_IGNORED &&
            job->schema->columns[i].why == LW_IGNORED_WEIGHT)
            return job->columns[i].column;
    return NULL;
}

static lw_status encode_weights(const encode_job *job, float *weights)
{
    const lw_table_column *column = weight_column(job);
    for (size_t i = 0; i < job->count; i++) {
        const size_t row = row_at(job, i);
        const double weight = column->numbers ? column->numbers[row] : (double)NAN;
        if (!(weight >= 0.0 && weight <= (double)FLT_MAX))
            return field_error(job, column, row, "is not a weight, a number of at least 0");
        weights[i] = (float)weight;
    }
    return LW_OK;
}

static lw_status make_dataset(encode_job *job, lw_dataset *data)
{
    const lw_schema *schema = job->schema;
    lw_target_kind kind = LW_TARGET_NONE;
    if (job->options->targets == LW_TARGETS_REQUIRED && schema->target_count > 0)
        kind = schema->task == LW_TASK_CLASSIFICATION ? LW_TARGET_LABELS : LW_TARGET_VALUES;
    const int has_labels = kind == LW_TARGET_LABELS;
    if (kind != LW_TARGET_NONE && weight_column(job))
        kind |= LW_TARGET_WEIGHTED;
    lw_dataset made;
    lw_dataset_arrays arrays;
    lw_status status = lw_dataset_allocate(job->table->path, &made, &arrays, job->count,
                                           schema->inputs, schema->target_count, kind);
    if (status != LW_OK)
        return status;
    if (has_labels)
        made.outputs = schema->targets[0].classes.count;
    status = encode_inputs(job, arrays.x);
    if (status == LW_OK && arrays.labels)
        status = encode_classes(job, arrays.labels);
    if (status == LW_OK && arrays.values)
        status = encode_target_numbers(job, arrays.values);
    if (status == LW_OK && arrays.weights)
        status = encode_weights(job, arrays.weights);
    if (status == LW_OK)
        status = name_dataset(job, &made);
    if (status == LW_OK)
        *data = made;
    else
        lw_dataset_free(&made);
    return status;
}

static void free_sources(source *sources, size_t count)
{
    for (size_t i = 0; i < count && sources; i++)
        free(sources[i].value_of_text);
    free(sources);
}

static lw_status encode(encode_job *job, lw_dataset *data)
{
    const lw_schema *schema = job->schema;
    job->columns = calloc(schema->column_count + 1, sizeof *job->columns);
    job->targets = calloc(schema->target_count + 1, sizeof *job->targets);
    job->is_matched = calloc(job->table->column_count + 1, 1);
    lw_status status = job->columns && job->targets && job->is_matched
                           ? find_columns(job)
                           : lw_no_memory(job->table->path, "its columns");
    for (size_t i = 0; i < schema->column_count && status == LW_OK; i++)
        status = map_texts(job, &schema->columns[i].values, &job->columns[i]);
    for (size_t i = 0; i < schema->target_count && status == LW_OK; i++)
        status = map_texts(job, &schema->targets[i].classes, &job->targets[i]);
    if (status == LW_OK) {
        count_extra(job);
        status = make_dataset(job, data);
    }
    free_sources(job->columns, schema->column_count);
    free_sources(job->targets, schema->target_count);
    free(job->is_matched);
    return status;
}

static lw_status check_rows(const lw_table *table, const lw_encode_options *options)
{
    for (size_t i = 0; i < options->row_count && options->rows; i++)
        if (options->rows[i] >= table->rows)
            return lw_fail(LW_EINVAL, "%s: options->rows[%zu] is %zu, but the table has %zu rows",
                           function_name, i, options->rows[i], table->rows);
    return LW_OK;
}

lw_status lw_schema_encode(const lw_schema *schema, const lw_table *table,
                           const lw_encode_options *options, lw_dataset *data,
                           lw_encode_report *report)
{
    lw_encode_options known = {.size = sizeof known};
    if (!schema || !table || !data)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function_name,
                       !schema  ? "schema"
                       : !table ? "table"
                                : "data");
    if (schema->is_array)
        return lw_fail(LW_EINVAL, "%s: the schema is of arrays, not of a table", function_name);
    lw_status status = LW_OK;
    if (options)
        status = lw_read_options(function_name, LW_OPTIONS_TYPE(lw_encode_options, row_count),
                                 &known, options);
    if (status == LW_OK)
        status = check_rows(table, &known);
    encode_job job = {.schema = schema, .table = table, .options = &known};
    if (status == LW_OK)
        status = lw_shard_rows(function_name, &known.shard,
                               known.rows ? known.row_count : table->rows, &job.first, &job.count);
    if (status == LW_OK)
        status = encode(&job, data);
    if (status == LW_OK && report)
        *report = job.report;
    return status;
}
