/* Mutants: instruction sets with a deliberate error. */
#ifndef MUTANTS_H
#define MUTANTS_H

#include "operations.h"

#include "dispatch.h"

struct mutant {
    const char *name;
    const char *check;     /* must detect it */
    const char *operation; /* of the check; NULL for checks of scope ONCE */
    /* Modifies a copy of a correct table; if NULL, call replaces the operation's. */
    void (*edit)(struct lw_isa *isa);
    lw_status (*call)(const struct problem *p);
};

struct mutant_list {
    const struct mutant *mutants;
    size_t count;
};

extern const struct mutant_list mutants_of_products, mutants_of_bf16, mutants_of_small_net,
    mutants_of_weights, mutants_of_the_rest;

/* The correct table that mutants modify and forward to. */
extern const struct lw_isa *good_isa;

#endif
