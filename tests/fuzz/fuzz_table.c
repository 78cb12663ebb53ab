/* Tables and their schemas: bytes of options (table_options.h), then the file. */
#include "data/schema.h"
#include "fuzz.h"
#include "table_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static lw_column_list list_of(unsigned char number, const char *name[1])
{
    *name = table_names[number % TABLE_NAMES];
    return (lw_column_list){name, number % TABLE_NAMES != 0};
}

static lw_table_options reading_of(const table_option_bytes *drawn)
{
    static const char *const dash[] = {"-"};
    const unsigned flags = drawn->flags;
    return (lw_table_options){
        .size = sizeof(lw_table_options),
        .separator = table_separators[drawn->separator % sizeof table_separators],
        .decimal = flags & TABLE_DECIMAL_COMMA ? ',' : '\0',
        .header = flags & TABLE_HEADER_PRESENT  ? LW_HEADER_PRESENT
                  : flags & TABLE_HEADER_ABSENT ? LW_HEADER_ABSENT
                                                : LW_HEADER_DETECT,
        .missing = dash,
        .missing_count = flags & TABLE_MISSING_DASH ? 1 : 0,
    };
}

static void record_table(lw_status status, const lw_table *table)
{
    fuzz_record(status);
    if (status != LW_OK)
        return;
    fuzz_record_more("%zu x %zu", lw_table_rows(table), lw_table_columns(table));
    for (size_t i = 0; i < lw_table_columns(table) && i < 8; i++)
        fuzz_record_more("%s%s%s", i == 0 ? "; " : "|", lw_table_column_name(table, i),
                         lw_table_is_text(table, i) ? " text" : "");
}

/* Fields are numbers that are finite or missing, or texts. */
static void check_fields(const lw_table *table)
{
    for (size_t j = 0; j < lw_table_columns(table); j++) {
        FUZZ_CHECK(lw_table_column_name(table, j), "column %zu has no name", j);
        for (size_t i = 0; i < lw_table_rows(table); i++) {
            double number = 7.0;
            const char *text = lw_table_field(table, i, j, &number);
            if (lw_table_is_text(table, j))
                FUZZ_CHECK(isnan(number), "row %zu, column %zu: a text with a number", i, j);
            else
                FUZZ_CHECK(!text && (isnan(number) || isfinite(number)), "row %zu, column %zu: %g",
                           i, j, number);
        }
    }
}

/* Inputs of a category are 0 but for one of them at most, marks are 0 or 1. */
static void check_inputs(const lw_schema *schema, const lw_dataset *data)
{
    for (size_t c = 0; c < lw_schema_columns(schema); c++) {
        lw_schema_column column;
        FUZZ_CHECK(lw_schema_column_info(schema, c, &column) == LW_OK, "%s", lw_last_error());
        FUZZ_CHECK(column.first_input + column.inputs <= data->inputs, "inputs of column %zu", c);
        for (size_t i = 0; i < data->rows; i++) {
            const float *x = data->x + i * data->inputs + column.first_input;
            float sum = 0.0f;
            for (size_t k = 0; k < column.inputs; k++) {
                const int is_mark = column.kind != LW_COLUMN_NUMBER || k > 0;
                FUZZ_CHECK(!is_mark || x[k] == 0.0f || x[k] == 1.0f, "input %zu is %g", k,
                           (double)x[k]);
                sum += x[k];
            }
            FUZZ_CHECK(column.kind != LW_COLUMN_CATEGORY || sum <= 1.0f, "two categories");
        }
    }
}

/* A schema that was written and read encodes to the same bits, and is written to the same text. */
static void check_file(const lw_schema *schema, const lw_table *table,
                       const lw_encode_options *options, const lw_dataset *data)
{
    char *text = NULL, *again = NULL;
    lw_schema *read = NULL;
    lw_dataset other;
    FUZZ_CHECK(lw_schema_write_json(schema, "schema", &text) == LW_OK, "%s", lw_last_error());
    FUZZ_CHECK(lw_schema_read_json("schema", text, &read) == LW_OK, "%s in %s", lw_last_error(),
               text);
    FUZZ_CHECK(lw_schema_write_json(read, "schema", &again) == LW_OK, "%s", lw_last_error());
    FUZZ_CHECK(strcmp(text, again) == 0, "written as\n%s\nthen as\n%s", text, again);
    FUZZ_CHECK(lw_schema_encode(read, table, options, &other, NULL) == LW_OK, "%s",
               lw_last_error());
    fuzz_same_data(data, &other);
    lw_dataset_free(&other);
    lw_schema_free(read);
    free(again);
    free(text);
}

static void encode(const lw_schema *schema, const lw_table *table, int strict, const char *path)
{
    const lw_encode_options options = {.size = sizeof options, .strict = strict};
    lw_dataset data = FUZZ_UNTOUCHED;
    lw_encode_report report;
    const lw_status status = lw_schema_encode(schema, table, &options, &data, &report);
    fuzz_record_data(status, &data);
    fuzz_check_status(status, 1U << LW_EDATA, path, NULL);
    if (status != LW_OK) {
        FUZZ_CHECK(data.rows == 77, "changed by a failure");
        return;
    }
    FUZZ_CHECK(lw_dataset_check(&data) == LW_OK, "encoded, but %s", lw_last_error());
    FUZZ_CHECK(report.extra == 0, "columns of the training data are unknown");
    check_inputs(schema, &data);
    check_file(schema, table, &options, &data);
    lw_dataset_free(&data);
}

static void infer(const table_option_bytes *drawn, const lw_table *table, const char *path)
{
    const char *names[5][1], *targets[2];
    lw_schema_options options = {.size = sizeof options,
                                 .ignored = list_of(drawn->ignored, names[0]),
                                 .categorical = list_of(drawn->categorical, names[1]),
                                 .numeric = list_of(drawn->numeric, names[2]),
                                 .no_standardize = (drawn->flags & TABLE_KEEP_NUMBERS) != 0,
                                 .raw_targets = (drawn->flags & TABLE_KEEP_NUMBERS) != 0};
    const lw_column_list first = list_of(drawn->target, names[3]);
    const lw_column_list second = list_of(drawn->second_target, names[4]);
    size_t count = 0;
    if (first.count > 0)
        targets[count++] = *names[3];
    if (second.count > 0)
        targets[count++] = *names[4];
    options.targets = (lw_column_list){targets, count};
    options.task = drawn->flags & TABLE_REGRESSION       ? LW_TASK_REGRESSION
                   : drawn->flags & TABLE_CLASSIFICATION ? LW_TASK_CLASSIFICATION
                                                         : LW_TASK_DETECT;
    if (drawn->weight % TABLE_NAMES != 0)
        options.weight = table_names[drawn->weight % TABLE_NAMES];
    lw_schema *schema = NULL;
    const lw_status status = lw_schema_infer(&schema, table, &options);
    fuzz_record(status);
    fuzz_check_status(status, 1U << LW_EINVAL | 1U << LW_EDATA, "", NULL);
    if (status == LW_OK)
        encode(schema, table, (drawn->flags & TABLE_STRICT) != 0, path);
    else
        FUZZ_CHECK(!schema, "changed by a failure");
    lw_schema_free(schema);
}

/* Allowed memory. A field takes two bytes of the file or more, and a category column has at most
 * one input per row. */
static size_t limit(size_t size)
{
    enum { CONSTANT = (2 << 16) + (1 << 15), TIMES = 1000 };
    return CONSTANT + TIMES * size + 4 * size * size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    table_option_bytes drawn;
    lw_table *table = NULL;
    if (size < TABLE_OPTION_BYTES)
        return 0;
    memcpy(&drawn, bytes, TABLE_OPTION_BYTES);
    const char *path = fuzz_file(0, bytes + TABLE_OPTION_BYTES, size - TABLE_OPTION_BYTES);
    const lw_table_options reading = reading_of(&drawn);
    fuzz_heap_begin(limit(size));
    const lw_status status = lw_table_read(&table, path, &reading);
    record_table(status, table);
    const int refused = status == LW_EINVAL; /* options, before the file is opened */
    if (!refused)
        fuzz_check_status(status, 1U << LW_EFORMAT | 1U << LW_EDATA, path, NULL);
    if (status == LW_OK) {
        check_fields(table);
        infer(&drawn, table, path);
    } else {
        FUZZ_CHECK(!table, "changed by a failure");
    }
    lw_table_free(table);
    fuzz_heap_end();
    return 0;
}
