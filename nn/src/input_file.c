#define _POSIX_C_SOURCE 200809L
#include "input_file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

lw_status lw_input_open(lw_input_file *input, const char *path)
{
    *input = (lw_input_file){.path = path, .stream = fopen(path, "rb")};
    if (!input->stream)
        return lw_fail(errno == ENOMEM ? LW_ENOMEM : LW_EIO, "%s: cannot open: %s", path,
                       strerror(errno));

    struct stat info;
    lw_status status = LW_OK;
    if (fstat(fileno(input->stream), &info) != 0)
        status = lw_fail(LW_EIO, "%s: cannot tell its size: %s", path, strerror(errno));
    else if (!S_ISREG(info.st_mode))
        status = lw_fail(LW_EIO, "%s: cannot read: not a regular file", path);
    else
        input->size = (uint64_t)info.st_size;
    if (status != LW_OK)
        lw_input_close(input);
    return status;
}

lw_status lw_input_read(lw_input_file *input, void *bytes, size_t count)
{
    const size_t got = fread(bytes, 1, count, input->stream);
    input->position += got;
    if (got == count)
        return LW_OK;
    return lw_fail(LW_EIO, "%s: cannot read at byte %" PRIu64 ": %s", input->path, input->position,
                   ferror(input->stream) ? strerror(errno) : "the file ends");
}

void lw_input_close(lw_input_file *input)
{
    if (input->stream)
        fclose(input->stream);
    input->stream = NULL;
}
