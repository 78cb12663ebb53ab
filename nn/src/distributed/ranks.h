/* A network's ranks: parts of batches, and sums over all ranks. */
#ifndef LANEWISE_RANKS_INTERNAL_H
#define LANEWISE_RANKS_INTERNAL_H

#include "train/net.h"

#include <lanewise/ranks.h>

/* Of a network with ranks; NULL in one that is alone. */
typedef struct lw_rank_state {
    lw_ranks ranks;
    double sums[2];     /* on their way: the loss, and how many ranks wish to stop */
    int stop_requested; /* to stop: whether this rank does */
} lw_rank_state;

enum { LW_SUM_LOSS, LW_SUM_STOP_REQUESTS };

/* Whether there are other ranks: a step of one alone has nothing to tell or to add up. */
static inline int lw_has_other_ranks(const lw_net *net)
{
    return net->rank_state && net->rank_state->ranks.count > 1;
}

/* The rows of a batch of so many that are this rank's; all of them without ranks. */
size_t lw_ranks_rows(const lw_net *net, size_t rows);

/* Elements behind the numbers of a sum. */
enum { LW_RANKS_EXTRA = 1 };

/*
 * Replaces n numbers by their sums over the ranks and tells each whether all have come so far: the result is status, or
 * LW_ERANK where that is LW_OK and another rank's is not. x has room for LW_RANKS_EXTRA numbers more. Without ranks it
 * leaves the numbers.
 */
lw_status lw_ranks_allreduce(const lw_net *net, lw_status status, size_t n, double *x);

#endif
