/* Regular files read sequentially. */
#define _POSIX_C_SOURCE 200809L
#include "input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

lw_status lw_input_open(lw_input_file *input, const char *path)
{
    *input = (lw_input_file){.path = path};
    do
        input->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    while (input->descriptor < 0 && errno == EINTR);
    if (input->descriptor < 0)
        return lw_fail(errno == ENOMEM ? LW_ENOMEM : LW_EIO, "%s: cannot open: %s", path,
                       strerror(errno));
    input->is_open = 1;

    struct stat info;
    lw_status status = LW_OK;
    if (fstat(input->descriptor, &info) != 0)
        status = lw_fail(LW_EIO, "%s: cannot determine its size: %s", path, strerror(errno));
    else if (!S_ISREG(info.st_mode))
        status = lw_fail(LW_EIO, "%s: cannot read: not a regular file", path);
    else
        input->size = (uint64_t)info.st_size;
    if (status != LW_OK)
        lw_input_close(input);
    return status;
}

void lw_input_open_memory(lw_input_file *input, const char *path, unsigned char *memory,
                          size_t size)
{
    *input = (lw_input_file){.path = path, .size = size, .memory = memory};
}

lw_status lw_input_read(lw_input_file *input, void *bytes, size_t count)
{
    if (input->memory) {
        memcpy(bytes, input->memory + input->position, count);
        input->position += count;
        return LW_OK;
    }
    char *next = bytes;
    for (size_t left = count; left > 0;) {
        const ssize_t got = read(input->descriptor, next, left);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return lw_fail(LW_EIO, "%s: cannot read at byte %" PRIu64 ": %s", input->path,
                           input->position, got < 0 ? strerror(errno) : "unexpected end of file");
        next += got;
        left -= (size_t)got;
        input->position += (uint64_t)got;
    }
    return LW_OK;
}

lw_status lw_input_skip(lw_input_file *input, uint64_t count)
{
    if (count == 0)
        return LW_OK;
    if (input->memory) {
        input->position += count;
        return LW_OK;
    }
    if (lseek(input->descriptor, (off_t)(input->position + count), SEEK_SET) < 0)
        return lw_fail(LW_EIO, "%s: cannot seek to byte %" PRIu64 ": %s", input->path,
                       input->position + count, strerror(errno));
    input->position += count;
    return LW_OK;
}

void lw_input_close(lw_input_file *input)
{
    if (input->is_open)
        close(input->descriptor);
    input->is_open = 0;
    free(input->memory);
    input->memory = NULL;
}
