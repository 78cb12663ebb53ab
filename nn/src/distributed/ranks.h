/* A network's ranks: parts of batches, and sums over all ranks. */
#ifndef LANEWISE_RANKS_INTERNAL_H
#define LANEWISE_RANKS_INTERNAL_H

#include "train/net.h"

#include <lanewise/ranks.h>

/* What a rank tells the others, on a cache line of its own. Each number is written before a meeting and read after it; the
 * next time it is written lies behind another one. */
typedef struct lw_host_note {
    _Alignas(LW_ALIGNMENT) size_t rows; /* of its part of the batch */
    int wishes;                         /* to stop */
    int rows_failed, update_failed;     /* phases */
} lw_host_note;

/* What the ranks of one host share of a network, see host.h. */
typedef struct lw_host_net {
    void *memory; /* parameters, velocity, variance, notes; NULL: parameters are this rank's own */
    lw_host_note *notes; /* of all ranks */
    void *rows;          /* of a batch: inputs and workspace; NULL until needed */
    size_t most_rows;    /* that fit */
    size_t rows_floats;
    float *x; /* most_rows x inputs */
    float *workspace;
} lw_host_net;

/* Of a network with ranks; NULL in one that is alone. */
typedef struct lw_shared_net {
    lw_ranks ranks;
    double sums[2]; /* on their way: the loss, and how many ranks wish to stop */
    int wishes;     /* to stop: whether this rank does */
    lw_host_net on_host;
} lw_shared_net;

enum { LW_SUM_LOSS, LW_SUM_WISHES };

/* Whether there are other ranks: a step of one alone has nothing to tell or to add up. */
static inline int lw_has_others(const lw_net *net)
{
    return net->shared && net->shared->ranks.count > 1;
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
lw_status lw_ranks_sum(const lw_net *net, lw_status status, size_t n, double *x);

#endif
