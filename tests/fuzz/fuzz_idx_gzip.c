/*
 * IDX files in gzip: images, then labels. However much is packed into them, memory is bounded by what their
 * headers promise.
 */
#include "idx_target.h"

#include <stdlib.h>
#include <zlib.h>

enum { MOST_PACKED = 1032, GZIP_ONLY = 15 + 16 };

/* What the header at the begin of a packed file promises. A file that is not packed, or packed in several pieces
 * or falsely, is taken for one that promises anything. */
static size_t packed_promise(const uint8_t *bytes, size_t size)
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
    return promise > 0 ? promise : MOST_PACKED * size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const fuzz_files files = fuzz_split(bytes, size);
    const size_t images = packed_promise(files.first, files.first_size);
    const size_t labels = packed_promise(files.second, files.second_size);
    size_t promise;
    if (__builtin_add_overflow(images, labels, &promise))
        promise = SIZE_MAX;
    idx_run(&files, promise, MOST_PACKED * size);
    return 0;
}
