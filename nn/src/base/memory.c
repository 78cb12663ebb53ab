/* Memory for large arrays of floats, in huge pages where there are many. */
#define _DEFAULT_SOURCE /* madvise */

#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

/* From so many bytes on, pages of 2 MB: rows drawn at random from 188 MB otherwise miss the translation of nearly
 * every page. */
enum { HUGE_PAGE = 2 << 20, LEAST_HUGE = 8 << 20 };

void *lw_alloc_aligned(size_t bytes)
{
    const int huge = bytes >= LEAST_HUGE;
    if (bytes > SIZE_MAX - HUGE_PAGE)
        return NULL;
    /* aligned_alloc wants whole pages; the rest of the last one is never touched. */
    const size_t pages = (bytes + HUGE_PAGE - 1) / HUGE_PAGE;
    void *memory =
        huge ? aligned_alloc(HUGE_PAGE, pages * HUGE_PAGE) : aligned_alloc(LW_ALIGNMENT, bytes);
#if defined(MADV_HUGEPAGE)
    /* A wish: where it is not granted, the pages are small. */
    if (memory && huge)
        (void)madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return memory;
}

float *lw_alloc_floats(size_t count)
{
    const size_t line = LW_ALIGNMENT / sizeof(float);
    if (count > SIZE_MAX / sizeof(float) - line)
        return NULL;
    const size_t bytes = (count + line - 1) / line * LW_ALIGNMENT;
    float *floats = lw_alloc_aligned(bytes);
    if (floats)
        memset(floats, 0, bytes);
    return floats;
}

lw_status lw_check_rows(const char *name, size_t rows, size_t columns)
{
    size_t count;
    if (__builtin_mul_overflow(rows, columns, &count) || count > PTRDIFF_MAX / sizeof(float))
        return lw_fail(LW_EINVAL, "%s of %zu rows x %zu columns overflows the address space", name,
                       rows, columns);
    return LW_OK;
}

int lw_overlap(const float *a, size_t a_count, const float *b, size_t b_count)
{
    const uintptr_t a_begin = (uintptr_t)a, b_begin = (uintptr_t)b;
    return a && b && a_begin < b_begin + b_count * sizeof *b &&
           b_begin < a_begin + a_count * sizeof *a;
}
