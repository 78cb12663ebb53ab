/* Reads a CSV file into a table: names, kinds and fields of the columns. */
#define _POSIX_C_SOURCE 200809L /* strdup, strnlen */
#include "base/array_grow.h"
#include "base/memory.h"
#include "base/options.h"
#include "csv_rows.h"
#include "dictionary.h"
#include "table.h"
#include "table_detect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char function_name[] = "lw_table_read";

/* A column while it is read. */
typedef struct open_column {
    int is_text;
    int was_number; /* a text follows numbers: the file is read again */
    double *numbers;
    uint32_t *codes;
    size_t capacity;
    size_t missing;
    lw_dictionary dictionary;
} open_column;

typedef struct table_reader {
    lw_csv_rows rows;
    const lw_table_options *options;
    lw_table *table;
    open_column *columns;
    size_t line_capacity;
    size_t first_line;
    int row_pending; /* the reader's row is the first data row */
} table_reader;

/* ---- Fields ------------------------------------------------------------------------------- */

static const char *const default_missing[] = {"NA", "N/A", "NaN", "nan", "null", "None", "?"};

static int is_missing(const lw_table_options *options, const char *text)
{
    const char *const *texts = options->missing_count > 0 ? options->missing : default_missing;
    const size_t count = options->missing_count > 0
                             ? options->missing_count
                             : sizeof default_missing / sizeof *default_missing;
    if (*text == '\0')
        return 1;
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, texts[i]) == 0)
            return 1;
    return 0;
}

/* Parses a number with the file's decimal separator. */
static int parse_field(const lw_table *table, const char *text, double *number)
{
    enum { MAX_BYTES = 64 };
    if (table->decimal == '.')
        return lw_parse_number(text, number);
    char copy[MAX_BYTES];
    const char *comma = strchr(text, table->decimal);
    const size_t length = strlen(text);
    if (!comma)
        return lw_parse_number(text, number);
    if (length >= sizeof copy || strchr(text, '.'))
        return 0;
    memcpy(copy, text, length + 1);
    copy[comma - text] = '.';
    return lw_parse_number(copy, number);
}

static lw_status no_memory(const table_reader *reader)
{
    return lw_csv_no_memory(&reader->rows, "the table");
}

static lw_status reserve_row(open_column *column, const table_reader *reader, size_t row)
{
    size_t capacity = column->capacity;
    void *grown = column->is_text
                      ? lw_array_grow(column->codes, &capacity, row + 1, sizeof *column->codes)
                      : lw_array_grow(column->numbers, &capacity, row + 1, sizeof *column->numbers);
    if (!grown)
        return no_memory(reader);
    if (column->is_text)
        column->codes = grown;
    else
        column->numbers = grown;
    column->capacity = capacity;
    return LW_OK;
}

/* Makes a column without numbers so far one of texts. */
static lw_status become_text(const table_reader *reader, open_column *column, size_t row)
{
    column->is_text = 1;
    column->capacity = 0;
    free(column->numbers);
    column->numbers = NULL;
    const lw_status status = reserve_row(column, reader, row);
    for (size_t i = 0; i < row && status == LW_OK; i++)
        column->codes[i] = LW_MISSING_CODE;
    return status;
}

static lw_status store_text(const table_reader *reader, open_column *column, const char *text,
                            size_t row)
{
    if (is_missing(reader->options, text)) {
        column->codes[row] = LW_MISSING_CODE;
        column->missing++;
        return LW_OK;
    }
    column->codes[row] = lw_dictionary_add(&column->dictionary, text);
    return column->codes[row] == UINT32_MAX ? no_memory(reader) : LW_OK;
}

static lw_status store_field(const table_reader *reader, open_column *column, const char *text,
                             size_t row)
{
    if (column->was_number)
        return LW_OK; /* read again later */
    lw_status status = row < column->capacity ? LW_OK : reserve_row(column, reader, row);
    if (status != LW_OK)
        return status;
    if (column->is_text)
        return store_text(reader, column, text, row);
    /* The default texts are no numbers. */
    const int may_be_number =
        reader->options->missing_count == 0 || !is_missing(reader->options, text);
    if (may_be_number && parse_field(reader->table, text, &column->numbers[row]))
        return LW_OK;
    if (is_missing(reader->options, text)) {
        column->numbers[row] = (double)NAN;
        column->missing++;
        return LW_OK;
    }
    if (column->missing < row) {
        column->was_number = 1;
        return LW_OK;
    }
    status = become_text(reader, column, row);
    return status == LW_OK ? store_text(reader, column, text, row) : status;
}

static lw_status store_row(table_reader *reader)
{
    lw_table *table = reader->table;
    if (reader->rows.field_count != table->column_count)
        return lw_fail(LW_EFORMAT,
                       "%s: line %zu has %zu fields, but line %zu has %zu; fields that contain the "
                       "separator '%c' must be quoted",
                       table->path, reader->rows.row_line, reader->rows.field_count,
                       reader->first_line, table->column_count, table->separator);
    uint32_t *lines =
        lw_array_grow(table->lines, &reader->line_capacity, table->rows + 1, sizeof *lines);
    if (!lines)
        return no_memory(reader);
    table->lines = lines;
    lines[table->rows] = (uint32_t)reader->rows.row_line;
    for (size_t j = 0; j < table->column_count; j++) {
        const lw_status status =
            store_field(reader, &reader->columns[j], lw_csv_field(&reader->rows, j), table->rows);
        if (status != LW_OK)
            return status;
    }
    table->rows++;
    return LW_OK;
}

/* ---- The first row ------------------------------------------------------------------------ */

static int looks_like_header(const table_reader *reader)
{
    size_t numbers = 0;
    for (size_t j = 0; j < reader->rows.field_count; j++) {
        double number;
        const char *text = lw_csv_field(&reader->rows, j);
        if (parse_field(reader->table, text, &number))
            numbers++;
        else if (!is_missing(reader->options, text))
            return 1;
    }
    return numbers == 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Refuses two columns of the same name, which could not be told apart; several may have none. */
static lw_status check_names(const table_reader *reader)
{
    const lw_table *table = reader->table;
    const char **sorted = calloc(table->column_count + 1, sizeof *sorted);
    if (!sorted)
        return no_memory(reader);
    for (size_t j = 0; j < table->column_count; j++)
        sorted[j] = table->columns[j].name;
    qsort(sorted, table->column_count, sizeof *sorted, compare_names);
    const char *repeated = NULL;
    for (size_t j = 1; j < table->column_count && !repeated; j++)
        if (*sorted[j] && strcmp(sorted[j - 1], sorted[j]) == 0)
            repeated = sorted[j];
    free(sorted);
    if (!repeated)
        return LW_OK;
    return lw_fail(LW_EFORMAT, "%s: line %zu: two columns have the name '%.40s'", table->path,
                   reader->first_line, repeated);
}

static lw_status name_columns(table_reader *reader)
{
    lw_table *table = reader->table;
    const size_t count = reader->rows.field_count;
    table->columns = calloc(count, sizeof *table->columns);
    if (!table->columns)
        return no_memory(reader);
    table->column_count = count;
    for (size_t j = 0; j < count; j++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", j);
        char *name = strdup(table->has_header ? lw_csv_field(&reader->rows, j) : number);
        if (!name)
            return no_memory(reader);
        table->columns[j].name = name;
    }
    return table->has_header ? check_names(reader) : LW_OK;
}

static lw_status read_header(table_reader *reader)
{
    int more = 0;
    const lw_status status = lw_csv_next(&reader->rows, &more);
    if (status != LW_OK)
        return status;
    if (!more)
        return lw_fail(LW_EDATA, "%s: no rows", reader->table->path);
    reader->first_line = reader->rows.row_line;
    if (!reader->table->columns) {
        const lw_header header = reader->options->header;
        reader->table->has_header =
            header == LW_HEADER_DETECT ? looks_like_header(reader) : header == LW_HEADER_PRESENT;
        const lw_status named = name_columns(reader);
        if (named != LW_OK)
            return named;
    }
    reader->row_pending = !reader->table->has_header;
    return LW_OK;
}

/* ---- Passes ------------------------------------------------------------------------------- */

static lw_status read_rows(table_reader *reader)
{
    reader->table->rows = 0;
    for (;;) {
        int more = reader->row_pending;
        lw_status status = more ? LW_OK : lw_csv_next(&reader->rows, &more);
        reader->row_pending = 0;
        if (status == LW_OK && !more)
            break;
        if (status == LW_OK)
            status = store_row(reader);
        if (status != LW_OK)
            return status;
    }
    if (reader->table->rows == 0)
        return lw_fail(LW_EDATA, "%s: no data rows after line %zu", reader->table->path,
                       reader->first_line);
    return LW_OK;
}

/* Prepares the second pass, in which columns of texts are known. Returns 0 if none is needed. */
static int needs_second_pass(table_reader *reader)
{
    int needed = 0;
    for (size_t j = 0; j < reader->table->column_count; j++)
        needed |= reader->columns[j].was_number;
    for (size_t j = 0; j < reader->table->column_count && needed; j++) {
        open_column *column = &reader->columns[j];
        column->is_text |= column->was_number;
        if (column->was_number) {
            free(column->numbers);
            column->numbers = NULL;
            column->capacity = 0;
        }
        column->was_number = 0;
        column->missing = 0;
    }
    return needed;
}

static lw_status prepare_columns(table_reader *reader)
{
    const lw_table_options *o = reader->options;
    reader->columns = calloc(reader->table->column_count, sizeof *reader->columns);
    if (!reader->columns)
        return no_memory(reader);
    for (size_t j = 0; j < reader->table->column_count; j++)
        for (size_t i = 0; i < o->text_count && !reader->columns[j].is_text; i++)
            /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): all columns have names */
            reader->columns[j].is_text = strcmp(o->texts[i], reader->table->columns[j].name) == 0;
    return LW_OK;
}

/* Each row ends with a separator: the last column has no name and no field. */
static void drop_empty_last(table_reader *reader)
{
    lw_table *table = reader->table;
    const size_t last = table->column_count - 1;
    if (last == 0 || reader->columns[last].missing < table->rows ||
        (table->has_header && *table->columns[last].name != '\0'))
        return;
    free(table->columns[last].name);
    free(reader->columns[last].numbers);
    free(reader->columns[last].codes);
    reader->columns[last].numbers = NULL;
    reader->columns[last].codes = NULL;
    table->column_count--;
}

/* Moves the columns to the table. */
static lw_status finish(table_reader *reader)
{
    lw_table *table = reader->table;
    drop_empty_last(reader);
    for (size_t j = 0; j < table->column_count; j++) {
        open_column *from = &reader->columns[j];
        lw_table_column *to = &table->columns[j];
        to->missing = from->missing;
        if (from->is_text) {
            to->texts = lw_dictionary_texts(&from->dictionary);
            to->text_count = from->dictionary.count;
            if (!to->texts)
                return no_memory(reader);
        }
        to->numbers = from->numbers;
        to->codes = from->codes;
        from->numbers = NULL;
        from->codes = NULL;
    }
    return LW_OK;
}

static lw_status choose_separators(table_reader *reader)
{
    const lw_table_options *o = reader->options;
    size_t size;
    int is_whole;
    const unsigned char *sample = lw_csv_sample(&reader->rows, &size, &is_whole);
    lw_table *table = reader->table;
    table->separator = o->separator ? o->separator : lw_detect_separator(sample, size, is_whole);
    table->decimal = o->decimal ? o->decimal : lw_detect_decimal(sample, size, table->separator);
    return lw_csv_rewind(&reader->rows, table->separator);
}

static lw_status read_table(table_reader *reader, const char *path)
{
    lw_status status = lw_csv_open(&reader->rows, path, ',');
    char *kept = strdup(reader->rows.input.path);
    if (!kept)
        return no_memory(reader);
    reader->table->path = kept;
    if (status == LW_OK)
        status = choose_separators(reader);
    if (status == LW_OK)
        status = read_header(reader);
    if (status == LW_OK)
        status = prepare_columns(reader);
    if (status == LW_OK)
        status = read_rows(reader);
    if (status == LW_OK && needs_second_pass(reader)) {
        status = lw_csv_rewind(&reader->rows, reader->table->separator);
        if (status == LW_OK)
            status = read_header(reader);
        if (status == LW_OK)
            status = read_rows(reader);
    }
    return status == LW_OK ? finish(reader) : status;
}

static void release(table_reader *reader)
{
    for (size_t j = 0; reader->columns && j < reader->table->column_count; j++) {
        free(reader->columns[j].numbers);
        free(reader->columns[j].codes);
        lw_dictionary_free(&reader->columns[j].dictionary);
    }
    free(reader->columns);
    lw_csv_close(&reader->rows);
}

static lw_status check_options(const lw_table_options *o)
{
    if ((o->missing_count > 0 && !o->missing) || (o->text_count > 0 && !o->texts))
        return lw_fail(LW_EINVAL, "%s: options->%s is NULL", function_name,
                       o->missing_count > 0 && !o->missing ? "missing" : "texts");
    if ((unsigned)o->header > LW_HEADER_ABSENT)
        return lw_fail(LW_EINVAL, "%s: unknown header %d", function_name, (int)o->header);
    if (o->separator && strchr("\"\r\n", o->separator))
        return lw_fail(LW_EINVAL, "%s: the separator is a quote or a line end", function_name);
    if (o->decimal && o->decimal != '.' && o->decimal != ',')
        return lw_fail(LW_EINVAL, "%s: the decimal separator is neither '.' nor ','",
                       function_name);
    if (o->decimal == ',' && o->separator == ',')
        return lw_fail(LW_EINVAL, "%s: ',' cannot separate both fields and decimals",
                       function_name);
    return LW_OK;
}

lw_status lw_table_read(lw_table **table, const char *path, const lw_table_options *options)
{
    lw_table_options known = {.size = sizeof known};
    if (!table || !path)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function_name, table ? "path" : "table");
    lw_status status = LW_OK;
    if (options)
        status = lw_read_options(function_name, LW_OPTIONS_TYPE(lw_table_options, text_count),
                                 &known, options);
    if (status == LW_OK)
        status = check_options(&known);
    if (status != LW_OK)
        return status;
    table_reader reader = {.options = &known, .table = calloc(1, sizeof *reader.table)};
    if (!reader.table)
        return lw_no_memory(path, "a table");
    status = read_table(&reader, path);
    release(&reader);
    if (status == LW_OK)
        *table = reader.table;
    else
        lw_table_free(reader.table);
    return status;
}
