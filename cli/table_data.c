#include "table_data.h"

#include "safe_text.h"
#include "train_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading ------------------------------------------------------------------------------ */

lw_status table_read(const data_options *options, const char *path, const lw_schema *schema,
                     lw_table **table)
{
    lw_table_options reading = {
        .size = sizeof reading,
        .separator = options->separator,
        .decimal = options->decimal,
        .header = options->no_header ? LW_HEADER_ABSENT : LW_HEADER_DETECT,
        .missing = options->missing.items,
        .missing_count = options->missing.count,
    };
    if (schema == NULL)
        return lw_table_read(table, path, &reading);
    lw_status status = lw_schema_table_options(schema, &reading);
    if (status != LW_OK)
        return status;
    status = lw_table_read(table, path, &reading);
    free((void *)(uintptr_t)reading.texts);
    return status;
}

/* ---- Encoding ----------------------------------------------------------------------------- */

static void print_warnings(const lw_table *table, const lw_encode_report *report)
{
    const char *path = lw_table_path(table);
    if (report->unknown > 0)
        fprintf(stderr,
                "lanewise: %s: %zu field%s with a category that the training data did not have, "
                "the first '%.40s' in column '%.40s'; its inputs are 0\n",
                path, report->unknown, report->unknown == 1 ? "" : "s",
                report->unknown_value != NULL ? make_safe(report->unknown_value).text
                                              : "(a number or missing)",
                make_safe(report->unknown_column).text);
    if (report->outside > 0)
        fprintf(stderr,
                "lanewise: %s: %zu number%s far outside the range of the training data, the first "
                "in column '%.40s'\n",
                path, report->outside, report->outside == 1 ? "" : "s",
                make_safe(report->outside_column).text);
    if (report->extra > 0)
        fprintf(stderr,
                "lanewise: %s: note: %zu column%s ignored that the model does not know, "
                "the first '%.40s'\n",
                path, report->extra, report->extra == 1 ? "" : "s",
                make_safe(report->extra_column).text);
}

lw_status table_encode(const data_options *options, const lw_schema *schema, const lw_table *table,
                       lw_encode_options encoding, lw_dataset *data)
{
    lw_encode_report report;
    encoding.size = sizeof encoding;
    encoding.strict = options->strict;
    const lw_status status = lw_schema_encode(schema, table, &encoding, data, &report);
    if (status == LW_OK)
        print_warnings(table, &report);
    return status;
}

/* ---- Training ----------------------------------------------------------------------------- */

/* The task of a table that the options and the output layer ask for. A sigmoid or tanh separates
 * two classes or learns numbers, depending on the target. */
static lw_task choose_task(const data_options *options, int output)
{
    if (options->task != 0)
        return (lw_task)options->task;
    if (options->labels || output == LW_ACTIVATION_SOFTMAX)
        return LW_TASK_CLASSIFICATION;
    if (output == LW_ACTIVATION_SIGMOID || output == LW_ACTIVATION_TANH)
        return LW_TASK_DETECT;
    if (options->values || output != OUTPUT_UNSET)
        return LW_TASK_REGRESSION;
    return LW_TASK_DETECT;
}

static lw_column_list column_list(const name_list *names)
{
    return (lw_column_list){names->items, names->count};
}

static lw_status infer(const data_options *options, int output, const lw_table *table,
                       const size_t *rows, size_t row_count, lw_schema **schema)
{
    const int is_bounded = output == LW_ACTIVATION_SIGMOID || output == LW_ACTIVATION_TANH;
    const lw_schema_options choices = {
        .size = sizeof choices,
        .targets = column_list(&options->targets),
        .task = choose_task(options, output),
        .ignored = column_list(&options->ignored),
        .categorical = column_list(&options->one_hot),
        .numeric = column_list(&options->numeric),
        .standardized = column_list(&options->standardize.columns),
        .no_standardize = options->no_standardize,
        .weight = options->weight_column,
        .raw_targets = is_bounded || options->no_standardize,
        .rows = rows,
        .row_count = row_count,
    };
    return lw_schema_infer(schema, table, &choices);
}

/* The rows that --validation holds out; *rows are to be released with free. */
static lw_status hold_out(const data_options *options, size_t rows, uint64_t seed, size_t **order,
                          row_split *parts)
{
    if (options->validation_fraction == 0.0f)
        return LW_OK;
    *order = calloc(rows, sizeof **order);
    if (*order == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the order of %zu rows", rows);
    parts->rows = *order;
    const lw_status status =
        lw_split_rows(rows, (double)options->validation_fraction, seed, *order, &parts->training);
    parts->validation = rows - parts->training;
    if (status == LW_OK && (parts->training == 0 || parts->validation == 0))
        return lw_fail(LW_EDATA, "%s: no rows for %s; of %zu rows, --validation %g holds out %zu",
                       options->csv, parts->training == 0 ? "training" : "validation", rows,
                       (double)options->validation_fraction, parts->validation);
    return status;
}

static lw_status encode_parts(const data_options *options, const lw_schema *schema,
                              const lw_table *table, const row_split *parts, lw_dataset *training,
                              lw_dataset *validation)
{
    lw_dataset held_out = {0};
    lw_encode_options encoding = {.shard = options->validation_shard,
                                  .row_count = parts->validation};
    lw_status status = LW_OK;
    if (parts->rows != NULL) {
        encoding.rows = parts->rows + parts->training;
        status = table_encode(options, schema, table, encoding, &held_out);
    }
    encoding = (lw_encode_options){
        .shard = options->training_shard, .rows = parts->rows, .row_count = parts->training};
    if (status == LW_OK)
        status = table_encode(options, schema, table, encoding, training);
    if (status == LW_OK)
        *validation = held_out;
    else
        lw_dataset_free(&held_out);
    return status;
}

lw_status table_encode_split(const data_options *options, int output, const lw_table *table,
                             const row_split *parts, lw_schema **schema, lw_dataset *training,
                             lw_dataset *validation)
{
    lw_schema *inferred = NULL;
    lw_status status = LW_OK;
    if (*schema == NULL)
        status = infer(options, output, table, parts->rows, parts->training, &inferred);
    if (status == LW_OK)
        status = encode_parts(options, *schema != NULL ? *schema : inferred, table, parts, training,
                              validation);
    if (status != LW_OK)
        lw_schema_free(inferred);
    else if (inferred != NULL)
        *schema = inferred;
    return status;
}

static lw_status open_test(const data_options *options, const lw_schema *schema,
                           lw_dataset *validation)
{
    lw_table *table = NULL;
    lw_status status = table_read(options, options->test_csv, schema, &table);
    if (status == LW_OK)
        status = table_encode(options, schema, table,
                              (lw_encode_options){.shard = options->validation_shard}, validation);
    lw_table_free(table);
    return status;
}

lw_status table_open_training(const data_options *options, int output, uint64_t seed,
                              lw_schema **schema, table_facts *facts, lw_dataset *training,
                              lw_dataset *validation)
{
    lw_table *table = NULL;
    size_t *order = NULL;
    row_split parts = {0};
    lw_status status = table_read(options, options->csv, *schema, &table);
    if (status == LW_OK)
        status = hold_out(options, lw_table_rows(table), seed, &order, &parts);
    if (status == LW_OK) {
        *facts = table_facts_of(table);
        status = table_encode_split(options, output, table, &parts, schema, training, validation);
    }
    if (status == LW_OK && options->test_csv != NULL) {
        status = open_test(options, *schema, validation);
        if (status != LW_OK)
            lw_dataset_free(training);
    }
    free(order);
    lw_table_free(table);
    return status;
}
