/* In place of inflate.c in a build without zlib. */
#include "inflate.h"

lw_status lw_inflate_open(lw_inflate **inflater, const char *path)
{
    (void)inflater;
    return lw_fail(LW_EUNSUPPORTED,
                   "%s: is compressed by gzip, which this build cannot read: it was "
                   "built without zlib",
                   path);
}

lw_status lw_inflate_run(lw_inflate *inflater, lw_inflate_step *step, uint64_t position)
{
    (void)inflater;
    (void)step;
    (void)position;
    return LW_EUNSUPPORTED;
}

void lw_inflate_close(lw_inflate *inflater)
{
    (void)inflater;
}

lw_status lw_inflate_raw(const char *path, const unsigned char *input, size_t input_size,
                         unsigned char *output, size_t size)
{
    (void)input;
    (void)input_size;
    (void)output;
    (void)size;
    return lw_fail(LW_EUNSUPPORTED,
                   "%s: is compressed, which this build cannot read: it was built without zlib",
                   path);
}
