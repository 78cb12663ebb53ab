/* Dynamic arrays with doubling capacity. */
#ifndef LANEWISE_ARRAY_GROW_H
#define LANEWISE_ARRAY_GROW_H

#include <stddef.h>

/*
 * Reallocates array so that it has a capacity of at least `needed` elements of `width` bytes. The
 * first call passes array NULL and *capacity 0. Returns the new address and updates *capacity.
 * Returns NULL if there is no memory; array and *capacity are then unchanged.
 */
void *lw_array_grow(void *array, size_t *capacity, size_t needed, size_t width);

#endif
