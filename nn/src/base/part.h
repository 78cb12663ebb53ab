/* Parts of a number of rows, contiguous and as equal as they can be. */
#ifndef LANEWISE_PART_H
#define LANEWISE_PART_H

#include <stddef.h>
#include <stdint.h>

/* floor(total part / of), where part number `part` of so many begins; that of number `of` is the end. In two terms that do
 * not overflow, for part and of up to UINT32_MAX. */
static inline size_t lw_part_begin(size_t total, size_t part, size_t of)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): nobody asks for the parts of none */
    return total / of * part + total % of * part / of;
}

#endif
