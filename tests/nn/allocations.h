/*
 * Allocations of the libraries in calls that are watched. The linker turns them into calls of the functions here (--wrap):
 * lanewise_count_allocations() in CMakeLists.txt.
 */
#ifndef LANEWISE_TEST_ALLOCATIONS_H
#define LANEWISE_TEST_ALLOCATIONS_H

#include <lanewise/status.h>
#include <stddef.h>

/* Of all watched calls so far. */
size_t allocation_count(void);
size_t allocated_bytes(void);

void watch_allocations(void);
lw_status unwatch_allocations(lw_status status);

#define WATCHED(call) (watch_allocations(), unwatch_allocations(call))

/* The allocation that comes next in a watched call, after so many others, finds no memory; once. */
void fail_allocation_after(size_t others);

#endif
