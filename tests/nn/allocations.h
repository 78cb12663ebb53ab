/*
 * Counts allocations of the libraries in watched calls. The linker redirects the allocation
 * functions (--wrap); see lanewise_count_allocations() in CMakeLists.txt.
 */
#ifndef LANEWISE_TEST_ALLOCATIONS_H
#define LANEWISE_TEST_ALLOCATIONS_H

#include <lanewise/status.h>
#include <stddef.h>

/* Totals of all watched calls so far. */
size_t allocation_count(void);
size_t allocated_bytes(void);

void watch_allocations(void);
lw_status unwatch_allocations(lw_status status);

#define WATCHED(call) (watch_allocations(), unwatch_allocations(call))

/* Makes the next allocation in a watched call fail, after this many others; once. */
void fail_allocation_after(size_t others);

#endif
