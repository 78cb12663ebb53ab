/* Mutates a NumPy file, then makes the header length and the number of elements consistent. */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

enum { PREFIX_BYTES = 10, TEXT_MAX = 200 };

/* The size of the elements by the text of a header; SIZE_MAX if it has no shape or type. */
static size_t promised(const char *text)
{
    unsigned rows, columns = 1;
    size_t width = 0;
    const char *shape = strstr(text, "'shape': ("), *descr = strstr(text, "'descr': '");
    if (!shape || !descr || sscanf(shape + 10, "%u , %u", &rows, &columns) < 1)
        return SIZE_MAX;
    descr += 10;
    if (strlen(descr) > 2 && descr[2] >= '0' && descr[2] <= '9')
        width = (size_t)(descr[2] - '0');
    return (size_t)rows * columns * width;
}

static size_t mutate(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    size = LLVMFuzzerMutate(bytes, size, capacity);
    if (seed % 8 == 0 || size < PREFIX_BYTES)
        return size;
    char text[TEXT_MAX + 1] = "";
    size_t length = 0;
    while (length < TEXT_MAX && PREFIX_BYTES + length < size &&
           (length == 0 || text[length - 1] != '\n')) {
        text[length] = (char)bytes[PREFIX_BYTES + length];
        length++;
    }
    text[length] = '\0';
    bytes[8] = (uint8_t)length;
    bytes[9] = 0;
    const size_t elements = promised(text);
    return elements > capacity
               ? size
               : mutate_resize(bytes, size, capacity, PREFIX_BYTES + length + elements);
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t capacity, unsigned seed)
{
    return mutate_files(bytes, size, capacity, seed, mutate);
}
