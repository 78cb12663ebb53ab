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

lw_status lw_inflate_raw(const char *path, const unsigned char *input, size_t input_size,
                         unsigned char *output, size_t size)
{
    z_stream stream = {.next_in = (z_const Bytef *)input, .next_out = output};
    size_t given = 0, taken = 0;
    int code = inflateInit2(&stream, -15);
    if (code != Z_OK)
        return lw_no_memory(path, "decompression");
    do {
        if (stream.avail_in == 0) {
            const size_t left = input_size - given;
            stream.avail_in = left < MAX_OUTPUT ? (unsigned)left : MAX_OUTPUT;
            given += stream.avail_in;
        }
        const size_t room = size - taken;
        const unsigned some = room < MAX_OUTPUT ? (unsigned)room : MAX_OUTPUT;
        stream.avail_out = some;
        code = inflate(&stream, Z_NO_FLUSH);
        taken += some - stream.avail_out;
    } while (code == Z_OK && (taken < size || given < input_size || stream.avail_in > 0));
    inflateEnd(&stream);
    if (code == Z_MEM_ERROR)
        return lw_no_memory(path, "decompression");
    return code == Z_STREAM_END && taken == size
               ? LW_OK
               : lw_fail(LW_EFORMAT, "%s: damaged compressed data", path);
}

void lw_inflate_close(lw_inflate *inflater)
{
    if (!inflater)
        return;
    inflateEnd(&inflater->stream);
    free(inflater);
}
