#define _GNU_SOURCE /* fopencookie */
#include "output_stream.h"

/* Returns 0 on failure. stdio continues with later writes; lw_output_file_write ignores them. */
static ssize_t write_bytes(void *file, const char *bytes, size_t size)
{
    return lw_output_file_write(file, bytes, size) == LW_OK ? (ssize_t)size : 0;
}

lw_status output_stream_open(output_stream *out, const char *path)
{
    const lw_status status = lw_output_file_open(&out->file, path);
    if (status != LW_OK)
        return status;
    out->stream = fopencookie(out->file, "w", (cookie_io_functions_t){.write = write_bytes});
    if (out->stream != NULL)
        return LW_OK;
    return lw_output_file_close(out->file, lw_fail(LW_ENOMEM, "%s: no memory for a stream", path));
}

lw_status output_stream_close(output_stream *out, lw_status status)
{
    fclose(out->stream);
    return lw_output_file_close(out->file, status);
}
