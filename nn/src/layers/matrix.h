/*
 * The matrices of a mini-batch, each in every layout its consumers need: rows of floats, rows of
 * bf16, bf16 in VNNI-2 layout (lanewise/internal/bf16.h). The producer of a matrix writes all
 * layouts that are not NULL. A producer of floats leaves the bf16 layouts to lw_matrix_round.
 */
#ifndef LANEWISE_MATRIX_H
#define LANEWISE_MATRIX_H

#include "base/arena.h"

#include <lanewise/internal/bf16.h>

/* A matrix to write. */
typedef lw_bf16_output lw_matrix;

/* A matrix to read. */
typedef struct lw_operand {
    const float *floats;
    size_t ld_floats;
    const lw_bf16 *rows;
    size_t ld;
    const lw_bf16 *vnni2;
    size_t ld_vnni2;
} lw_operand;

/* A range of rows of a mini-batch or of shards of a layer. */
typedef struct lw_span {
    size_t first, count;
} lw_span;

/* The matrix starting at a row, which is even for VNNI-2 layout. Built member by member: copying
 * the struct and changing the copy causes a store-forwarding stall per layer of a small network. */
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

/* 1 if the producer leaves the bf16 layouts to lw_matrix_round. */
static inline int lw_matrix_is_rounded(const lw_matrix *matrix)
{
    return matrix->floats && matrix->rows;
}

/* Place the float32 or bf16 layouts of a matrix in an arena. vnni2: 1 to include VNNI-2 layout. */
void lw_matrix_place_floats(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols);
void lw_matrix_place_bf16(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols, int vnni2);

/* Appends a section of rows x elements bf16 elements. */
lw_bf16 *lw_arena_bf16(lw_arena *arena, size_t rows, size_t elements);

/* Rounds the first rows x cols floats to the bf16 layouts. */
lw_status lw_matrix_round(const lw_matrix *matrix, size_t rows, size_t cols);

#endif
