#define _GNU_SOURCE /* fopencookie */
#include "output_stream.h"

/* 0 means failure to stdio, which goes on with what follows; the file does not. */
static ssize_t write_bytes(void *file, const char *bytes, size_t size)
{
    return lw_output_file_write(file, bytes, size) == LW_OK ? (ssize_t)size : 0;
}

lw_status output_stream_open(output_stream *d, const char *path)
{
    const lw_status status = lw_output_file_open(&d->file, path);
    if (status != LW_OK)
        return status;
    d->stream = fopencookie(d->file, "w", (cookie_io_functions_t){.write = write_bytes});
    if (d->stream != NULL)
        return LW_OK;
    return lw_output_file_close(d->file, lw_fail(LW_ENOMEM, "%s: no memory for a stream", path));
}

lw_status output_stream_close(output_stream *d, lw_status status)
{
    fclose(d->stream);
    return lw_output_file_close(d->file, status);
}
