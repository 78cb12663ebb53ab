/* Block sizes of the matrix product, from the cache sizes of the machine. */
#ifndef LANEWISE_BLOCKING_H
#define LANEWISE_BLOCKING_H

#include "isa_table.h"

#include <lanewise/internal/cache.h>

/* A block of A is mc x kc, a panel of B kc x nc. */
struct lw_blocking {
    size_t mc, kc, nc;
};

/* For a product of k steps; mc and nc are multiples of the tile's rows and columns. */
struct lw_blocking lw_blocking_of(const struct lw_isa *isa, size_t k);

/* The maximum number of steps in a block of k. */
enum { LW_BLOCKING_WHOLE_STEPS = 1024 };

/* Upper bounds of mc * kc + kc * nc for any set and k. */
enum { LW_BLOCKING_MAX_FLOATS = 5 << 19 };

#endif
