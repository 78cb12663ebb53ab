/* The ranks of a network: their parts of batches, and sums over all ranks. */
#ifndef LANEWISE_RANKS_INTERNAL_H
#define LANEWISE_RANKS_INTERNAL_H

#include "train/net.h"

#include <lanewise/ranks.h>

/* State of a network with ranks; NULL in a network of one process. */
typedef struct lw_rank_state {
    lw_ranks ranks;
    double sums[2];     /* operands of the current step's all-reduce, by LW_SUM_* */
    int stop_requested; /* by this rank */
} lw_rank_state;

enum { LW_SUM_LOSS, LW_SUM_STOP_REQUESTS };

/* A single rank exchanges nothing: its steps are those of a process without ranks. */
static inline int lw_has_other_ranks(const lw_net *net)
{
    return net->rank_state && net->rank_state->ranks.count > 1;
}

/* This rank's part of a batch of `rows` rows; all of them without ranks. */
size_t lw_ranks_rows(const lw_net *net, size_t rows);

/* Number of elements that lw_ranks_allreduce appends to its operand. */
enum { LW_RANKS_EXTRA = 1 };

/*
 * Replaces n numbers by their sums over all ranks, and shares whether all ranks have succeeded so
 * far: returns status, or LW_ERANK if that is LW_OK and another rank's is not. x has
 * n + LW_RANKS_EXTRA elements. Without ranks, leaves x as it is and returns status.
 */
lw_status lw_ranks_allreduce(const lw_net *net, lw_status status, size_t n, double *x);

#endif
