/* A CSV file as a table of numbers: names of columns, conversion of fields, codes of categories. */
#define _GNU_SOURCE /* strtod_l */
#include "csv_table.h"
#include "base/array_grow.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A field in messages, truncated. */
#define QUOTED "'%.40s'"

/* ---- Columns and their names -------------------------------------------------------------- */

static lw_status no_memory(const lw_csv_table *table)
{
    return lw_csv_no_memory(&table->reader, "the table");
}

/* Orders columns by name, those of the same name by position. */
static int compare_names(const void *a, const void *b)
{
    const lw_csv_column *left = *(lw_csv_column *const *)a, *right = *(lw_csv_column *const *)b;
    const int order = strcmp(left->name, right->name);
    return order != 0 ? order : (left > right) - (left < right);
}

/* Rejects duplicate names. Sorts them first: comparing all pairs of 60000 columns, which fit into a
 * header of 0.5 MB, took 6 s. */
static lw_status check_names(const lw_csv_table *table)
{
    const size_t count = table->column_count;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
    lw_csv_column **sorted = calloc(count, sizeof *sorted);
    if (!sorted)
        return no_memory(table);
    for (size_t j = 0; j < count; j++)
        sorted[j] = &table->columns[j];
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the same */
    qsort(sorted, count, sizeof *sorted, compare_names);
    /* Reports the duplicate that comes first in the file. */
    const lw_csv_column *first = NULL, *second = NULL;
    for (size_t j = 1; j < count; j++)
        if (strcmp(sorted[j - 1]->name, sorted[j]->name) == 0 && (!second || sorted[j] < second)) {
            first = sorted[j - 1];
            second = sorted[j];
        }
    free(sorted);
    if (!second)
        return LW_OK;
    return lw_fail(LW_EFORMAT, "%s: line %zu: columns %zu and %zu have the same name " QUOTED,
                   table->reader.input.path, table->first_line, (size_t)(first - table->columns),
                   (size_t)(second - table->columns), second->name);
}

static lw_status name_columns(lw_csv_table *table, int no_header)
{
    const size_t count = table->reader.field_count;
    table->columns = calloc(count, sizeof *table->columns);
    if (!table->columns)
        return no_memory(table);
    table->column_count = count;
    for (size_t j = 0; j < count; j++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", j);
        lw_csv_column *column = &table->columns[j];
        column->all_numbers = 1;
        column->name = strdup(no_header ? number : lw_csv_field(&table->reader, j));
        if (!column->name)
            return no_memory(table);
    }
    return no_header ? LW_OK : check_names(table);
}

lw_status lw_csv_table_open(lw_csv_table *table, const char *path, char separator, int no_header)
{
    *table = (lw_csv_table){0};
    lw_status status = lw_csv_open(&table->reader, path, separator);
    if (status != LW_OK)
        return status;
    table->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!table->locale)
        return no_memory(table);

    int more = 0;
    status = lw_csv_next(&table->reader, &more);
    if (status != LW_OK)
        return status;
    if (!more)
        return lw_fail(LW_EDATA, "%s: no rows", path);
    table->first_line = table->reader.row_line;
    table->row_pending = no_header;
    return name_columns(table, no_header);
}

/* ---- Fields ------------------------------------------------------------------------------- */

static lw_status field_error(const lw_csv_table *table, size_t j, const char *what)
{
    return lw_fail(LW_EDATA, "%s: line %zu, column " QUOTED ": " QUOTED " %s",
                   table->reader.input.path, table->reader.row_line, table->columns[j].name,
                   lw_csv_field(&table->reader, j), what);
}

/* Returns 1 if text is a finite decimal number. Checks the characters first, because strtod also
 * accepts hexadecimal numbers and words. */
static int parse_number(const lw_csv_table *table, const char *text, double *value)
{
    char *end;
    if (text[strspn(text, "+-.0123456789eE")] != '\0')
        return 0;
    *value = strtod_l(text, &end, table->locale);
    return end != text && *end == '\0' && isfinite(*value);
}

static lw_status add_cell(lw_csv_table *table, size_t j, double number)
{
    lw_csv_column *column = &table->columns[j];
    lw_csv_cell *cells =
        lw_array_grow(column->cells, &column->cell_capacity, column->cell_count + 1, sizeof *cells);
    if (!cells)
        return no_memory(table);
    column->cells = cells;
    char *text = strdup(lw_csv_field(&table->reader, j));
    if (!text)
        return no_memory(table);
    cells[column->cell_count++] =
        (lw_csv_cell){.text = text, .number = number, .row = table->row_count};
    return LW_OK;
}

/* The first field of a column of labels determines whether they are numbers or texts. */
static lw_status check_label(const lw_csv_table *table, size_t j, int is_number, double number)
{
    const lw_csv_column *column = &table->columns[j];
    if (is_number && column->cell_count > 0)
        return field_error(table, j, "is a number among labels that are texts");
    if (!is_number && column->all_numbers && table->row_count > 0)
        return field_error(table, j, "is a text among labels that are numbers");
    /* The number of classes, the largest label + 1, must fit too. */
    if (is_number && !(number >= 0.0 && number < INT32_MAX && number == floor(number)))
        return field_error(table, j, "is not a label; use whole numbers from 0, or texts");
    return LW_OK;
}

/* Converts a field. *value is unchanged if the field is coded later. */
static lw_status read_field(lw_csv_table *table, size_t j, double *value)
{
    lw_csv_column *column = &table->columns[j];
    const char *text = lw_csv_field(&table->reader, j);
    double number = 0.0;
    const int is_number = parse_number(table, text, &number);

    if (*text == '\0')
        return lw_fail(LW_EDATA, "%s: line %zu, column " QUOTED ": an empty field",
                       table->reader.input.path, table->reader.row_line, column->name);
    if (column->kind == LW_CSV_NUMBER && !(is_number && fabs(number) <= (double)FLT_MAX))
        return field_error(table, j, "is not a finite float32 number");
    if (column->kind == LW_CSV_LABEL) {
        const lw_status status = check_label(table, j, is_number, number);
        if (status != LW_OK)
            return status;
    }
    column->all_numbers &= is_number;
    if (column->kind == LW_CSV_CATEGORY || !is_number)
        return add_cell(table, j, number);
    *value = number;
    return LW_OK;
}

static lw_status read_row(lw_csv_table *table)
{
    const size_t columns = table->column_count;
    if (table->reader.field_count != columns)
        return lw_fail(LW_EFORMAT, "%s: line %zu has %zu fields, but line %zu has %zu",
                       table->reader.input.path, table->reader.row_line, table->reader.field_count,
                       table->first_line, columns);
    double *values = lw_array_grow(table->values, &table->value_capacity,
                                   (table->row_count + 1) * columns, sizeof *values);
    if (!values)
        return no_memory(table);
    table->values = values;
    for (size_t j = 0; j < columns; j++) {
        const lw_status status = read_field(table, j, &values[table->row_count * columns + j]);
        if (status != LW_OK)
            return status;
    }
    table->row_count++;
    return LW_OK;
}

/* ---- Categories --------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    const double left = ((const lw_csv_cell *)a)->number, right = ((const lw_csv_cell *)b)->number;
    return (left > right) - (left < right);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(((const lw_csv_cell *)a)->text, ((const lw_csv_cell *)b)->text);
}

/* Codes the fields of a column by rank. */
static void rank_cells(lw_csv_table *table, size_t j)
{
    lw_csv_column *column = &table->columns[j];
    lw_csv_cell *cells = column->cells;
    int (*compare)(const void *, const void *) =
        column->all_numbers ? compare_numbers : compare_texts;

    qsort(cells, column->cell_count, sizeof *cells, compare);
    size_t rank = 0;
    for (size_t i = 0; i < column->cell_count; i++) {
        if (i > 0 && compare(&cells[i - 1], &cells[i]) != 0)
            rank++;
        table->values[cells[i].row * table->column_count + j] = (double)rank;
    }
    column->categories = rank + 1;
}

/* Recodes a ranked column in order of first appearance. */
static lw_status order_by_appearance(lw_csv_table *table, size_t j)
{
    const size_t categories = table->columns[j].categories;
    /* Indexed by rank: 1 + the new code, 0 before the first appearance. */
    size_t *codes = calloc(categories, sizeof *codes);
    if (!codes)
        return no_memory(table);
    size_t appeared = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        double *value = &table->values[i * table->column_count + j];
        size_t *code = &codes[(size_t)*value];
        if (*code == 0)
            *code = ++appeared;
        *value = (double)(*code - 1);
    }
    free(codes);
    return LW_OK;
}

lw_status lw_csv_table_read(lw_csv_table *table)
{
    for (;;) {
        int more = table->row_pending;
        lw_status status = more ? LW_OK : lw_csv_next(&table->reader, &more);
        table->row_pending = 0;
        if (status == LW_OK && !more)
            break;
        if (status == LW_OK)
            status = read_row(table);
        if (status != LW_OK)
            return status;
    }
    if (table->row_count == 0)
        return lw_fail(LW_EDATA, "%s: no data rows after line %zu", table->reader.input.path,
                       table->first_line);
    for (size_t j = 0; j < table->column_count; j++) {
        if (table->columns[j].cell_count == 0)
            continue;
        rank_cells(table, j);
        if (table->columns[j].kind == LW_CSV_LABEL) {
            const lw_status status = order_by_appearance(table, j);
            if (status != LW_OK)
                return status;
        }
    }
    return LW_OK;
}

void lw_csv_table_close(lw_csv_table *table)
{
    for (size_t j = 0; j < table->column_count; j++) {
        for (size_t i = 0; i < table->columns[j].cell_count; i++)
            free(table->columns[j].cells[i].text);
        free(table->columns[j].cells);
        free(table->columns[j].name);
    }
    free(table->columns);
    free(table->values);
    if (table->locale)
        freelocale(table->locale);
    lw_csv_close(&table->reader);
    *table = (lw_csv_table){0};
}
