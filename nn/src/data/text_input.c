/* Text from a file, compressed or not, or from standard input. */
#include "text_input.h"
#include "base/arithmetic.h"
#include "base/array_grow.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char standard_name[] = "standard input";

static lw_status read_standard(lw_text_input *input)
{
    enum { STEP = 1 << 16 };
    for (;;) {
        unsigned char *memory =
            lw_array_grow(input->memory, &input->capacity, input->size + STEP, 1);
        if (!memory)
            return lw_no_memory(input->path, "its contents");
        input->memory = memory;
        const ssize_t got = read(STDIN_FILENO, memory + input->size, STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return lw_fail(LW_EIO, "%s: cannot read: %s", input->path, strerror(errno));
        if (got == 0)
            break;
        input->size += (size_t)got;
    }
    if (input->size >= 2 && input->memory[0] == 0x1f && input->memory[1] == 0x8b)
        return lw_fail(LW_EUNSUPPORTED, "%s: the data are compressed; decompress them with zcat",
                       input->path);
    return LW_OK;
}

lw_status lw_text_input_open(lw_text_input *input, const char *path)
{
    *input = (lw_text_input){.path = path};
    if (strcmp(path, "-") != 0)
        return lw_gzip_open(&input->file, path);
    input->path = standard_name;
    input->is_standard = 1;
    return read_standard(input);
}

lw_status lw_text_input_read(lw_text_input *input, unsigned char *bytes, size_t count, size_t *got)
{
    if (!input->is_standard)
        return lw_gzip_read(&input->file, bytes, count, got);
    *got = lw_min_size(count, input->size - input->position);
    if (*got > 0)
        memcpy(bytes, input->memory + input->position, *got);
    input->position += *got;
    return LW_OK;
}

lw_status lw_text_input_rewind(lw_text_input *input)
{
    input->position = 0;
    if (input->is_standard)
        return LW_OK;
    lw_gzip_close(&input->file);
    return lw_gzip_open(&input->file, input->path);
}

void lw_text_input_close(lw_text_input *input)
{
    if (!input->is_standard && input->path)
        lw_gzip_close(&input->file);
    free(input->memory);
    *input = (lw_text_input){0};
}
