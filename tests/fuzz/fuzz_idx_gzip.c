/*
 * IDX files compressed by gzip: images, then labels. Memory is bounded by the size that the IDX
 * header states, whatever the compressed data expand to.
 */
#include "idx_target.h"

#include <stdlib.h>
#include <zlib.h>

enum { MAX_RATIO = 1032, GZIP_ONLY = 15 + 16 };

/* The size that the IDX header of a compressed file states. For a file that is not compressed, is
 * damaged, or whose header spans several members: the most that its bytes can expand to. */
static size_t gzip_promise(const uint8_t *bytes, size_t size)
{
    static z_stream stream;
    static int begun;
    uint8_t header[IDX_HEADER_MAX];
    if (!begun)
        begun = inflateInit2(&stream, GZIP_ONLY) == Z_OK;
    FUZZ_CHECK(begun && inflateReset(&stream) == Z_OK, "zlib does not begin");
    stream.next_in = (uint8_t *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)size;
    stream.next_out = header;
    stream.avail_out = sizeof header;
    inflate(&stream, Z_SYNC_FLUSH);
    const size_t promise = idx_promise(header, sizeof header - stream.avail_out);
    return promise > 0 ? promise : MAX_RATIO * size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const fuzz_files files = fuzz_split(bytes, size);
    const size_t images = gzip_promise(files.first, files.first_size);
    const size_t labels = gzip_promise(files.second, files.second_size);
    size_t promise;
    if (__builtin_add_overflow(images, labels, &promise))
        promise = SIZE_MAX;
    idx_run(&files, promise, MAX_RATIO * size);
    return 0;
}
