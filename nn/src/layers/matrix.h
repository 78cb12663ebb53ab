/*
 * Matrices of a mini-batch in the forms that their readers want. The producer of a matrix writes
 * every form that is not NULL, with one exception: a producer of floats leaves the bf16 forms to
 * lw_matrix_round.
 */
#ifndef LANEWISE_MATRIX_H
#define LANEWISE_MATRIX_H

#include "base/arena.h"

#include <lanewise/internal/bf16.h>

/* Written: rows of floats, rows of bf16, pairs of rows of bf16 (lanewise/internal/bf16.h). */
typedef lw_bf16_output lw_matrix;

/* The same, read. */
typedef struct lw_operand {
    const float *floats;
    size_t ld_floats;
    const lw_bf16 *rows;
    size_t ld;
    const lw_bf16 *vnni2;
    size_t ld_vnni2;
} lw_operand;

/* A range of rows of a mini-batch, or of the shards of a layer. */
typedef struct lw_span {
    size_t first, count;
} lw_span;

/* Part of a matrix from a row on; an even row where there are pairs. Built field by field: a struct that is copied and then
 * changed costs a small step a failed store forwarding for each layer. */
static inline lw_matrix lw_matrix_from(const lw_matrix *matrix, size_t row)
{
    return (lw_matrix){.rows = matrix->rows ? matrix->rows + row * matrix->ld : NULL,
                       .ld = matrix->ld,
                       .vnni2 = matrix->vnni2 ? matrix->vnni2 + row * matrix->ld_vnni2 : NULL,
                       .ld_vnni2 = matrix->ld_vnni2,
                       .floats = matrix->floats ? matrix->floats + row * matrix->ld_floats : NULL,
                       .ld_floats = matrix->ld_floats};
}

static inline lw_operand lw_operand_from(const lw_matrix *matrix, size_t row)
{
    return (lw_operand){.floats = matrix->floats ? matrix->floats + row * matrix->ld_floats : NULL,
                        .ld_floats = matrix->ld_floats,
                        .rows = matrix->rows ? matrix->rows + row * matrix->ld : NULL,
                        .ld = matrix->ld,
                        .vnni2 = matrix->vnni2 ? matrix->vnni2 + row * matrix->ld_vnni2 : NULL,
                        .ld_vnni2 = matrix->ld_vnni2};
}

/* Whether its producer leaves bf16 forms to lw_matrix_round. */
static inline int lw_matrix_is_rounded(const lw_matrix *matrix)
{
    return matrix->floats && matrix->rows;
}

/* Places a matrix of floats, and one of bf16, with pairs or without, in an arena. */
void lw_matrix_place_floats(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols);
void lw_matrix_place_bf16(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols, int vnni2);

/* A section for elements of bf16. */
lw_bf16 *lw_arena_bf16(lw_arena *arena, size_t rows, size_t elements);

/* Writes the bf16 forms of some rows of such a matrix. */
lw_status lw_matrix_round(const lw_matrix *matrix, size_t rows, size_t cols);

#endif
