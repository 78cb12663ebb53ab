/*
 * A CSV file as a table of numbers, with a kind for each column: what a field means and what is
 * refused in it.
 */
#ifndef LANEWISE_CSV_TABLE_H
#define LANEWISE_CSV_TABLE_H

#include "csv_rows.h"

#include <locale.h>

typedef enum lw_csv_kind {
    LW_CSV_NUMBER,   /* a finite float32                                                      */
    LW_CSV_CATEGORY, /* numbered in ascending order: as numbers if all are, else as texts     */
    LW_CSV_LABEL     /* whole numbers from 0; or texts, numbered in order of first appearance */
} lw_csv_kind;

/* A field that is numbered when all of them are known. */
typedef struct lw_csv_cell {
    char *text;
    double number;
    size_t row;
} lw_csv_cell;

typedef struct lw_csv_column {
    char *name; /* of the header, or the column's number from 0 */
    lw_csv_kind kind;
    size_t categories; /* of LW_CSV_CATEGORY, once the table is read */
    int all_numbers;   /* of the fields so far                       */
    lw_csv_cell *cells;
    size_t cell_count, cell_capacity;
} lw_csv_column;

typedef struct lw_csv_table {
    lw_csv_rows reader;
    locale_t locale; /* "C": the process's own may write 3,61 */
    lw_csv_column *columns;
    size_t column_count;
    size_t first_line; /* of the file's first row */
    int row_pending;   /* the first row is data and not yet read */
    double *values;    /* row_count x column_count, row-major */
    size_t row_count, value_capacity;
} lw_csv_table;

/* Opens a file and names its columns, all of kind LW_CSV_NUMBER; the caller changes the kinds
 * before reading. LW_EFORMAT for a name that stands twice; LW_EDATA for a file without rows; else
 * as lw_csv_next. table is the caller's to close, also after a failure. */
lw_status lw_csv_table_open(lw_csv_table *table, const char *path, char separator, int no_header);

/* Reads all rows. LW_EFORMAT for a ragged row; LW_EDATA, with line and column, for a field that is
 * empty or not what its column wants, and for a file without data rows. */
lw_status lw_csv_table_read(lw_csv_table *table);

void lw_csv_table_close(lw_csv_table *table);

#endif
