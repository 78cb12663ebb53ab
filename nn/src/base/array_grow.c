/* Dynamic arrays with doubling capacity. */
#include "array_grow.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

void *lw_array_grow(void *array, size_t *capacity, size_t needed, size_t width)
{
    if (array && needed <= *capacity)
        return array;
    size_t larger = *capacity > SIZE_MAX / 2 ? SIZE_MAX : 2 * *capacity;
    if (larger < FIRST_CAPACITY)
        larger = FIRST_CAPACITY;
    if (larger < needed)
        larger = needed;
    if (larger > SIZE_MAX / width)
        return NULL;
    void *moved = realloc(array, larger * width);
    if (moved)
        *capacity = larger;
    return moved;
}
