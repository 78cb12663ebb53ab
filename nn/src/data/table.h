/* A table in memory, column by column. */
#ifndef LANEWISE_TABLE_H
#define LANEWISE_TABLE_H

#include <lanewise/table.h>

/* The code of a missing text. */
#define LW_MISSING_CODE UINT32_MAX

/* One column: numbers, or texts coded by their first appearance. Exactly one of numbers and codes
 * is set. */
typedef struct lw_table_column {
    char *name;
    double *numbers;          /* rows; NaN: missing */
    uint32_t *codes;          /* rows; indices of texts, or LW_MISSING_CODE */
    const char *const *texts; /* the distinct texts in order of first appearance */
    size_t text_count;
    size_t missing; /* number of missing fields */
} lw_table_column;

struct lw_table {
    char *path;
    size_t rows, column_count;
    lw_table_column *columns;
    char separator, decimal;
    int has_header;
    uint32_t *lines; /* rows: the line of the file on which each begins */
};

/* Parses a finite decimal number, written with a point. Returns 0 if text is something else. */
int lw_parse_number(const char *text, double *number);

#endif
