/* The checks. Each tests one guarantee of kernels.h on the current instruction set. check.c runs
 * them on every set; mutants.c requires that they fail on broken ones. */
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
    const char *name; /* ctest runs it as kernels_NAME */
    enum check_scope scope;
    void (*run)(struct tally *tally, const struct operation *operation);
};

extern const struct check checks[];
extern const size_t check_count;

/* Returns NULL for an unknown name. */
const struct check *check_find(const char *name);

/* Multiples of 1/8, which no operation rounds: results equal the reference. Sizes around every tile
 * edge. */
void check_exact(struct tally *tally, const struct operation *operation);
/* Results have the bits of the fmaf reference. */
void check_bits(struct tally *tally, const struct operation *operation);
/* Results of products and column sums have the bits of a plain loop over k. */
void check_chains(struct tally *tally, const struct operation *operation);
/* Results have the same bits with 1, 2, 3, 5 and 8 threads, within a parallel region, and with
 * concurrent callers. */
void check_threads(struct tally *tally, const struct operation *operation);
/* Errors are within the bounds of the header, for uniform, wide-range and cancelling inputs. */
void check_bounded(struct tally *tally, const struct operation *operation);
/* Errors of elementwise functions, over all exponents and signs. */
void check_ulp(struct tally *tally, const struct operation *operation);
/* NaN, infinities, zeros and denormals in vectors, products, rows and losses. */
void check_special_vectors(struct tally *tally, const struct operation *operation);
void check_special_products(struct tally *tally, const struct operation *operation);
void check_special_rows(struct tally *tally, const struct operation *operation);
void check_special_losses(struct tally *tally, const struct operation *operation);
/* Products with a packed operand have the bits of the unpacked ones; their errors. */
void check_packed(struct tally *tally, const struct operation *operation);
/* Layers of bf16: bits of plain loops, all layouts, guard pages, special values, errors. */
void check_bf16(struct tally *tally, const struct operation *operation);
/* Master weights of bf16 layers: updates have the bits of their parts; errors. */
void check_bf16_weights(struct tally *tally, const struct operation *operation);
void check_special_bf16(struct tally *tally, const struct operation *operation);
/* Calls access only the documented elements. */
void check_memory(struct tally *tally, const struct operation *operation);
/* Invalid arguments return the documented status and change nothing. */
void check_errors(struct tally *tally, const struct operation *operation);
/* Other errors of the header: those of single functions, and permitted overlaps. */
void check_own_errors(struct tally *tally, const struct operation *operation);
/* LANEWISE_ISA, lw_isa_select and other functions for instruction sets; statuses and messages. */
void check_isa(struct tally *tally, const struct operation *operation);
/* The function uses the table of the current instruction set. */
void check_dispatch(struct tally *tally, const struct operation *operation);
/* Passes and steps of small networks: bits of the general kernels, parts of a batch, guard pages.
 */
void check_small_net(struct tally *tally, const struct operation *operation);
/* Special values in small networks, and in lanes without a row. */
void check_special_small_net(struct tally *tally, const struct operation *operation);
void check_small_net_errors(struct tally *tally, const struct operation *operation);
/* Weights in their internal layout: index of each element; forward pass and input gradient have the
 * bits of kernels.h. */
void check_weights(struct tally *tally, const struct operation *operation);
/* Updates of these weights have the bits of a gradient followed by an update, also by ranges of
 * rows, and touch nothing else. */
void check_weights_update(struct tally *tally, const struct operation *operation);
/* Results of these functions have the same bits with 1, 2, 3, 5 and 8 threads. */
void check_weights_threads(struct tally *tally, const struct operation *operation);
void check_weights_errors(struct tally *tally, const struct operation *operation);

#endif
