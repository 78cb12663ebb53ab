/* Ranks that are threads of one process, to test training over ranks. */
#ifndef LANEWISE_TEST_THREAD_RANKS_H
#define LANEWISE_TEST_THREAD_RANKS_H

#include "fixture.h"

#include <lanewise/ranks.h>

enum { MAX_RANKS = 4, MAX_PENDING_SUMS = 64 };

/* An all-reduce started by a rank, for tests that inspect it before the sums are computed. */
typedef struct pending_sum {
    float *floats; /* one of the two is not NULL */
    double *doubles;
    size_t n;
} pending_sum;

typedef void (*rank_body)(void *user, const lw_ranks *ranks);

/* Runs body(user, ranks) on this many ranks concurrently. Sums are computed in wait, in rank order;
 * until then the arrays are unchanged. */
void run_ranks(unsigned count, rank_body body, void *user);

/* Returns the number of all-reduces that a rank started before its last wait, and their arrays. */
size_t last_pending_sums(const lw_ranks *ranks, const pending_sum **sums);

#endif
