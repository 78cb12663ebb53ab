/* Aligned memory for large arrays, and checks of the sizes of operands. */
#ifndef LANEWISE_MEMORY_H
#define LANEWISE_MEMORY_H

#include <lanewise/status.h>
#include <stddef.h>

enum { LW_ALIGNMENT = 64 }; /* bytes: a cache line, and the widest vector */

/* Allocates bytes, a multiple of LW_ALIGNMENT, aligned to LW_ALIGNMENT and for large sizes in huge
 * pages. Release with free. Returns NULL if there is no memory. */
void *lw_alloc_aligned(size_t bytes);

/* Allocates count zeroed floats with lw_alloc_aligned. */
float *lw_alloc_floats(size_t count);

/* Returns LW_EINVAL if rows x columns elements of 32 bits exceed PTRDIFF_MAX bytes. name: the
 * operand, for the message. */
lw_status lw_check_rows(const char *name, size_t rows, size_t columns);

/* Returns 1 if two arrays of floats share memory; 0 if one is NULL. */
int lw_overlap(const float *a, size_t a_count, const float *b, size_t b_count);

/* Records "SUBJECT: no memory for WHAT" and returns LW_ENOMEM. subject: a path or a function.
 * Inline because gcc's analyser must see that it never returns LW_OK. */
static inline lw_status lw_no_memory(const char *subject, const char *what)
{
    return lw_fail(LW_ENOMEM, "%s: no memory for %s", subject, what);
}

#endif
