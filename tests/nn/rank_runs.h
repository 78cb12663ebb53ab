/* Runs of lw_fit over ranks that are threads, and their comparison. */
#ifndef LANEWISE_TEST_RANK_RUNS_H
#define LANEWISE_TEST_RANK_RUNS_H

#include "thread_ranks.h"
#include "training_problem.h"

enum { RUN_ROWS = 103, BATCH = 24, EPOCHS = 3, KINDS = 6, BATCH_SIZES = 3 };

typedef struct run_kind {
    const char *name;
    size_t units;
    lw_optimizer (*optimizer)(float learning_rate);
    lw_precision precision;
    float clip_norm;
    int no_shuffle;
    double bound; /* bound on losses when sums are added in another order */
} run_kind;

extern const run_kind kinds[KINDS];

/* 103 rows are not a multiple of the first; they are exactly one batch of the second; with the
 * third, the last batch has three rows. */
extern const size_t batch_sizes[BATCH_SIZES];

/* Results of a run on one rank. */
typedef struct outcome {
    float *parameters;
    double losses[EPOCHS], validation_losses[EPOCHS], accuracies[EPOCHS];
} outcome;

typedef struct run {
    const run_kind *kind;
    unsigned threads;
    size_t batch;
    const problem *data, *validation;
    outcome outcomes[MAX_RANKS];
} run;

/* Returns the rank's shard of a problem for this batch size. */
lw_dataset shard_of(const problem *p, const lw_ranks *ranks, size_t batch_size);

size_t parameters_of_kind(const run_kind *kind);

/* Runs on this many ranks, each with its shard of the rows. ranks = 0: on all rows without
 * ranks. */
run run_on(const run_kind *kind, unsigned ranks, unsigned threads, size_t batch,
           const problem *data, const problem *validation);

void free_outcomes(run *r);

/* Asserts that the bits are equal. */
void assert_same_outcome(const char *what, size_t n, const outcome *got, const outcome *want);

#endif
