/* The current instruction set. A kernel calls lw_isa_current once and passes the set on, so that no
 * product mixes sets. */
#ifndef LANEWISE_DISPATCH_H
#define LANEWISE_DISPATCH_H

#include "isa_table.h"

#include <lanewise/internal/isa.h>

/* isa, or its half-width variant if it has one and `columns` fit half a vector. Bit-identical; see
 * "Half-width vectors" in docs/measurements.md. */
const struct lw_isa *lw_isa_half_width(const struct lw_isa *isa, size_t columns);

/* lw_isa_half_width of the current set. */
const struct lw_isa *lw_isa_for_columns(size_t columns);

/* The compiled-in table of that name; NULL if there is none or this machine cannot run it. */
const struct lw_isa *lw_isa_find(const char *name);

/* Selects any table, also one that is not in the list. For tests: mutants and reference kernels. */
void lw_isa_use(const struct lw_isa *isa);

/* Selects again by the environment and the machine. For tests. */
void lw_isa_reset(void);

#endif
