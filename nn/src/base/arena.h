/*
 * An arena: sections of floats in one block, each padded to whole cache lines so that no two share
 * a line. The same code measures and places: with memory NULL it only counts and returns NULL.
 */
#ifndef LANEWISE_ARENA_H
#define LANEWISE_ARENA_H

#include "arithmetic.h"
#include "memory.h"

#include <stdint.h>

/* Sections are padded to multiples of this number of floats. */
enum { LW_SECTION = LW_ALIGNMENT / sizeof(float) };

typedef struct lw_arena {
    float *memory; /* NULL: measuring */
    size_t count;  /* floats so far */
    int overflow;  /* a size exceeded PTRDIFF_MAX bytes */
} lw_arena;

/* count rounded up to whole sections. */
static inline size_t lw_section_floats(size_t count)
{
    return lw_round_up(count, LW_SECTION);
}

/* Appends a section of rows x cols floats. */
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
