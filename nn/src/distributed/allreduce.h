/* The all-reduce exchange strategy. */
#ifndef LANEWISE_ALLREDUCE_H
#define LANEWISE_ALLREDUCE_H

#include "train/exchange.h"

#include <lanewise/ranks.h>

/* The exchange_state of a network with this strategy. */
typedef struct lw_allreduce_state {
    lw_ranks ranks;
    double sums[2]; /* of the current step */
} lw_allreduce_state;

extern const lw_exchange lw_allreduce;

#endif
