/* Data sets from CSV files: the choice of columns, one-hot encoding and standardization. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "base/memory.h"
#include "base/options.h"
#include "csv_names.h"
#include "csv_table.h"
#include "dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How a column of the file is converted. */
typedef struct csv_use {
    int standardize;
    double mean, inverse_deviation; /* inverse_deviation 0: a constant column */
} csv_use;

typedef struct csv_plan {
    lw_csv_table table;
    csv_use *uses; /* one per column */
    size_t target; /* column of the target, SIZE_MAX if none */
    size_t inputs; /* columns of x */
    lw_shard shard;
} csv_plan;

/* ---- Options ------------------------------------------------------------------------------ */

static const char function_name[] = "lw_dataset_load_csv";

/* The first two messages concern mistakes of C programs only, the others also users' files. */
static lw_status check_options(const char *path, const lw_csv_options *options)
{
    if (options->one_hot_count > 0 && !options->one_hot)
        return lw_fail(LW_EINVAL, "%s: options->one_hot is NULL", function_name);
    if (options->standardized_count > 0 && !options->standardized)
        return lw_fail(LW_EINVAL, "%s: options->standardized is NULL", function_name);
    if (options->labels && !options->target)
        return lw_fail(LW_EINVAL, "%s: labels need a target column", path);
    if (options->separator && strchr("\"\r\n", options->separator))
        return lw_fail(LW_EINVAL, "%s: the separator is a quote or a line end", path);
    return LW_OK;
}

/* Finds a column by name or, if no column has that name, by number. */
static lw_status find_column(const lw_csv_table *table, const char *name, size_t *column)
{
    if (!name)
        return lw_fail(LW_EINVAL, "%s: the name of a column is NULL", function_name);
    for (size_t j = 0; j < table->column_count; j++)
        if (strcmp(table->columns[j].name, name) == 0) {
            *column = j;
            return LW_OK;
        }
    if (*name && name[strspn(name, "0123456789")] == '\0') {
        const unsigned long long number = strtoull(name, NULL, 10);
        if (number < table->column_count) {
            *column = (size_t)number;
            return LW_OK;
        }
    }
    return lw_fail(LW_EINVAL, "%s: line %zu: no column '%.40s' among the %zu columns",
                   table->reader.input.path, table->first_line, name, table->column_count);
}

/* Finds an input column for one-hot encoding or standardization, which exclude each other. */
static lw_status find_input(const csv_plan *plan, const char *name, const char *use, size_t *column)
{
    const lw_status status = find_column(&plan->table, name, column);
    if (status != LW_OK)
        return status;
    const int is_target = *column == plan->target;
    if (is_target || plan->table.columns[*column].kind == LW_CSV_CATEGORY)
        return lw_fail(LW_EINVAL, "%s: column '%.40s' cannot be %s: it is %s",
                       plan->table.reader.input.path, name, use,
                       is_target ? "the target" : "one-hot already");
    return LW_OK;
}

static lw_status plan_columns(csv_plan *plan, const lw_csv_options *options)
{
    lw_csv_table *table = &plan->table;
    lw_status status = LW_OK;
    size_t column;
    plan->target = SIZE_MAX;
    plan->uses = calloc(table->column_count, sizeof *plan->uses);
    if (!plan->uses)
        return lw_no_memory(table->reader.input.path, "its columns");
    if (options->target) {
        status = find_column(table, options->target, &plan->target);
        if (status == LW_OK && options->labels)
            table->columns[plan->target].kind = LW_CSV_LABEL;
    }
    for (size_t i = 0; i < options->one_hot_count && status == LW_OK; i++) {
        status = find_input(plan, options->one_hot[i], "one-hot", &column);
        if (status == LW_OK)
            table->columns[column].kind = LW_CSV_CATEGORY;
    }
    for (size_t i = 0; i < options->standardized_count && status == LW_OK; i++) {
        status = find_input(plan, options->standardized[i], "standardized", &column);
        if (status == LW_OK)
            plan->uses[column].standardize = 1;
    }
    for (size_t j = 0; j < table->column_count && options->standardize; j++)
        if (j != plan->target && table->columns[j].kind == LW_CSV_NUMBER)
            plan->uses[j].standardize = 1;
    return status;
}

/* ---- From the table to the data set ------------------------------------------------------- */

/* Mean and sample standard deviation of a column. Constant columns are found by comparing values:
 * the mean of equal values may be rounded, so that their deviations are not exactly 0. */
static void measure(const lw_csv_table *table, size_t j, csv_use *use)
{
    const size_t rows = table->row_count, columns = table->column_count;
    const double *value = table->values + j;
    double sum = 0.0, squares = 0.0;
    int constant = 1;
    for (size_t i = 0; i < rows; i++) {
        sum += value[i * columns];
        constant &= value[i * columns] == value[0];
    }
    use->mean = sum / (double)rows;
    for (size_t i = 0; i < rows; i++) {
        const double deviation = value[i * columns] - use->mean;
        squares += deviation * deviation;
    }
    if (!constant && squares > 0.0)
        use->inverse_deviation = 1.0 / sqrt(squares / (double)(rows - 1));
}

static void fill_row(const csv_plan *plan, size_t row, float *x)
{
    const lw_csv_table *table = &plan->table;
    for (size_t j = 0; j < table->column_count; j++) {
        const double value = table->values[row * table->column_count + j];
        const csv_use *use = &plan->uses[j];
        if (j == plan->target)
            continue;
        if (table->columns[j].kind == LW_CSV_CATEGORY) {
            const size_t categories = table->columns[j].categories;
            for (size_t k = 0; k < categories; k++)
                *x++ = (size_t)value == k ? 1.0f : 0.0f;
        } else {
            *x++ = (float)(use->standardize ? (value - use->mean) * use->inverse_deviation : value);
        }
    }
}

static lw_status count_inputs(csv_plan *plan)
{
    plan->inputs = 0;
    for (size_t j = 0; j < plan->table.column_count; j++) {
        const lw_csv_column *column = &plan->table.columns[j];
        if (j != plan->target)
            plan->inputs += column->kind == LW_CSV_CATEGORY ? column->categories : 1;
    }
    if (plan->inputs == 0)
        return lw_fail(LW_EDATA, "%s: the target is the only column",
                       plan->table.reader.input.path);
    return LW_OK;
}

static lw_status name_dataset(lw_dataset *data, const csv_plan *plan)
{
    const int text_labels = data->target.labels && plan->table.columns[plan->target].cell_count > 0;
    data->input_names = lw_csv_input_names(&plan->table, plan->target, plan->inputs);
    if (text_labels)
        data->class_names = lw_csv_class_names(&plan->table, plan->target, data->outputs);
    if (!data->input_names || (text_labels && !data->class_names))
        return lw_no_memory(plan->table.reader.input.path, "names");
    return LW_OK;
}

/* The number of classes in all rows, not only the shard's. */
static size_t count_classes(const csv_plan *plan)
{
    const lw_csv_table *table = &plan->table;
    double largest = 0.0;
    for (size_t i = 0; i < table->row_count; i++)
        largest = fmax(largest, table->values[i * table->column_count + plan->target]);
    return (size_t)largest + 1;
}

static lw_status make_dataset(lw_dataset *data, csv_plan *plan)
{
    const lw_csv_table *table = &plan->table;
    lw_status status = count_inputs(plan);
    if (status != LW_OK)
        return status;
    lw_target_kind kind = LW_TARGET_NONE;
    if (plan->target != SIZE_MAX)
        kind =
            table->columns[plan->target].kind == LW_CSV_LABEL ? LW_TARGET_LABELS : LW_TARGET_VALUES;
    size_t first, rows;
    status = lw_shard_rows(function_name, &plan->shard, table->row_count, &first, &rows);
    if (status != LW_OK)
        return status;
    lw_dataset made;
    lw_dataset_arrays arrays;
    status =
        lw_dataset_allocate(table->reader.input.path, &made, &arrays, rows, plan->inputs, 1, kind);
    if (status != LW_OK)
        return status;

    for (size_t j = 0; j < table->column_count; j++)
        if (plan->uses[j].standardize)
            measure(table, j, &plan->uses[j]);
    for (size_t i = 0; i < rows; i++) {
        const size_t row = first + i;
        fill_row(plan, row, arrays.x + i * plan->inputs);
        if (arrays.values)
            arrays.values[i] = (float)table->values[row * table->column_count + plan->target];
        if (arrays.labels)
            arrays.labels[i] = (int32_t)table->values[row * table->column_count + plan->target];
    }
    if (arrays.labels)
        made.outputs = count_classes(plan);
    status = name_dataset(&made, plan);
    if (status == LW_OK)
        *data = made;
    else
        lw_dataset_free(&made);
    return status;
}

lw_status lw_dataset_load_csv(lw_dataset *data, const char *path, const lw_csv_options *options)
{
    lw_csv_options known = {.size = sizeof known};
    if (!data || !path)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function_name, data ? "path" : "data");
    lw_status status = LW_OK;
    if (options)
        status =
            lw_read_options(function_name, LW_OPTIONS_TYPE(lw_csv_options, shard), &known, options);
    options = &known;
    if (status == LW_OK)
        status = check_options(path, options);
    if (status != LW_OK)
        return status;

    csv_plan plan = {.shard = options->shard};
    status = lw_csv_table_open(&plan.table, path, options->separator ? options->separator : ',',
                               options->no_header);
    if (status == LW_OK)
        status = plan_columns(&plan, options);
    if (status == LW_OK)
        status = lw_csv_table_read(&plan.table);
    if (status == LW_OK)
        status = make_dataset(data, &plan);
    lw_csv_table_close(&plan.table);
    free(plan.uses);
    return status;
}
