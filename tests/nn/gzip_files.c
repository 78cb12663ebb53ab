#include "gzip_files.h"

#include <zlib.h>

const char *save_gzip(const composed_file *file, const char *name)
{
    const char *path = temp_path(name);
    gzFile stream = gzopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(gzwrite(stream, file->bytes, (unsigned)file->size), (int)file->size);
    ck_assert_int_eq(gzclose(stream), Z_OK);
    return path;
}
