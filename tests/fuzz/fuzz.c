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

lw_shard fuzz_shard(const uint8_t *bytes, size_t size)
{
    const size_t drawn = size == 0 ? 0 : bytes[size - 1] + 256 * (size_t)bytes[size / 2];
    const size_t of = 1 + drawn % 5, begin = drawn / 5 % (of + 1);
    return (lw_shard){begin, begin + drawn / 30 % (of - begin + 1), of};
}

void fuzz_check_part(lw_status status, lw_dataset *part, const lw_shard *shard,
                     const lw_dataset *whole)
{
    const lw_dataset untouched = FUZZ_UNTOUCHED;
    if (status != LW_OK) {
        FUZZ_CHECK(!whole, "all is read, but not a shard: %s", lw_last_error());
        FUZZ_CHECK(memcmp(part, &untouched, sizeof *part) == 0, "changed by a failure");
        return;
    }
    lw_dataset expected;
    if (whole) {
        FUZZ_CHECK(lw_dataset_shard(whole, shard, &expected) == LW_OK, "no shard: %s",
                   lw_last_error());
        fuzz_same_data(&expected, part);
        lw_dataset_free(&expected);
    }
    FUZZ_CHECK(part->rows == 0 || lw_dataset_check(part) == LW_OK, "a shard is read, but %s",
               lw_last_error());
    lw_dataset_free(part);
}
