/* Reads a CSV file row by row: RFC 4180 with any separator. Blank lines and a byte order mark are
 * skipped. */
#ifndef LANEWISE_CSV_ROWS_H
#define LANEWISE_CSV_ROWS_H

#include "base/input_file.h"

typedef struct lw_csv_rows {
    lw_input_file input;
    struct csv_parser *parser; /* of libcsv */

    unsigned char *chunk; /* the bytes read last */
    size_t chunk_at, chunk_end;
    size_t line;        /* line of the next byte, from 1 */
    unsigned char last; /* the byte before it */

    size_t row_line; /* line on which the current row begins */
    int row_begun, row_complete;
    char *text; /* the fields of the current row, each ended by a zero byte */
    size_t text_size, text_capacity;
    size_t *field; /* offsets into text */
    size_t field_count, field_capacity;
    lw_status status; /* set by the field callback, which cannot return it */
} lw_csv_rows;

/* Opens a file. The caller closes rows, also after a failure. Returns LW_EIO, LW_ENOMEM, or
 * LW_EUNSUPPORTED in a build without libcsv. */
lw_status lw_csv_open(lw_csv_rows *rows, const char *path, char separator);

/* Reads the next row; *more is 0 if there is none. Returns LW_EFORMAT, with the line, for misplaced
 * quotes and zero bytes; LW_EIO; LW_ENOMEM. */
lw_status lw_csv_next(lw_csv_rows *rows, int *more);

/* Returns a field of the current row, valid until the next row; column < rows->field_count. */
const char *lw_csv_field(const lw_csv_rows *rows, size_t column);

void lw_csv_close(lw_csv_rows *rows);

/* Records "PATH: line N: no memory for WHAT" and returns LW_ENOMEM. N: line of the current row. */
lw_status lw_csv_no_memory(const lw_csv_rows *rows, const char *what);

#endif
