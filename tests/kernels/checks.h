/*
 * The checks: each looks at one promise of kernels.h, on the instruction set in use. check.c runs
 * them on every set; mutants.c requires that they fail on broken ones.
 */
#ifndef CHECKS_H
#define CHECKS_H

#include "operations.h"
#include "tally.h"

enum check_scope {
    EACH_OPERATION,
    EACH_OPERATION_WITH_FMA, /* not on scalar */
    ONCE                     /* operation is NULL */
};

struct check {
    const char *name; /* ctest calls it kernels_NAME */
    enum check_scope scope;
    void (*run)(struct tally *tally, const struct operation *operation);
};

extern const struct check checks[];
extern const size_t check_count;

/* NULL if there is none of that name. */
const struct check *check_find(const char *name);

/* On eighths, where nothing rounds, results equal the reference; around every edge of a tile. */
void check_exact(struct tally *tally, const struct operation *operation);
/* The bits are those of the fmaf reference. */
void check_bits(struct tally *tally, const struct operation *operation);
/* The bits of products and column sums are those of a plain loop over k. */
void check_chains(struct tally *tally, const struct operation *operation);
/* The bits are the same with 1, 2, 3, 5, 8 threads, within a parallel region, and when several
 * threads call at once. */
void check_threads(struct tally *tally, const struct operation *operation);
/* Errors are within the bounds of the header: uniform, wide and cancelling numbers. */
void check_bounded(struct tally *tally, const struct operation *operation);
/* Errors of the functions of one number, over all exponents and signs. */
void check_ulp(struct tally *tally, const struct operation *operation);
/* NaN, infinities, zeros, denormals: through vectors, products, rows and losses. */
void check_special_vectors(struct tally *tally, const struct operation *operation);
void check_special_products(struct tally *tally, const struct operation *operation);
void check_special_rows(struct tally *tally, const struct operation *operation);
void check_special_losses(struct tally *tally, const struct operation *operation);
/* Products with a packed operand have the bits of the others; their errors. */
void check_packed(struct tally *tally, const struct operation *operation);
/* Layers of bf16: the bits of plain loops, all forms, guard pages; special values and errors. */
void check_bf16(struct tally *tally, const struct operation *operation);
/* Their master weights: updates have the bits of their parts; errors. */
void check_bf16_weights(struct tally *tally, const struct operation *operation);
void check_special_bf16(struct tally *tally, const struct operation *operation);
/* Nothing beyond the named elements is touched. */
void check_memory(struct tally *tally, const struct operation *operation);
/* Bad arguments give the documented status and change nothing. */
void check_errors(struct tally *tally, const struct operation *operation);
/* What is left of the header's errors: those of one function only, and allowed overlaps. */
void check_own_errors(struct tally *tally, const struct operation *operation);
/* LANEWISE_ISA, lw_isa_select and the rest of the questions about sets; statuses and messages. */
void check_isa(struct tally *tally, const struct operation *operation);
/* The function goes through the table of the set in use. */
void check_dispatch(struct tally *tally, const struct operation *operation);
/* Passes and steps of narrow networks: the bits of the general kernels, parts of a batch, guard
 * pages. */
void check_small_net(struct tally *tally, const struct operation *operation);
/* Special numbers in them, and in the lanes that belong to no row. */
void check_special_small_net(struct tally *tally, const struct operation *operation);
void check_small_net_errors(struct tally *tally, const struct operation *operation);
/* Weights in the form of their products: places, forward pass and input gradient have the bits of
 * kernels.h. */
void check_weights(struct tally *tally, const struct operation *operation);
/* Their updates have the bits of a gradient and an update, by ranges of rows, and touch nothing
 * else. */
void check_weights_update(struct tally *tally, const struct operation *operation);
/* The bits of all of them are the same with 1, 2, 3, 5, 8 threads. */
void check_weights_threads(struct tally *tally, const struct operation *operation);
void check_weights_errors(struct tally *tally, const struct operation *operation);

#endif
