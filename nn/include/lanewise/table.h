/* Tables read from text files (CSV). Conventions: see nn.h. */
#ifndef LANEWISE_NN_TABLE_H
#define LANEWISE_NN_TABLE_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A table: named columns of numbers or texts, some of whose fields may be missing. It does not
 * change after reading, so several threads may share it. */
typedef struct lw_table lw_table;

/* Whether the first row of a file names the columns. */
typedef enum lw_header {
    LW_HEADER_DETECT = 0, /* it does unless all its fields are numbers or missing  */
    LW_HEADER_PRESENT,    /* it does                                               */
    LW_HEADER_ABSENT      /* it does not; columns are named 0, 1, ...              */
} lw_header;

/* How a file is read. All members except size may be 0, which is the default. */
typedef struct lw_table_options {
    size_t size;      /* sizeof(lw_table_options)                                               */
    char separator;   /* between fields; ' ': any run of blanks; 0: detected, see lw_table_read */
    char decimal;     /* decimal separator, '.' or ','; 0: detected                             */
    lw_header header; /* whether the first row names the columns                    */
    const char *const *missing; /* texts that mean a missing field, besides the empty one     */
    size_t missing_count;       /* length of missing; 0: NA, N/A, NaN, nan, null, None, ?     */
    const char *const *texts;   /* names of columns to keep as texts even if all are numbers  */
    size_t text_count;          /* length of texts                                            */
} lw_table_options;

/*
 * Reads a CSV file, plain or gzip; path "-" is standard input, which is read to its end. Fields may
 * be quoted; blank lines, a byte order mark and an empty last column (each row ends with a
 * separator) are skipped. options NULL: all defaults. The caller releases *table with
 * lw_table_free.
 *
 * A column holds numbers if all its fields are finite decimal numbers or missing, otherwise texts.
 * Detection looks at the first rows: the separator is the one among comma, semicolon, tab, pipe and
 * blanks that splits them into the same number of fields, most of them; the decimal separator is
 * ',' if the separator is another one and numbers with ',' but none with '.' occur.
 *
 * Messages name file, line and column. LW_EIO; LW_EFORMAT for a ragged row, a misplaced quote, a
 * zero byte or a repeated name; LW_EDATA for a file without data rows; LW_EUNSUPPORTED in a build
 * without libcsv, or without zlib for gzip.
 */
LW_API LW_CHECKED lw_status lw_table_read(lw_table **table, const char *path,
                                          const lw_table_options *options);

/* Releases a table. NULL is allowed. */
LW_API void lw_table_free(lw_table *table);

/* The path it was read from ("standard input" for "-"), for messages. */
LW_API const char *lw_table_path(const lw_table *table);

/* Numbers of rows and of columns. */
LW_API size_t lw_table_rows(const lw_table *table);
LW_API size_t lw_table_columns(const lw_table *table);

/* The separators in use, and whether the file had a header. */
LW_API char lw_table_separator(const lw_table *table);
LW_API char lw_table_decimal(const lw_table *table);
LW_API int lw_table_has_header(const lw_table *table);

/* The name of a column, from the header or its number; NULL if there is no such column. */
LW_API const char *lw_table_column_name(const lw_table *table, size_t column);

/* Finds a column by name or, if no column has that name, by number from 0. LW_EINVAL, with the
 * nearest name and a list of the columns, if there is none. */
LW_API LW_CHECKED lw_status lw_table_find_column(const lw_table *table, const char *name,
                                                 size_t *column);

/* Whether a column holds texts, not numbers. 0 if there is no such column. */
LW_API int lw_table_is_text(const lw_table *table, size_t column);

/* A field. Of a column of numbers: *number is set (NaN: missing) and NULL returned. Of a column of
 * texts: the text, which belongs to the table, or NULL if it is missing; *number is then NaN.
 * number may be NULL. Also NULL if there is no such field. */
LW_API const char *lw_table_field(const lw_table *table, size_t row, size_t column, double *number);

#ifdef __cplusplus
}
#endif

#endif
