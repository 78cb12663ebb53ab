/* Tables: memory, properties, search of columns. */
#define _POSIX_C_SOURCE 200809L /* strdup, strnlen */
#include "table.h"
#include "base/string_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void lw_table_free(lw_table *table)
{
    if (!table)
        return;
    for (size_t j = 0; j < table->column_count; j++) {
        lw_table_column *column = &table->columns[j];
        free(column->name);
        free(column->numbers);
        free(column->codes);
        lw_string_list_free(column->texts);
    }
    free(table->columns);
    free(table->lines);
    free(table->path);
    free(table);
}

const char *lw_table_path(const lw_table *table)
{
    return table ? table->path : NULL;
}

size_t lw_table_rows(const lw_table *table)
{
    return table ? table->rows : 0;
}

size_t lw_table_columns(const lw_table *table)
{
    return table ? table->column_count : 0;
}

char lw_table_separator(const lw_table *table)
{
    return table ? table->separator : '\0';
}

char lw_table_decimal(const lw_table *table)
{
    return table ? table->decimal : '\0';
}

int lw_table_has_header(const lw_table *table)
{
    return table ? table->has_header : 0;
}

const char *lw_table_column_name(const lw_table *table, size_t column)
{
    return table && column < table->column_count ? table->columns[column].name : NULL;
}

int lw_table_is_text(const lw_table *table, size_t column)
{
    return table && column < table->column_count && table->columns[column].codes != NULL;
}

const char *lw_table_field(const lw_table *table, size_t row, size_t column, double *number)
{
    double value = (double)NAN;
    const char *text = NULL;
    if (table && row < table->rows && column < table->column_count) {
        const lw_table_column *c = &table->columns[column];
        if (c->numbers)
            value = c->numbers[row];
        else if (c->codes[row] != LW_MISSING_CODE)
            text = c->texts[c->codes[row]];
    }
    if (number)
        *number = value;
    return text;
}

/* ---- Search ------------------------------------------------------------------------------- */

enum { MAX_NAME = 40, LIST_BYTES = 500 };

/* The edit distance of two names (Levenshtein 1966), of their first MAX_NAME bytes, in any case. */
static size_t distance(const char *a, const char *b)
{
    size_t row[MAX_NAME + 1];
    const size_t m = strnlen(a, MAX_NAME), n = strnlen(b, MAX_NAME);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; i < m; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            const size_t changed = diagonal + (strncasecmp(&a[i], &b[j], 1) != 0);
            const size_t other = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = changed < other ? changed : other;
        }
    }
    return row[n];
}

/* The column whose name differs from name in at most a third of its bytes, or NULL. */
static const char *nearest_name(const lw_table *table, const char *name)
{
    size_t best = strnlen(name, MAX_NAME) / 3 + 1;
    const char *nearest = NULL;
    for (size_t j = 0; j < table->column_count; j++) {
        const size_t here = distance(name, table->columns[j].name);
        if (here < best) {
            best = here;
            nearest = table->columns[j].name;
        }
    }
    return nearest;
}

static lw_status no_column(const lw_table *table, const char *name)
{
    char list[LIST_BYTES];
    size_t used = 0;
    for (size_t j = 0; j < table->column_count && used < sizeof list - 60; j++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.40s", j > 0 ? ", " : "",
                                 table->columns[j].name);
    if (used >= sizeof list - 60)
        snprintf(list + used, sizeof list - used, ", ...");
    const char *nearest = nearest_name(table, name);
    return lw_fail(LW_EINVAL, "%s: no column '%.40s'%s%.40s%s; the %zu columns are: %s",
                   table->path, name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                   nearest ? "'?" : "", table->column_count, list);
}

lw_status lw_table_find_column(const lw_table *table, const char *name, size_t *column)
{
    if (!table || !name || !column)
        return lw_fail(LW_EINVAL, "lw_table_find_column: %s is NULL",
                       !table  ? "table"
                       : !name ? "name"
                               : "column");
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
    return no_column(table, name);
}
