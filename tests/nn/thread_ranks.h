/* Ranks that are threads of one process, for what training over ranks promises. */
#ifndef LANEWISE_TEST_THREAD_RANKS_H
#define LANEWISE_TEST_THREAD_RANKS_H

#include "fixture.h"

#include <lanewise/ranks.h>

enum { MOST_RANKS = 4, MOST_SUMS = 64 };

/* What one rank has begun to add up; told to a test that looks at it before the sums are made. */
typedef struct begun_sum {
    float *floats; /* one of the two */
    double *doubles;
    size_t n;
} begun_sum;

typedef void (*rank_body)(void *user, const lw_ranks *ranks);

/* Runs body(user, ranks) on so many ranks at once. Sums are made in wait, in the order of the ranks: until then what was
 * begun is as it was. */
void run_ranks(unsigned count, rank_body body, void *user);

/* The sums that a rank began before it waited last. */
size_t last_sums(const lw_ranks *ranks, const begun_sum **sums);

#endif
