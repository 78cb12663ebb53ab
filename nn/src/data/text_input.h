/* Text read from a file, plain or compressed with gzip, or from standard input, and more than once.
 */
#ifndef LANEWISE_TEXT_INPUT_H
#define LANEWISE_TEXT_INPUT_H

#include "gzip_input.h"

typedef struct lw_text_input {
    const char *path; /* for messages */
    lw_gzip_input file;
    int is_standard;       /* standard input, which is kept in memory */
    unsigned char *memory; /* its bytes */
    size_t size, capacity, position;
} lw_text_input;

/* Opens a file; path "-" is standard input, which is read to its end. The caller closes input, also
 * after a failure. Returns LW_EIO, LW_ENOMEM, or LW_EUNSUPPORTED for gzip in a build without zlib,
 * and for gzip on standard input. */
lw_status lw_text_input_open(lw_text_input *input, const char *path);

/* Reads up to count bytes; *got is smaller only at the end. */
lw_status lw_text_input_read(lw_text_input *input, unsigned char *bytes, size_t count, size_t *got);

/* Goes back to the beginning. */
lw_status lw_text_input_rewind(lw_text_input *input);

void lw_text_input_close(lw_text_input *input);

#endif
