/* Decompresses gzip data in memory. In a build without zlib there is only inflate_unsupported.c,
 * which refuses. */
#ifndef LANEWISE_INFLATE_H
#define LANEWISE_INFLATE_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lw_inflate lw_inflate;

/* A step of decompression: its input and output, which it advances. */
typedef struct lw_inflate_step {
    const unsigned char *input;
    size_t input_left;
    unsigned char *output;
    size_t output_left;
    int ends_member; /* set if a member of the file ends here; another one may follow */
} lw_inflate_step;

/* path is for messages and stays the caller's. LW_ENOMEM; LW_EUNSUPPORTED without zlib. */
lw_status lw_inflate_open(lw_inflate **inflater, const char *path);

/* Decompresses until the input or the room for output is used up, or a member ends. position is the
 * byte of the contents that comes next, for messages. LW_EFORMAT for damaged data. */
lw_status lw_inflate_run(lw_inflate *inflater, lw_inflate_step *step, uint64_t position);

/* Decompresses data without gzip's header, size bytes of contents. LW_EFORMAT for damaged data or
 * another size. */
lw_status lw_inflate_raw(const char *path, const unsigned char *input, size_t input_size,
                         unsigned char *output, size_t size);

/* NULL is allowed. */
void lw_inflate_close(lw_inflate *inflater);

#endif
