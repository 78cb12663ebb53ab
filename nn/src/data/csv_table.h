/* A CSV file as a table of numbers. The kind of each column determines how fields are converted and
 * which are rejected. */
#ifndef LANEWISE_CSV_TABLE_H
#define LANEWISE_CSV_TABLE_H

#include "csv_rows.h"

#include <locale.h>

typedef enum lw_csv_kind {
    LW_CSV_NUMBER,   /* a finite float32 */
    LW_CSV_CATEGORY, /* coded in ascending order: of numbers if all are, otherwise of texts */
    LW_CSV_LABEL     /* whole numbers from 0, or texts coded in order of first appearance */
} lw_csv_kind;

/* A field that is coded after all rows are read. */
typedef struct lw_csv_cell {
    char *text;
    double number;
    size_t row;
} lw_csv_cell;

typedef struct lw_csv_column {
    char *name; /* from the header, or the column's number from 0 */
    lw_csv_kind kind;
    size_t categories; /* distinct values of a coded column; set by lw_csv_table_read */
    int all_numbers;   /* 1 if all fields so far are numbers */
    lw_csv_cell *cells;
    size_t cell_count, cell_capacity;
} lw_csv_column;

typedef struct lw_csv_table {
    lw_csv_rows reader;
    locale_t locale; /* "C": in the process's locale 3.61 may be 3,61 */
    lw_csv_column *columns;
    size_t column_count;
    size_t first_line; /* line of the file's first row */
    int row_pending;   /* the reader's row is the first data row */
    double *values;    /* row_count x column_count, row-major */
    size_t row_count, value_capacity;
} lw_csv_table;

/* Opens a file and names its columns. All have kind LW_CSV_NUMBER; the caller sets other kinds
 * before reading. The caller closes table, also after a failure. Returns LW_EFORMAT for duplicate
 * names, LW_EDATA for a file without rows, or an error of lw_csv_next. */
lw_status lw_csv_table_open(lw_csv_table *table, const char *path, char separator, int no_header);

/* Reads all rows. Returns LW_EFORMAT for rows of different lengths; LW_EDATA, with line and column,
 * for fields that are empty or not of their column's kind, and for a file without data rows. */
lw_status lw_csv_table_read(lw_csv_table *table);

void lw_csv_table_close(lw_csv_table *table);

#endif
