/* Names of the inputs and classes of a data set from a CSV file. */
#define _POSIX_C_SOURCE 200809L /* locale_t */
#include "csv_names.h"
#include "base/string_list.h"

#include <stdlib.h>

/* The code of a field. */
static size_t code_of(const lw_csv_table *table, size_t column, const lw_csv_cell *cell)
{
    return (size_t)table->values[cell->row * table->column_count + column];
}

static void name_categories(const lw_csv_table *table, size_t column, lw_string *names)
{
    const lw_csv_column *c = &table->columns[column];
    const lw_csv_cell *first = NULL;
    for (size_t i = 0; i < c->cell_count; i++) {
        const lw_csv_cell *cell = &c->cells[i];
        /* Equal numbers with different texts, 1 and 1.0, get the text that is first in the file. */
        if (first && code_of(table, column, first) == code_of(table, column, cell) &&
            first->row < cell->row)
            continue;
        first = cell;
        names[code_of(table, column, cell)] = (lw_string){.text = c->name, .value = cell->text};
    }
}

const char *const *lw_csv_input_names(const lw_csv_table *table, size_t target, size_t inputs)
{
    lw_string *names = calloc(inputs, sizeof *names);
    if (!names)
        return NULL;
    lw_string *next = names;
    for (size_t j = 0; j < table->column_count; j++) {
        const lw_csv_column *column = &table->columns[j];
        if (j == target)
            continue;
        if (column->kind == LW_CSV_CATEGORY) {
            name_categories(table, j, next);
            next += column->categories;
        } else {
            *next++ = (lw_string){.text = column->name};
        }
    }
    const char *const *made = lw_string_list_create(inputs, names);
    free(names);
    return made;
}

const char *const *lw_csv_class_names(const lw_csv_table *table, size_t target, size_t classes)
{
    const lw_csv_column *column = &table->columns[target];
    lw_string *names = calloc(classes, sizeof *names);
    if (!names)
        return NULL;
    for (size_t i = 0; i < column->cell_count; i++)
        names[code_of(table, target, &column->cells[i])].text = column->cells[i].text;
    const char *const *made = lw_string_list_create(classes, names);
    free(names);
    return made;
}
