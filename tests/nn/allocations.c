#include "allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

static atomic_size_t allocations, bytes_of_all;

/* Check may be linked statically, in which case its allocations arrive here too: only those inside
 * a watched call are counted. */
static atomic_int watching;

size_t allocation_count(void)
{
    return atomic_load(&allocations);
}

size_t allocated_bytes(void)
{
    return atomic_load(&bytes_of_all);
}

void watch_allocations(void)
{
    atomic_store(&watching, 1);
}

lw_status unwatch_allocations(lw_status status)
{
    atomic_store(&watching, 0);
    return status;
}

static atomic_size_t until_failure =
    SIZE_MAX; /* allocations until one fails; SIZE_MAX: none fails */

void fail_allocation_after(size_t others)
{
    atomic_store(&until_failure, others);
}

/* Returns whether the allocation may succeed. */
static int count_allocation(size_t bytes)
{
    if (!atomic_load(&watching))
        return 1;
    atomic_fetch_add(&bytes_of_all, bytes);
    atomic_fetch_add(&allocations, 1);
    return atomic_load(&until_failure) == SIZE_MAX || atomic_fetch_sub(&until_failure, 1) != 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **memory, size_t alignment, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);

void *__wrap_malloc(size_t size)
{
    return count_allocation(size) ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return count_allocation(count * size) ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return count_allocation(size) ? __real_realloc(memory, size) : NULL;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return count_allocation(size) ? __real_aligned_alloc(alignment, size) : NULL;
}

int __wrap_posix_memalign(void **memory, size_t alignment, size_t size)
{
    return count_allocation(size) ? __real_posix_memalign(memory, alignment, size) : ENOMEM;
}
