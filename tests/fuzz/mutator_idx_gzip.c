/* Mutates the contents and compresses them, or mutates the compressed bytes. */
#include "mutate.h"

#include <string.h>
#include <zlib.h>

enum { CONTENTS_MAX = 4096, GZIP = 16, SMALLEST_WINDOW = 9, LEAST_MEMORY = 1 };

/* Decompresses at most CONTENTS_MAX bytes; 0 if the file is not compressed. */
static size_t decompress(const uint8_t *bytes, size_t size, uint8_t *contents)
{
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)bytes,
                       .avail_in = (unsigned)size,
                       .next_out = contents,
                       .avail_out = CONTENTS_MAX};
    if (inflateInit2(&stream, 15 + GZIP) != Z_OK)
        return 0;
    inflate(&stream, Z_SYNC_FLUSH);
    inflateEnd(&stream);
    return CONTENTS_MAX - stream.avail_out;
}

/* Compresses contents into bytes; 0 if they do not fit. */
static size_t compress_contents(const uint8_t *contents, size_t size, uint8_t *bytes,
                                size_t capacity, int level)
{
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)contents,
                       .avail_in = (unsigned)size,
                       .next_out = bytes,
                       .avail_out = (unsigned)capacity};
    if (deflateInit2(&stream, level, Z_DEFLATED, SMALLEST_WINDOW + GZIP, LEAST_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    const int end = deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    return end == Z_STREAM_END ? capacity - stream.avail_out : 0;
}

static size_t mutate(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    uint8_t contents[CONTENTS_MAX];
    size_t held = seed % 4 == 0 ? 0 : decompress(bytes, size, contents);
    if (held == 0)
        return LLVMFuzzerMutate(bytes, size, capacity);
    held = mutate_idx(contents, held, CONTENTS_MAX, seed / 4);
    const size_t compressed = compress_contents(contents, held, bytes, capacity, seed % 3 ? 0 : 1);
    return compressed > 0 ? compressed
                          : LLVMFuzzerMutate(bytes, size < capacity ? size : capacity, capacity);
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    return mutate_files(bytes, size, capacity, seed, mutate);
}
