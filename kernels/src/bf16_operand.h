/* Operands of bf16 as matrices of floats with the same bytes, for the checks of argument.h. */
#ifndef LANEWISE_BF16_OPERAND_H
#define LANEWISE_BF16_OPERAND_H

#include "argument.h"

#include <lanewise/internal/bf16.h>

/* Pairs are passed as floats with the same bits. */
static inline float *lw_bf16_as_floats(lw_bf16 *vnni2)
{
    return (float *)(void *)vnni2;
}

static inline const float *lw_bf16_floats(const lw_bf16 *vnni2)
{
    return (const float *)(const void *)vnni2;
}

/* Rounded up to whole floats. */
static inline struct lw_operand lw_bf16_vector_operand(const char *name, const lw_bf16 *x, size_t n)
{
    return lw_vector_operand(name, x, n / 2 + n % 2);
}

static inline struct lw_operand lw_bf16_rows_operand(const char *name, const lw_bf16 *x,
                                                     size_t rows, size_t cols, size_t ld)
{
    const struct lw_operand operand = {name, x, rows, cols / 2 + cols % 2, ld / 2};
    return operand;
}

static inline struct lw_operand lw_bf16_vnni2_operand(const char *name, const lw_bf16 *x,
                                                      size_t rows, size_t cols, size_t ld)
{
    const struct lw_operand operand = {name, x, rows / 2 + rows % 2, cols, ld};
    return operand;
}

/* Packed weights of k steps and n results. */
struct lw_operand lw_bf16_packed_operand(const char *name, const lw_bf16 *x, size_t k, size_t n);

/* Returns LW_EINVAL for an odd or too small leading dimension of rows. */
lw_status lw_bf16_check_ld(const char *function, const char *name, size_t cols, size_t ld);

/* Checks all layouts of an output, and that they share no memory with each other and the others. */
lw_status lw_bf16_check_output(const char *function, size_t rows, size_t cols,
                               const lw_bf16_output *output, const char *name,
                               const struct lw_operand *others, size_t count);

#endif
