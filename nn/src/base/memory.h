/* Memory for large arrays of floats. */
#ifndef LANEWISE_MEMORY_H
#define LANEWISE_MEMORY_H

#include <lanewise/status.h>
#include <stddef.h>

enum { LW_ALIGNMENT = 64 }; /* bytes: a cache line, and the widest vector */

/* bytes, a multiple of LW_ALIGNMENT, on such a boundary, and in huge pages where there are many; released with
 * free. NULL if there is no memory. */
void *lw_alloc_aligned(size_t bytes);

/* Zeroed floats, of the same kind. */
float *lw_alloc_floats(size_t count);

/* LW_EINVAL for more floats, or numbers of 32 bits, than an operand of that name can have in any memory. */
lw_status lw_check_rows(const char *name, size_t rows, size_t columns);

/* Whether two arrays of floats, of so many each, share memory; not if one is NULL. */
int lw_overlap(const float *a, size_t a_count, const float *b, size_t b_count);

#endif
