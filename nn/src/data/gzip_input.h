/* Sequential input from files that may be compressed with gzip. */
#ifndef LANEWISE_GZIP_INPUT_H
#define LANEWISE_GZIP_INPUT_H

#include "base/input_file.h"
#include "inflate.h"

enum { LW_GZIP_CHUNK = 1 << 14 };

typedef struct lw_gzip_input {
    lw_input_file file;
    lw_inflate *inflater;      /* NULL: the file is not compressed */
    int member_ended;          /* a gzip file may consist of several members */
    uint64_t position;         /* in the decompressed contents */
    const unsigned char *next; /* the unread part of the chunk, compressed or not */
    size_t left;               /* bytes from next on */
    unsigned char chunk[LW_GZIP_CHUNK];
} lw_gzip_input;

/* As lw_input_open. Contents are decompressed if they begin with gzip's magic number:
 * LW_EUNSUPPORTED in a build without zlib. */
lw_status lw_gzip_open(lw_gzip_input *input, const char *path);

/* Reads count bytes of the contents, fewer at their end; *got receives their number. Returns
 * LW_EFORMAT if compressed data are damaged or truncated. */
lw_status lw_gzip_read(lw_gzip_input *input, unsigned char *bytes, size_t count, size_t *got);

/* Skips count bytes of the contents, fewer at their end; *got receives their number. Uncompressed
 * bytes are not read. */
lw_status lw_gzip_skip(lw_gzip_input *input, uint64_t count, uint64_t *got);

/* Closes the file. input may be zeroed or closed already. */
void lw_gzip_close(lw_gzip_input *input);

#endif
