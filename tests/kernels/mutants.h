/* Broken instruction sets. */
#ifndef MUTANTS_H
#define MUTANTS_H

#include "operations.h"

#include "dispatch.h"

struct mutant {
    const char *name;
    const char *check, *operation; /* what has to catch it; no operation for checks of scope ONCE */
    /* Breaks a copy of a good table, or, if NULL, call replaces the operation's. */
    void (*edit)(struct lw_isa *isa);
    lw_status (*call)(const struct problem *p);
};

extern const struct mutant mutants[];
extern const size_t mutant_count;

/* Builds the mutants on this good table: their functions go on to its. */
void mutants_base(const struct lw_isa *isa);

#endif
