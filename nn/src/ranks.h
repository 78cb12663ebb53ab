/* A network's ranks: parts of batches, and sums over all ranks. */
#ifndef LANEWISE_RANKS_INTERNAL_H
#define LANEWISE_RANKS_INTERNAL_H

#include "net.h"

#include <lanewise/ranks.h>

/* Of a network with ranks; NULL in one that is alone. */
typedef struct lw_shared_net {
    lw_ranks ranks;
    double sums[2]; /* on their way: the loss, and how many ranks wish to stop */
    int wishes;     /* to stop: whether this rank does */
} lw_shared_net;

enum { LW_SUM_LOSS, LW_SUM_WISHES };

/* The part of rows that is this rank's; all of them without ranks. */
void lw_ranks_share(const lw_net *net, size_t rows, size_t *first, size_t *count);

/* Replaces n numbers by their sums over the ranks; without ranks, leaves them. */
lw_status lw_ranks_sum(const lw_net *net, size_t n, double *x);

#endif
