/* Placement and rounding of the matrices of a mini-batch. */
#include "matrix.h"

#include "base/arithmetic.h"

/* Leading dimension of bf16 matrices: one cache line of padding keeps the rows of wide layers from
 * being a multiple of a page apart. line: elements per cache line. */
static size_t padded_ld(size_t cols, size_t line)
{
    return lw_round_up(cols, line) + line;
}

lw_bf16 *lw_arena_bf16(lw_arena *arena, size_t rows, size_t elements)
{
    return (lw_bf16 *)(void *)lw_arena_floats(arena, rows, elements / 2 + elements % 2);
}

void lw_matrix_place_floats(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols)
{
    matrix->ld_floats = cols;
    matrix->floats = lw_arena_floats(arena, rows, cols);
}

void lw_matrix_place_bf16(lw_matrix *matrix, lw_arena *arena, size_t rows, size_t cols, int vnni2)
{
    matrix->ld = padded_ld(cols, (size_t)2 * LW_SECTION);
    matrix->ld_vnni2 = padded_ld(cols, LW_SECTION);
    matrix->rows = lw_arena_bf16(arena, rows, matrix->ld);
    if (vnni2)
        matrix->vnni2 = lw_arena_bf16(arena, rows / 2 + rows % 2, 2 * matrix->ld_vnni2);
}

lw_status lw_matrix_round(const lw_matrix *matrix, size_t rows, size_t cols)
{
    lw_matrix rounded = *matrix;
    rounded.floats = NULL;
    return lw_bf16_gather(rows, cols, matrix->floats, matrix->ld_floats, NULL, &rounded);
}
