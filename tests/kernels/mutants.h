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

struct mutant_list {
    const struct mutant *mutants;
    size_t count;
};

extern const struct mutant_list mutants_of_products, mutants_of_bf16, mutants_of_small_net,
    mutants_of_weights, mutants_of_the_rest;

/* The good table that mutants are built on: their functions go on to its. */
extern const struct lw_isa *good_isa;

#endif
