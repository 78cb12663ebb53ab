/*
 * Mutates the header or the data of a safetensors file. The length in front is put right, and the data are given as
 * many bytes as the last offset says.
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

/* The largest end of data that the header speaks of. */
static size_t data_end(const char *header)
{
    size_t largest = 0;
    for (const char *at = header; (at = strstr(at, "\"data_offsets\":["));) {
        unsigned begin, end;
        at += strlen("\"data_offsets\":[");
        if (sscanf(at, "%u ,%u", &begin, &end) == 2 && end > largest)
            largest = end;
    }
    return largest;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed)
{
    static uint8_t data[1 << 16];
    char header[HEADER_MAX + 1];
    if (size > room)
        size = room;
    size_t length = header_length(bytes, size);
    if (seed % 8 == 0 || size < LENGTH_BYTES || length > HEADER_MAX || size > sizeof data)
        return LLVMFuzzerMutate(bytes, size, room);
    size_t data_size = size - LENGTH_BYTES - length;
    memcpy(header, bytes + LENGTH_BYTES, length);
    memcpy(data, bytes + LENGTH_BYTES + length, data_size);
    size_t header_room = room - LENGTH_BYTES - data_size;
    if (header_room > HEADER_MAX)
        header_room = HEADER_MAX;
    if (seed / 8 % 4 > 0)
        length = LLVMFuzzerMutate((uint8_t *)header, length, header_room);
    const size_t data_room = room - LENGTH_BYTES - length;
    if (seed / 8 % 4 != 1 && data_size > 0)
        data_size = LLVMFuzzerMutate(data, data_size, data_size);
    header[length] = '\0';
    if (seed / 32 % 8 > 0)
        data_size = mutate_resize(
            data, data_size, data_room < sizeof data ? data_room : sizeof data, data_end(header));

    for (int i = 0; i < LENGTH_BYTES; i++)
        bytes[i] = (uint8_t)(length >> 8 * i);
    memcpy(bytes + LENGTH_BYTES, header, length);
    memcpy(bytes + LENGTH_BYTES + length, data, data_size);
    return LENGTH_BYTES + length + data_size;
}
