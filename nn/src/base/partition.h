/* Division of n rows into contiguous parts whose sizes differ by at most one. */
#ifndef LANEWISE_PARTITION_H
#define LANEWISE_PARTITION_H

#include <stddef.h>
#include <stdint.h>

typedef struct lw_range {
    size_t begin, end;
} lw_range;

/* floor(total * part / parts): the first row of a part; for part == parts the end of the last one.
 * The two terms do not overflow if part and parts are at most UINT32_MAX. */
static inline size_t lw_partition_begin(size_t total, size_t part, size_t parts)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): callers pass parts > 0 */
    return total / parts * part + total % parts * part / parts;
}

/* The rows of a part. */
static inline lw_range lw_partition_range(size_t total, size_t part, size_t parts)
{
    return (lw_range){lw_partition_begin(total, part, parts),
                      lw_partition_begin(total, part + 1, parts)};
}

#endif
