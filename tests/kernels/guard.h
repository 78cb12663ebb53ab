/* Memory between two pages that must not be touched. */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>

/* Which end of the memory lies directly at an untouchable page. The other end is up to a page
 * away from one. */
enum guard_side { GUARD_AFTER, GUARD_BEFORE };

struct guard {
    void *data; /* NULL if the system gave no memory */
    void *map;
    size_t map_bytes;
};

struct guard guard_alloc(size_t bytes, enum guard_side side);
void guard_free(struct guard *guard);

/*
 * Calls function(argument); 1 if that touched memory it must not touch, 0 if it came back by
 * itself. Only for code that runs on the calling thread and holds no resources.
 */
int guard_trap(void (*function)(void *), void *argument);

#endif
