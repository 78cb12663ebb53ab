/* Decompression by zlib. */
#include "inflate.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    WINDOW = 15 + 16,    /* the largest, with gzip's header */
    MAX_OUTPUT = 1 << 30 /* of one call: zlib counts in unsigned */
};

struct lw_inflate {
    const char *path;
    z_stream stream;
    int is_between; /* two members */
};

static lw_status inflate_error(const lw_inflate *inflater, int code, uint64_t position)
{
    if (code == Z_MEM_ERROR)
        return lw_no_memory(inflater->path, "decompression");
    return lw_fail(LW_EFORMAT, "%s: damaged gzip data at byte %" PRIu64 " of the contents: %s",
                   inflater->path, position,
                   inflater->stream.msg ? inflater->stream.msg : zError(code));
}

lw_status lw_inflate_open(lw_inflate **inflater, const char *path)
{
    lw_inflate *opened = calloc(1, sizeof *opened);
    if (!opened)
        return lw_no_memory(path, "decompression");
    opened->path = path;
    const int code = inflateInit2(&opened->stream, WINDOW);
    if (code != Z_OK) {
        const lw_status status = inflate_error(opened, code, 0);
        free(opened);
        return status;
    }
    *inflater = opened;
    return LW_OK;
}

lw_status lw_inflate_run(lw_inflate *inflater, lw_inflate_step *step, uint64_t position)
{
    z_stream *stream = &inflater->stream;
    if (inflater->is_between)
        inflateReset(stream);
    const unsigned room = step->output_left < MAX_OUTPUT ? (unsigned)step->output_left : MAX_OUTPUT;
    stream->next_in = (z_const Bytef *)step->input;
    stream->avail_in = (unsigned)step->input_left;
    stream->next_out = step->output;
    stream->avail_out = room;
    const int code = inflate(stream, Z_NO_FLUSH);
    inflater->is_between = code == Z_STREAM_END;
    step->input = stream->next_in;
    step->input_left = stream->avail_in;
    step->output += room - stream->avail_out;
    step->output_left -= room - stream->avail_out;
    step->ends_member = inflater->is_between;
    if (code == Z_OK || code == Z_STREAM_END)
        return LW_OK;
    return inflate_error(inflater, code, position + (room - stream->avail_out));
}

void lw_inflate_close(lw_inflate *inflater)
{
    if (!inflater)
        return;
    inflateEnd(&inflater->stream);
    free(inflater);
}
