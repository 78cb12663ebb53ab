/* Checks of arguments, shared by all public functions. */
#ifndef LANEWISE_ARGUMENT_H
#define LANEWISE_ARGUMENT_H

#include <lanewise/kernels.h>

/* A row-major matrix argument; a vector of n is a matrix of one row. */
struct lw_operand {
    const char *name;
    const void *data; /* of floats, or of int32_t */
    size_t rows, cols, ld;
};

/* A vector argument. */
static inline struct lw_operand lw_vector_operand(const char *name, const void *data, size_t n)
{
    const struct lw_operand x = {name, data, n > 0, n, n};
    return x;
}

/* The operand, or an empty one if its data is NULL, for optional arguments. */
static inline struct lw_operand lw_optional_operand(struct lw_operand x)
{
    if (!x.data)
        x.rows = x.cols = 0;
    return x;
}

/* Requires data (unless empty), ld >= cols, and an extent within size_t. */
lw_status lw_check_operand(const char *function, const struct lw_operand *x);

/* lw_check_output and lw_check_in_place for more operands. */
lw_status lw_check_all(const char *function, const struct lw_operand *output,
                       const struct lw_operand *others, size_t count, int in_place);

/* Fast check: whether an operand is not empty and so small that its extent cannot overflow. *bytes
 * receives its size. */
static inline int lw_span_at_sight(const struct lw_operand *x, uintptr_t *begin, uintptr_t *end)
{
    const size_t small = 1u << 30;
    *begin = (uintptr_t)x->data;
    *end = *begin + ((x->rows - 1) * x->ld + x->cols) * sizeof(float);
    return x->data && x->rows - 1 < small && x->ld <= small && x->cols - 1 < x->ld;
}

/* The same for an output and operands that do not share memory with it. */
static inline int lw_valid_at_sight(const struct lw_operand *output,
                                    const struct lw_operand *others, size_t count)
{
    uintptr_t begin, end, other_begin, other_end;
    int valid = lw_span_at_sight(output, &begin, &end);
    for (size_t i = 0; i < count; i++) {
        valid &= lw_span_at_sight(&others[i], &other_begin, &other_end);
        valid &= (end <= other_begin) | (other_end <= begin);
    }
    return valid;
}

/* Checks others, and that output shares memory with none of them. The common case is inlined: its
 * cost must be below that of a 2 x 2 product. */
static inline lw_status lw_check_output(const char *function, const struct lw_operand *output,
                                        const struct lw_operand *others, size_t count)
{
    return lw_valid_at_sight(output, others, count)
               ? LW_OK
               : lw_check_all(function, output, others, count, 0);
}

/* output may be identical to one of the others, or share no memory with them. */
static inline lw_status lw_check_in_place(const char *function, const struct lw_operand *output,
                                          const struct lw_operand *others, size_t count)
{
    return lw_check_all(function, output, others, count, 1);
}

#endif
