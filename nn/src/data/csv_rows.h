/*
 * The rows of a CSV file one after the other, each as its fields: RFC 4180 with a choice of the
 * separator. Blank lines and a byte order mark are passed over.
 */
#ifndef LANEWISE_CSV_ROWS_H
#define LANEWISE_CSV_ROWS_H

#include "base/input_file.h"

#include <csv.h>

typedef struct lw_csv_rows {
    lw_input_file input;
    struct csv_parser parser;

    unsigned char *chunk; /* what was read of the file last */
    size_t chunk_at, chunk_end;
    size_t line;        /* of the next byte, from 1 */
    unsigned char last; /* the byte before it       */

    size_t row_line; /* in which the current row begins */
    int row_begun, row_complete;
    char *text; /* its fields, each ended by a zero byte */
    size_t text_size, text_capacity;
    size_t *field; /* offsets into text */
    size_t field_count, field_capacity;
    lw_status status; /* of the field callback, which cannot return one */
} lw_csv_rows;

/* LW_EIO or LW_ENOMEM. rows is the caller's to close, also after a failure. */
lw_status lw_csv_open(lw_csv_rows *rows, const char *path, char separator);

/* Goes to the next row; *more is 0 if there is none. LW_EFORMAT, with the line, for misplaced
 * quotes and zero bytes; LW_EIO; LW_ENOMEM. */
lw_status lw_csv_next(lw_csv_rows *rows, int *more);

/* A field of the current row, column < rows->field_count; valid until the next row. */
const char *lw_csv_field(const lw_csv_rows *rows, size_t column);

void lw_csv_close(lw_csv_rows *rows);

#endif
