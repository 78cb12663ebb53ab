/* The contents of a file that may be packed by gzip, from front to back, so much at a time as the caller wants. */
#ifndef LANEWISE_GZIP_INPUT_H
#define LANEWISE_GZIP_INPUT_H

#include "base/input_file.h"

#include <zlib.h>

enum { LW_GZIP_CHUNK = 1 << 14 };

typedef struct lw_gzip_input {
    lw_input_file file;
    z_stream stream; /* what is to come of the chunk, packed or not */
    int is_packed;
    int is_between;    /* members, of which a gzip file may have several */
    uint64_t position; /* in the contents */
    unsigned char chunk[LW_GZIP_CHUNK];
} lw_gzip_input;

/* As lw_input_open. What begins as gzip does is unpacked. */
lw_status lw_gzip_open(lw_gzip_input *input, const char *path);

/* Reads count bytes of the contents or, at their end, fewer: got receives how many. LW_EFORMAT for packed data that
 * are damaged or cut. */
lw_status lw_gzip_read(lw_gzip_input *input, unsigned char *bytes, size_t count, size_t *got);

/* Passes over count bytes of the contents or, at their end, fewer: got receives how many. What is not packed is not
 * read. */
lw_status lw_gzip_skip(lw_gzip_input *input, uint64_t count, uint64_t *got);

/* Allowed on a zeroed or closed struct. */
void lw_gzip_close(lw_gzip_input *input);

#endif
