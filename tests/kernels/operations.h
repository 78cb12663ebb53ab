/* Every function of kernels.h that computes, callable in one way. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "problem.h"
#include "reference.h"

enum extents { VECTOR, ROWS, PRODUCT };

struct operation {
    const char *name;
    enum extents extents;
    int needs_columns; /* n = 0 is an error unless there are no rows either */
    int variants;      /* of parameters, and of operands that may be left out or in place */
    /* Sets parameters and operands (all but their memory) from variant and size. */
    void (*shape)(struct problem *p);
    lw_status (*call)(const struct problem *p);
    /* Exact results and allowed errors from what the operands held before the call. */
    void (*reference)(const struct problem *p, struct expected *expected);
};

extern const struct operation operations[];
extern const size_t operation_count;

/* Whether the problem is one of lw_sgemm that its header takes out of the order of the chain. */
int takes_dot_products(const struct problem *p);

/* The size of which a PRODUCT operation's matrix product is rows x cols, of so many steps. */
struct size product_size(const struct operation *operation, size_t rows, size_t cols, size_t steps);

/* NULL if there is none of that name. */
const struct operation *operation_find(const char *name);

#endif
