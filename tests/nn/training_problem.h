/* A small problem for the suites of training. */
#ifndef LANEWISE_TEST_TRAINING_PROBLEM_H
#define LANEWISE_TEST_TRAINING_PROBLEM_H

#include "fixture.h"

/* 4-6-3 on 10 rows: enough for a partial batch of 4. */
enum { ROWS = 10, INPUTS = 4, OUTPUTS = 3 };

typedef struct problem {
    float *x, *values;
    int32_t *labels;
    lw_dataset data; /* with labels */
} problem;

/* Release with free_problem. */
problem make_problem(size_t rows);
void free_problem(problem *p);

/* A network with this many hidden GELU units; with 6 of them. */
lw_net *net_with(size_t units, lw_activation activation);
lw_net *net_with_output(lw_activation activation);

/* What the callbacks received. */
typedef struct observer {
    size_t epochs, batches, rows_done[64];
    size_t stop_after_epochs, stop_after_batches; /* 0: never */
} observer;

/* Callbacks of lw_fit; user is an observer. */
int see_epoch(void *user, const lw_epoch_report *report);
int see_batch(void *user, const lw_batch_report *report);

#endif
