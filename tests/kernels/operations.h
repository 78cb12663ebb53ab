/* All computing functions of kernels.h behind one interface. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "problem.h"
#include "reference.h"

enum extents { VECTOR, ROWS, PRODUCT };

struct operation {
    const char *name;
    enum extents extents;
    int needs_columns; /* n = 0 is an error unless rows is 0 */
    int variants; /* number of parameter sets, including optional operands and in-place calls */
    /* Sets parameters and operands, except their memory, for the variant and size. */
    void (*shape)(struct problem *p);
    lw_status (*call)(const struct problem *p);
    /* Exact results and permitted errors, from the operands before the call. */
    void (*reference)(const struct problem *p, struct expected *expected);
};

extern const struct operation operations[];
extern const size_t operation_count;

/* Whether the problem is an lw_sgemm that its header excludes from chain order (a row sum). */
int takes_dot_products(const struct problem *p);

/* The size for which the matrix product of a PRODUCT operation is rows x cols with the given number
 * of steps. */
struct size product_size(const struct operation *operation, size_t rows, size_t cols, size_t steps);

/* Returns NULL for an unknown name. */
const struct operation *operation_find(const char *name);

#endif
