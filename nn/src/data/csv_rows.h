/* Reads a CSV file row by row: RFC 4180 with any separator, or runs of blanks if it is ' '. Blank
 * lines and a byte order mark are skipped. */
#ifndef LANEWISE_CSV_ROWS_H
#define LANEWISE_CSV_ROWS_H

#include "text_input.h"

typedef struct lw_csv_rows {
    lw_text_input input;
    struct csv_parser *parser; /* of libcsv */

    unsigned char *chunk; /* the bytes read last */
    size_t chunk_at, chunk_end;
    int is_ended;             /* nothing follows the chunk */
    struct lw_blanks *blanks; /* if runs of blanks separate fields, otherwise NULL */
    size_t line;              /* line of the next byte, from 1 */
    unsigned char last;       /* the byte before it */

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

/* Goes back to the first row, with a separator that may be another one. */
lw_status lw_csv_rewind(lw_csv_rows *rows, char separator);

/* The beginning of the file, up to some thousand bytes, without a byte order mark. Valid until a
 * row is read. */
const unsigned char *lw_csv_sample(const lw_csv_rows *rows, size_t *size, int *is_whole);

/* Returns a field of the current row, valid until the next row; column < rows->field_count. */
const char *lw_csv_field(const lw_csv_rows *rows, size_t column);

void lw_csv_close(lw_csv_rows *rows);

/* Records "PATH: line N: no memory for WHAT" and returns LW_ENOMEM. N: line of the current row. */
lw_status lw_csv_no_memory(const lw_csv_rows *rows, const char *what);

#endif
