/* A mini-batch, and what the driver of training steps (step.c) does with it. */
#ifndef LANEWISE_JOB_H
#define LANEWISE_JOB_H

#include "loss.h"
#include "optimizer.h"

/* Where the rows of a shuffled mini-batch come from, and the room they are copied to. */
typedef struct lw_gather {
    const lw_dataset *data;
    float *x;        /* rows x inputs */
    float *values;   /* rows x outputs, if the data set has values */
    int32_t *labels; /* rows, if it has labels */
} lw_gather;

typedef struct lw_batch {
    size_t rows;
    size_t all_rows; /* with those of other processes: what losses and gradients are the mean of */
    const float *x;
    lw_target target;
    const lw_gather
        *gather;         /* NULL: x and target are in place. Otherwise each thread first copies */
    const size_t *index; /* its share of the rows index[0..rows-1] to x and target.             */
    const size_t *next_index; /* the rows of the next batch, which can be prefetched */
    size_t next_rows;
} lw_batch;

/* Passes and updates that are run together; each part is left out where it is 0 or NULL. */
typedef struct lw_step_job {
    lw_net *net;
    const lw_batch *batch;
    int forward;                        /* to the last layer */
    const lw_loss_rule *rule;           /* loss, and its gradient at the outputs */
    const float *dy;                    /* in its place: the caller's gradient at the outputs */
    int backward;                       /* to the inputs of the layers */
    float *dx;                          /* with backward: receives the gradient at the inputs */
    int gradients;                      /* of the parameters; stored, unless the update is fused */
    const lw_optimizer_step *optimizer; /* update */
    float *y;                           /* receives the outputs */
    lw_span layers, shards;             /* whose gradients lw_job_gradients computes */
} lw_step_job;

#endif
