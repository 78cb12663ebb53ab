#include "mutate.h"

#include <string.h>

enum { FILE_MAX = 1 << 16 };

size_t mutate_resize(uint8_t *bytes, size_t size, size_t capacity, size_t wanted)
{
    if (wanted > capacity)
        return size;
    if (wanted > size)
        memset(bytes + size, 0, wanted - size);
    return wanted;
}

/* LLVMFuzzerMutate writes a byte even if there is no space. */
static size_t mutate_one(uint8_t *bytes, size_t size, size_t capacity, unsigned seed,
                         mutate_file mutate)
{
    return capacity > 0 ? mutate(bytes, size, capacity, seed) : size;
}

size_t mutate_files(uint8_t *bytes, size_t size, size_t capacity, unsigned seed, mutate_file mutate)
{
    static uint8_t first[FILE_MAX], second[FILE_MAX];
    if (size > capacity)
        size = capacity;
    if (capacity < FUZZ_LENGTH_BYTES || size > FILE_MAX)
        return LLVMFuzzerMutate(bytes, size, capacity);
    const fuzz_files files = fuzz_split(bytes, size);
    size_t first_size = files.first_size, second_size = files.second_size;
    size_t rest = capacity - FUZZ_LENGTH_BYTES;
    if (rest >= FILE_MAX)
        rest = FILE_MAX - 1;
    memcpy(first, files.first, first_size);
    memcpy(second, files.second, second_size);
    const unsigned which = seed % 5;
    if (which == 4) { /* a copy of the first: labels that are values, images that are labels */
        memcpy(second, first, first_size);
        second_size = first_size < rest - first_size ? first_size : rest - first_size;
    }
    if (which == 0 || which == 1 || which == 3)
        first_size = mutate_one(first, first_size, rest - second_size, seed / 5, mutate);
    if (which == 0 || which == 2)
        second_size = mutate_one(second, second_size, rest - first_size, seed / 7, mutate);
    bytes[0] = (uint8_t)first_size;
    bytes[1] = (uint8_t)(first_size >> 8);
    memcpy(bytes + FUZZ_LENGTH_BYTES, first, first_size);
    memcpy(bytes + FUZZ_LENGTH_BYTES + first_size, second, second_size);
    return FUZZ_LENGTH_BYTES + first_size + second_size;
}
