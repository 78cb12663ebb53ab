#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_finding(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: finding: ", file, line);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    abort();
}

void fuzz_check_status(lw_status status, unsigned allowed, const char *path, const char *second)
{
    const char *message = lw_last_error();
    if (status == LW_OK)
        return;
    FUZZ_CHECK(allowed & 1U << status, "%s is not documented: %s", lw_status_name(status), message);
    FUZZ_CHECK(strstr(message, path) || (second && strstr(message, second)),
               "the message names no file: %s", message);
}

fuzz_files fuzz_split(const uint8_t *bytes, size_t size)
{
    if (size < FUZZ_LENGTH_BYTES)
        return (fuzz_files){.first = bytes, .second = bytes};
    const size_t rest = size - FUZZ_LENGTH_BYTES;
    size_t first = bytes[0] | (size_t)bytes[1] << 8;
    if (first > rest)
        first = rest;
    bytes += FUZZ_LENGTH_BYTES;
    return (fuzz_files){
        .first = bytes, .second = bytes + first, .first_size = first, .second_size = rest - first};
}

static int same(const void *left, const void *right, size_t count)
{
    return !left == !right && (!left || memcmp(left, right, count * sizeof(float)) == 0);
}

void fuzz_same_data(const lw_dataset *data, const lw_dataset *other)
{
    _Static_assert(sizeof(float) == sizeof *data->target.labels, "elements of four bytes");
    FUZZ_CHECK(other->rows == data->rows && other->inputs == data->inputs &&
                   other->outputs == data->outputs,
               "%zu rows, %zu inputs, %zu outputs became %zu, %zu, %zu", data->rows, data->inputs,
               data->outputs, other->rows, other->inputs, other->outputs);
    FUZZ_CHECK(same(data->x, other->x, data->rows * data->inputs), "other inputs");
    FUZZ_CHECK(same(data->target.values, other->target.values, data->rows * data->outputs),
               "other values");
    FUZZ_CHECK(same(data->target.labels, other->target.labels, data->rows), "other labels");
}
