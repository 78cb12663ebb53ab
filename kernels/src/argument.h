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
struct lw_operand lw_vector_operand(const char *name, const void *data, size_t n);

/* The operand, or an empty one if its data is NULL: for arguments that may be left out. */
struct lw_operand lw_optional_operand(struct lw_operand x);

/* Non-NULL unless empty, ld >= cols, extent within size_t. */
lw_status lw_check_operand(const char *function, const struct lw_operand *x);

/* Checks others, and that output shares memory with none of them. */
lw_status lw_check_output(const char *function, const struct lw_operand *output,
                          const struct lw_operand *others, size_t count);

/* output may be one of the others in place, or share nothing with them. */
lw_status lw_check_in_place(const char *function, const struct lw_operand *output,
                            const struct lw_operand *others, size_t count);

/* LW_EINVAL for softmax and for values outside the enumeration. */
lw_status lw_check_elementwise(const char *function, lw_activation activation);

#endif
