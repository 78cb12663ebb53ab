/* Runs of lw_fit over ranks that are threads, to be compared with each other. */
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
    double bound; /* of losses, for another order of sums */
} run_kind;

extern const run_kind kinds[KINDS];

/* Of which 103 rows are no multiple; all of them; and all but three, which come in a batch of their own. */
extern const size_t batch_sizes[BATCH_SIZES];

/* What a run has come to on each rank. */
typedef struct outcome {
    float *parameters;
    double losses[EPOCHS], validation_losses[EPOCHS], accuracies[EPOCHS];
} outcome;

typedef struct run {
    const run_kind *kind;
    unsigned threads;
    size_t batch;
    const problem *data, *validation;
    outcome outcomes[MOST_RANKS];
} run;

/* A rank's rows of a problem, for batches of so many. */
lw_dataset shard_of(const problem *p, const lw_ranks *ranks, size_t batch_size);

size_t parameters_of_kind(const run_kind *kind);

/* On so many ranks, each with its shard of the rows; 0: on all of them without any ranks. */
run run_on(const run_kind *kind, unsigned ranks, unsigned threads, size_t batch,
           const problem *data, const problem *validation);

void free_outcomes(run *r);

/* The same bits. */
void assert_same_outcome(const char *what, size_t n, const outcome *got, const outcome *want);

#endif
