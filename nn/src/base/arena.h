/*
 * An arena: sections of floats, one after the other in one block, each padded to whole cache lines
 * so that no two share one. The same code measures and places: with memory NULL it only counts and
 * returns NULL pointers.
 */
#ifndef LANEWISE_ARENA_H
#define LANEWISE_ARENA_H

#include "memory.h"

#include <stdint.h>

/* Floats in whole multiples of which sections are padded. */
enum { LW_SECTION = LW_ALIGNMENT / sizeof(float) };

typedef struct lw_arena {
    float *memory; /* NULL: measuring */
    size_t count;  /* floats so far */
    int overflow;  /* a size exceeded PTRDIFF_MAX bytes */
} lw_arena;

/* count rounded up to whole sections. */
static inline size_t lw_section_floats(size_t count)
{
    return (count + LW_SECTION - 1) / LW_SECTION * LW_SECTION;
}

/* The next section, of rows x cols floats. */
static inline float *lw_arena_floats(lw_arena *arena, size_t rows, size_t cols)
{
    const size_t max = PTRDIFF_MAX / sizeof(float);
    float *section = arena->memory ? arena->memory + arena->count : NULL;
    size_t count;
    if (__builtin_mul_overflow(rows, cols, &count) || count > max - LW_SECTION ||
        lw_section_floats(count) > max - arena->count)
        arena->overflow = 1;
    else
        arena->count += lw_section_floats(count);
    return section;
}

#endif
