/* Sequential input from files that may be compressed with gzip. */
#include "gzip_input.h"

#include "base/arithmetic.h"

#include <inttypes.h>
#include <string.h>

enum { MAGIC_BYTES = 2 };

static const unsigned char magic[MAGIC_BYTES] = {0x1f, 0x8b};

/* Reads the next chunk of the file, of which `left` bytes remain. */
static lw_status fill_chunk(lw_gzip_input *input, uint64_t left)
{
    const size_t count = left < LW_GZIP_CHUNK ? (size_t)left : LW_GZIP_CHUNK;
    const lw_status status = lw_input_read(&input->file, input->chunk, count);
    input->next = input->chunk;
    input->left = status == LW_OK ? count : 0;
    return status;
}

lw_status lw_gzip_open(lw_gzip_input *input, const char *path)
{
    input->inflater = NULL;
    input->member_ended = 0;
    input->position = 0;
    input->next = input->chunk;
    input->left = 0;
    lw_status status = lw_input_open(&input->file, path);
    if (status != LW_OK)
        return status;
    if (input->file.size >= MAGIC_BYTES)
        status = fill_chunk(input, MAGIC_BYTES);
    if (status == LW_OK && input->left == MAGIC_BYTES &&
        memcmp(input->chunk, magic, MAGIC_BYTES) == 0)
        status = lw_inflate_open(&input->inflater, path);
    if (status != LW_OK)
        lw_gzip_close(input);
    return status;
}

static lw_status read_plain(lw_gzip_input *input, unsigned char *bytes, size_t count, size_t *got)
{
    const size_t first = lw_min_size(input->left, count);
    const uint64_t left = input->file.size - input->file.position;
    const size_t rest = left < count - first ? (size_t)left : count - first;
    memcpy(bytes, input->next, first);
    input->next += first;
    input->left -= first;
    *got = first + rest;
    return lw_input_read(&input->file, bytes + first, rest);
}

/* Decompresses up to `capacity` bytes, or to the end of a member. */
static lw_status inflate_some(lw_gzip_input *input, unsigned char *bytes, size_t capacity,
                              size_t *got)
{
    lw_inflate_step step = {
        .input = input->next, .input_left = input->left, .output = bytes, .output_left = capacity};
    const lw_status status = lw_inflate_run(input->inflater, &step, input->position);
    input->next = step.input;
    input->left = step.input_left;
    input->member_ended = step.ends_member;
    *got = capacity - step.output_left;
    input->position += *got;
    return status;
}

lw_status lw_gzip_read(lw_gzip_input *input, unsigned char *bytes, size_t count, size_t *got)
{
    if (!input->inflater)
        return read_plain(input, bytes, count, got);
    lw_status status = LW_OK;
    for (*got = 0; *got < count && status == LW_OK;) {
        const uint64_t left = input->file.size - input->file.position;
        if (input->left == 0 && left == 0)
            return input->member_ended
                       ? LW_OK
                       : lw_fail(LW_EFORMAT, "%s: gzip data truncated at byte %" PRIu64,
                                 input->file.path, input->file.size);
        if (input->left == 0)
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
    const size_t in_chunk = input->left < count ? input->left : (size_t)count;
    const uint64_t left = input->file.size - input->file.position;
    const uint64_t rest = left < count - in_chunk ? left : count - in_chunk;
    input->next += in_chunk;
    input->left -= in_chunk;
    *got = in_chunk + rest;
    return lw_input_skip(&input->file, rest);
}

lw_status lw_gzip_skip(lw_gzip_input *input, uint64_t count, uint64_t *got)
{
    if (!input->inflater)
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
    lw_inflate_close(input->inflater);
    input->inflater = NULL;
    lw_input_close(&input->file);
}
