/*
 * Mutates the header or the data of a safetensors file. Afterwards the header length is correct,
 * and mostly the offsets follow from the shapes and the data have the size that the last offset
 * states. Without this a bias that is too long for its weights needs three changes at once, and was
 * not found in 112000 executions.
 */
#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, HEADER_MAX = 4096 };

static size_t header_length(const uint8_t *bytes, size_t size)
{
    size_t length = 0;
    if (size < LENGTH_BYTES)
        return 0;
    for (int i = LENGTH_BYTES - 1; i >= 0; i--)
        length = length << 8 | bytes[i];
    return length < size - LENGTH_BYTES ? length : size - LENGTH_BYTES;
}

static const char offsets_key[] = "\"data_offsets\":[";

/* The size of a tensor by its type and shape, which are between from and offsets. */
static size_t tensor_bytes(const char *from, const char *offsets)
{
    static const struct {
        const char *type;
        size_t bytes;
    } types[] = {{"\"F32\"", 4}, {"\"F64\"", 8}, {"\"I64\"", 8}, {"16\"", 2}};
    size_t bytes = 1;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const char *type = strstr(from, types[i].type);
        if (type && type < offsets)
            bytes = types[i].bytes;
    }
    const char *shape = strstr(from, "\"shape\":[");
    if (!shape || shape > offsets)
        return bytes;
    for (shape += strlen("\"shape\":["); *shape >= '0' && *shape <= '9'; shape += *shape == ',') {
        char *end;
        const unsigned long size = strtoul(shape, &end, 10);
        bytes *= size < HEADER_MAX ? size : HEADER_MAX;
        bytes = bytes < HEADER_MAX ? bytes : HEADER_MAX;
        shape = end;
    }
    return bytes;
}

/* Rewrites the offsets of all tensors. Returns the new length, or the old one if there is no
 * capacity.
 */
static size_t lay_out(char *header, size_t length, size_t capacity)
{
    char laid[HEADER_MAX + 1];
    size_t used = 0, end = 0;
    const char *at = header;
    if (strlen(header) != length)
        return length;
    for (const char *offsets; (offsets = strstr(at, offsets_key)); at = offsets) {
        const size_t begin = end;
        end += tensor_bytes(at, offsets);
        offsets += sizeof offsets_key - 1;
        const int printed = snprintf(laid + used, sizeof laid - used, "%.*s%zu,%zu",
                                     (int)(offsets - at), at, begin, end);
        if (printed < 0 || (size_t)printed >= sizeof laid - used)
            return length;
        used += (size_t)printed;
        offsets += strcspn(offsets, "]");
    }
    if (strlen(at) > capacity || used > capacity - strlen(at))
        return length;
    memcpy(laid + used, at, strlen(at));
    used += strlen(at);
    memcpy(header, laid, used);
    return used;
}

/* The largest end offset in the header. */
static size_t data_end(const char *header)
{
    size_t largest = 0;
    for (const char *at = header; (at = strstr(at, offsets_key));) {
        unsigned begin, end;
        at += sizeof offsets_key - 1;
        if (sscanf(at, "%u ,%u", &begin, &end) == 2 && end > largest)
            largest = end;
    }
    return largest;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    static uint8_t data[1 << 16];
    char header[HEADER_MAX + 1];
    if (size > capacity)
        size = capacity;
    size_t length = header_length(bytes, size);
    if (seed % 8 == 0 || size < LENGTH_BYTES || length > HEADER_MAX || size > sizeof data)
        return LLVMFuzzerMutate(bytes, size, capacity);
    size_t data_size = size - LENGTH_BYTES - length;
    memcpy(header, bytes + LENGTH_BYTES, length);
    memcpy(data, bytes + LENGTH_BYTES + length, data_size);
    size_t header_capacity = capacity - LENGTH_BYTES - data_size;
    if (header_capacity > HEADER_MAX)
        header_capacity = HEADER_MAX;
    if (seed / 8 % 4 > 0)
        length = LLVMFuzzerMutate((uint8_t *)header, length, header_capacity);
    header[length] = '\0';
    if (seed / 256 % 4 > 0)
        length = lay_out(header, length, header_capacity);
    const size_t data_capacity = capacity - LENGTH_BYTES - length;
    if (seed / 8 % 4 != 1 && data_size > 0)
        data_size = LLVMFuzzerMutate(data, data_size, data_size);
    header[length] = '\0';
    if (seed / 32 % 8 > 0)
        data_size = mutate_resize(data, data_size,
                                  data_capacity < sizeof data ? data_capacity : sizeof data,
                                  data_end(header));

    for (int i = 0; i < LENGTH_BYTES; i++)
        bytes[i] = (uint8_t)(length >> 8 * i);
    memcpy(bytes + LENGTH_BYTES, header, length);
    memcpy(bytes + LENGTH_BYTES + length, data, data_size);
    return LENGTH_BYTES + length + data_size;
}
