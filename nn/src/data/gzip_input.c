/* Sequential input from files that may be compressed with gzip. */
#include "gzip_input.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum {
    MAGIC_BYTES = 2,
    WINDOW = 15 + 16,    /* zlib's codes for the largest window and the gzip format */
    MAX_OUTPUT = 1 << 30 /* bytes per call of inflate, which counts in unsigned */
};

static const unsigned char magic[MAGIC_BYTES] = {0x1f, 0x8b};

static lw_status inflate_error(const lw_gzip_input *input, int code)
{
    if (code == Z_MEM_ERROR)
        return lw_no_memory(input->file.path, "decompression");
    return lw_fail(LW_EFORMAT, "%s: damaged gzip data at byte %" PRIu64 " of the contents: %s",
                   input->file.path, input->position,
                   input->stream.msg ? input->stream.msg : zError(code));
}

/* Reads the next chunk of the file, of which `left` bytes remain. */
static lw_status fill_chunk(lw_gzip_input *input, uint64_t left)
{
    const unsigned count = left < LW_GZIP_CHUNK ? (unsigned)left : LW_GZIP_CHUNK;
    const lw_status status = lw_input_read(&input->file, input->chunk, count);
    input->stream.next_in = input->chunk;
    input->stream.avail_in = status == LW_OK ? count : 0;
    return status;
}

lw_status lw_gzip_open(lw_gzip_input *input, const char *path)
{
    input->stream = (z_stream){0};
    input->is_compressed = input->member_ended = 0;
    input->position = 0;
    lw_status status = lw_input_open(&input->file, path);
    if (status != LW_OK)
        return status;
    if (input->file.size >= MAGIC_BYTES)
        status = fill_chunk(input, MAGIC_BYTES);
    if (status == LW_OK && input->stream.avail_in == MAGIC_BYTES &&
        memcmp(input->chunk, magic, MAGIC_BYTES) == 0) {
        const int code = inflateInit2(&input->stream, WINDOW);
        input->is_compressed = code == Z_OK;
        status = code == Z_OK ? LW_OK : inflate_error(input, code);
    }
    if (status != LW_OK)
        lw_gzip_close(input);
    return status;
}

static lw_status read_plain(lw_gzip_input *input, unsigned char *bytes, size_t count, size_t *got)
{
    const size_t first = lw_min_size(input->stream.avail_in, count);
    const uint64_t left = input->file.size - input->file.position;
    const size_t rest = left < count - first ? (size_t)left : count - first;
    if (first > 0) {
        memcpy(bytes, input->stream.next_in, first);
        input->stream.next_in += first;
        input->stream.avail_in -= (unsigned)first;
    }
    *got = first + rest;
    return lw_input_read(&input->file, bytes + first, rest);
}

/* Decompresses up to `capacity` bytes, or to the end of a member. */
static lw_status inflate_some(lw_gzip_input *input, unsigned char *bytes, size_t capacity,
                              size_t *got)
{
    z_stream *stream = &input->stream;
    if (input->member_ended)
        inflateReset(stream);
    const unsigned offered = (unsigned)lw_min_size(capacity, MAX_OUTPUT);
    stream->next_out = bytes;
    stream->avail_out = offered;
    const int code = inflate(stream, Z_NO_FLUSH);
    input->member_ended = code == Z_STREAM_END;
    *got = offered - stream->avail_out;
    input->position += *got;
    return code == Z_OK || code == Z_STREAM_END ? LW_OK : inflate_error(input, code);
}

lw_status lw_gzip_read(lw_gzip_input *input, unsigned char *bytes, size_t count, size_t *got)
{
    if (!input->is_compressed)
        return read_plain(input, bytes, count, got);
    lw_status status = LW_OK;
    for (*got = 0; *got < count && status == LW_OK;) {
        const uint64_t left = input->file.size - input->file.position;
        if (input->stream.avail_in == 0 && left == 0)
            return input->member_ended
                       ? LW_OK
                       : lw_fail(LW_EFORMAT, "%s: gzip data truncated at byte %" PRIu64,
                                 input->file.path, input->file.size);
        if (input->stream.avail_in == 0)
            status = fill_chunk(input, left);
        size_t some = 0;
        if (status == LW_OK)
            status = inflate_some(input, bytes + *got, count - *got, &some);
        *got += some;
    }
    return status;
}

/* Uncompressed bytes come from the chunk, then from the file. */
static lw_status skip_plain(lw_gzip_input *input, uint64_t count, uint64_t *got)
{
    const unsigned in_chunk =
        input->stream.avail_in < count ? input->stream.avail_in : (unsigned)count;
    const uint64_t left = input->file.size - input->file.position;
    const uint64_t rest = left < count - in_chunk ? left : count - in_chunk;
    input->stream.next_in += in_chunk;
    input->stream.avail_in -= in_chunk;
    *got = in_chunk + rest;
    return lw_input_skip(&input->file, rest);
}

lw_status lw_gzip_skip(lw_gzip_input *input, uint64_t count, uint64_t *got)
{
    if (!input->is_compressed)
        return skip_plain(input, count, got);
    unsigned char bytes[LW_GZIP_CHUNK];
    for (*got = 0; *got < count;) {
        const uint64_t left = count - *got;
        const size_t wanted = left < sizeof bytes ? (size_t)left : sizeof bytes;
        size_t some;
        const lw_status status = lw_gzip_read(input, bytes, wanted, &some);
        if (status != LW_OK)
            return status;
        *got += some;
        if (some < wanted)
            break;
    }
    return LW_OK;
}

void lw_gzip_close(lw_gzip_input *input)
{
    if (input->is_compressed)
        inflateEnd(&input->stream);
    input->is_compressed = 0;
    lw_input_close(&input->file);
}
