/* Uncompressed IDX files: images, then labels. */
#include "idx_target.h"

static int is_gzip(const uint8_t *bytes, size_t size)
{
    return size > 1 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const fuzz_files files = fuzz_split(bytes, size);
    /* Compressed files belong to fuzz_idx_gzip. */
    if (!is_gzip(files.first, files.first_size) && !is_gzip(files.second, files.second_size))
        idx_run(&files, SIZE_MAX, size);
    return 0;
}
