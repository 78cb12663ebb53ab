/*
 * Matrices of a mini-batch in the forms that their readers want. The producer of a matrix writes every form that is not
 * NULL, with one exception: a producer of floats leaves the bf16 forms to lw_matrix_round.
 */
#ifndef LANEWISE_MATRIX_H
#define LANEWISE_MATRIX_H

#include "base/arena.h"

#include <lanewise/bf16.h>

/* Written: rows of floats, rows of bf16, pairs of rows of bf16 (lanewise/bf16.h). */
typedef lw_bf16_output lw_matrix;

/* The same, read. */
typedef struct lw_operand {
    const float *floats;
    size_t ld_floats;
    const lw_bf16 *rows;
    size_t ld;
    const lw_bf16 *pairs;
    size_t ld_pairs;
} lw_operand;

/* A range of rows of a mini-batch, or of the shards of a layer. */
typedef struct lw_span {
    size_t first, count;
} lw_span;

/* Part of a matrix from a row on; an even row where there are pairs. */
static inline lw_matrix lw_matrix_from(const lw_matrix *matrix, size_t row)
{
    lw_matrix from = *matrix;
    if (from.floats)
        from.floats += row * from.ld_floats;
    if (from.rows)
        from.rows += row * from.ld;
    if (from.pairs)
        from.pairs += row * from.ld_pairs;
    return from;
}

static inline lw_operand lw_operand_from(const lw_matrix *matrix, size_t row)
{
    const lw_matrix from = lw_matrix_from(matrix, row);
    return (lw_operand){from.floats, from.ld_floats, from.rows, from.ld, from.pairs, from.ld_pairs};
}

/* Places a matrix of floats, and one of bf16, with pairs or without, in an arena. */
void lw_matrix_place_floats(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols);
void lw_matrix_place_bf16(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols, int pairs);

/* A section for elements of bf16. */
lw_bf16 *lw_arena_bf16(lw_arena *arena, size_t rows, size_t elements);

/* Writes the bf16 forms of some rows of a matrix that has both them and floats. */
lw_status lw_matrix_round(const lw_matrix *matrix, size_t rows, size_t cols);

#endif
