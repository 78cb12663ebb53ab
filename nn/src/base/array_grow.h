/* Arrays that grow by doubling. */
#ifndef LANEWISE_ARRAY_GROW_H
#define LANEWISE_ARRAY_GROW_H

#include <stddef.h>

/*
 * Gives array (NULL at first, then with *capacity 0) room for needed elements of width bytes.
 * Returns where it lies now; NULL, with everything as it was, if there is no memory.
 */
void *lw_array_grow(void *array, size_t *capacity, size_t needed, size_t width);

#endif
