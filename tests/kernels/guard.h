/* Memory between two guard pages, which fault when accessed. */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>

/* The end of the memory that is adjacent to a guard page. The other end is up to a page away from
 * one. */
enum guard_side { GUARD_AFTER, GUARD_BEFORE };

struct guard {
    void *data; /* NULL if the system gave no memory */
    void *map;
    size_t map_bytes;
};

struct guard guard_alloc(size_t bytes, enum guard_side side);
void guard_free(struct guard *guard);

/* Calls function(argument). Returns 1 if it accessed a guard page, 0 if it returned. Only for
 * functions that run on the calling thread and hold no resources. */
int guard_trap(void (*function)(void *), void *argument);

#endif
