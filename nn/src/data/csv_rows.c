/* Reads a CSV file row by row with libcsv. */
#include "csv_rows.h"
#include "base/arithmetic.h"
#include "base/array_grow.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 16, FIELD_STEP_BYTES = 4096 };

/* State between the segments of a file whose fields are separated by runs of blanks. */
struct lw_blanks {
    int has_field;  /* the line has begun */
    int is_pending; /* blanks follow a field; they separate it from the next one, if there is one */
    int in_quotes;
    unsigned char bytes[CHUNK_BYTES + 1]; /* a pending blank, then a segment */
};

static const unsigned char byte_order_mark[] = {0xef, 0xbb, 0xbf};

lw_status lw_csv_no_memory(const lw_csv_rows *rows, const char *what)
{
    return lw_fail(LW_ENOMEM, "%s: line %zu: no memory for %s", rows->input.path, rows->row_line,
                   what);
}

/* ---- Parser callbacks --------------------------------------------------------------------- */

static lw_status add_field(lw_csv_rows *rows, const void *bytes, size_t length)
{
    if (memchr(bytes, '\0', length))
        return lw_fail(LW_EFORMAT, "%s: line %zu, column %zu: a zero byte", rows->input.path,
                       rows->row_line, rows->field_count);

    char *text = lw_array_grow(rows->text, &rows->text_capacity, rows->text_size + length + 1, 1);
    if (text)
        rows->text = text;
    size_t *field =
        lw_array_grow(rows->field, &rows->field_capacity, rows->field_count + 1, sizeof *field);
    if (field)
        rows->field = field;
    if (!text || !field)
        return lw_csv_no_memory(rows, "a row");

    field[rows->field_count++] = rows->text_size;
    memcpy(text + rows->text_size, bytes, length);
    text[rows->text_size + length] = '\0';
    rows->text_size += length + 1;
    return LW_OK;
}

static void on_field(void *bytes, size_t length, void *user)
{
    lw_csv_rows *rows = user;
    if (rows->status == LW_OK)
        rows->status = add_field(rows, bytes, length);
}

/* Called for each line end outside quotes, including those of blank lines, which have no fields. */
static void on_row(int terminator, void *user)
{
    (void)terminator;
    lw_csv_rows *rows = user;
    rows->row_begun = 0;
    rows->row_complete = rows->field_count > 0;
}

/* ---- Reading ------------------------------------------------------------------------------ */

static lw_status parser_error(lw_csv_rows *rows)
{
    if (csv_error(rows->parser) != CSV_EPARSE)
        return lw_csv_no_memory(rows, "a row");
    return lw_fail(LW_EFORMAT,
                   "%s: line %zu: a quote inside a field, or a quoted field that does not end",
                   rows->input.path, rows->row_line);
}

static lw_status fill_chunk(lw_csv_rows *rows)
{
    rows->chunk_at = 0;
    rows->chunk_end = 0;
    const lw_status status =
        lw_text_input_read(&rows->input, rows->chunk, CHUNK_BYTES, &rows->chunk_end);
    rows->is_ended = rows->chunk_end < CHUNK_BYTES;
    return status;
}

/* Replaces each run of blanks between fields by one blank, and drops those at the ends of lines.
 * Returns the bytes to parse; *length becomes their number. */
static const unsigned char *join_blanks(struct lw_blanks *b, const unsigned char *segment,
                                        size_t *length)
{
    size_t used = 0;
    for (size_t i = 0; i < *length; i++) {
        const unsigned char c = segment[i];
        const int is_line_end = c == '\n' || c == '\r';
        if ((c == ' ' || c == '\t') && !b->in_quotes) {
            b->is_pending = b->has_field;
            continue;
        }
        if (b->is_pending && !is_line_end)
            b->bytes[used++] = ' ';
        b->is_pending = 0;
        b->has_field = b->in_quotes || !is_line_end;
        b->in_quotes ^= c == '"';
        b->bytes[used++] = c;
    }
    *length = used;
    return b->bytes;
}

/* Parses the rest of the chunk up to the next line end. So at most one row ends per call, and lines
 * are counted here, because libcsv does not count them. */
static lw_status parse_segment(lw_csv_rows *rows)
{
    const unsigned char *segment = rows->chunk + rows->chunk_at;
    const size_t left = rows->chunk_end - rows->chunk_at;
    size_t length = 0;
    while (length < left && segment[length] != '\n' && segment[length] != '\r')
        length++;
    const int ends_line = length < left;
    length += (size_t)ends_line;

    if (!rows->row_begun) {
        rows->row_begun = 1;
        rows->row_line = rows->line;
    }
    size_t count = length;
    const unsigned char *bytes =
        rows->blanks ? join_blanks(rows->blanks, segment, &count) : segment;
    const size_t parsed = csv_parse(rows->parser, bytes, count, on_field, on_row, rows);
    if (rows->status != LW_OK)
        return rows->status;
    if (parsed != count)
        return parser_error(rows);

    /* "\r\n" ends one line, not two. */
    if (ends_line && !(length == 1 && segment[0] == '\n' && rows->last == '\r'))
        rows->line++;
    rows->last = segment[length - 1];
    rows->chunk_at += length;
    return LW_OK;
}

lw_status lw_csv_next(lw_csv_rows *rows, int *more)
{
    rows->text_size = 0;
    rows->field_count = 0;
    rows->row_complete = 0;
    while (!rows->row_complete) {
        lw_status status = LW_OK;
        if (rows->chunk_at < rows->chunk_end) {
            status = parse_segment(rows);
        } else if (!rows->is_ended) {
            status = fill_chunk(rows);
        } else {
            if (csv_fini(rows->parser, on_field, on_row, rows) != 0)
                status = parser_error(rows);
            else
                status = rows->status;
            if (status == LW_OK)
                break;
        }
        if (status != LW_OK)
            return status;
    }
    *more = rows->row_complete;
    return LW_OK;
}

static lw_status skip_byte_order_mark(lw_csv_rows *rows)
{
    const lw_status status = fill_chunk(rows);
    if (status == LW_OK && rows->chunk_end >= sizeof byte_order_mark &&
        memcmp(rows->chunk, byte_order_mark, sizeof byte_order_mark) == 0)
        rows->chunk_at = sizeof byte_order_mark;
    return status;
}

static lw_status begin_rows(lw_csv_rows *rows, char separator)
{
    rows->line = rows->row_line = 1;
    rows->last = 0;
    rows->row_begun = 0;
    csv_set_delim(rows->parser, (unsigned char)separator);
    if (separator == ' ' && !rows->blanks) {
        rows->blanks = calloc(1, sizeof *rows->blanks);
        if (!rows->blanks)
            return lw_csv_no_memory(rows, "a row");
    }
    return skip_byte_order_mark(rows);
}

lw_status lw_csv_open(lw_csv_rows *rows, const char *path, char separator)
{
    *rows = (lw_csv_rows){.line = 1, .row_line = 1};
    rows->input.path = path;
    rows->parser = malloc(sizeof *rows->parser);
    if (!rows->parser)
        return lw_csv_no_memory(rows, "a row");
    /* csv_init fails only for NULL; memory is allocated while parsing. */
    csv_init(rows->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_blk_size(rows->parser, FIELD_STEP_BYTES);

    const lw_status status = lw_text_input_open(&rows->input, path);
    if (status != LW_OK)
        return status;
    rows->chunk = malloc(CHUNK_BYTES);
    return rows->chunk ? begin_rows(rows, separator) : lw_csv_no_memory(rows, "a row");
}

lw_status lw_csv_rewind(lw_csv_rows *rows, char separator)
{
    csv_free(rows->parser);
    csv_init(rows->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_blk_size(rows->parser, FIELD_STEP_BYTES);
    free(rows->blanks);
    rows->blanks = NULL;
    const lw_status status = lw_text_input_rewind(&rows->input);
    return status == LW_OK ? begin_rows(rows, separator) : status;
}

const unsigned char *lw_csv_sample(const lw_csv_rows *rows, size_t *size, int *is_whole)
{
    *size = rows->chunk_end - rows->chunk_at;
    *is_whole = rows->is_ended;
    return rows->chunk + rows->chunk_at;
}

const char *lw_csv_field(const lw_csv_rows *rows, size_t column)
{
    return rows->text + rows->field[column];
}

void lw_csv_close(lw_csv_rows *rows)
{
    lw_text_input_close(&rows->input);
    if (rows->parser)
        csv_free(rows->parser);
    free(rows->parser);
    free(rows->chunk);
    free(rows->blanks);
    free(rows->text);
    free(rows->field);
    *rows = (lw_csv_rows){0};
}
