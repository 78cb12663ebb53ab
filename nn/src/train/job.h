/* A mini-batch, and a job of the step driver (step.c) on it. */
#ifndef LANEWISE_JOB_H
#define LANEWISE_JOB_H

#include "loss.h"
#include "optimizer.h"

/* The data set of a shuffled mini-batch and the buffers that its rows are copied to. */
typedef struct lw_gather {
    const lw_dataset *data;
    float *x;        /* rows x inputs */
    float *values;   /* rows x outputs, if the data set has values */
    int32_t *labels; /* rows, if it has labels */
    float *weights;  /* rows, if it has weights */
} lw_gather;

typedef struct lw_batch {
    size_t rows;
    size_t all_rows; /* of all ranks; losses and gradients are means over these rows */
    const float *x;
    lw_target target;
    const lw_gather *gather;  /* NULL: x and target are in place; otherwise each thread first */
    const size_t *index;      /* copies its shard of rows index[0..rows-1] to x and target    */
    const size_t *next_index; /* rows of the next batch, for prefetching */
    size_t next_rows;
} lw_batch;

/* Passes and updates that run together. Members that are 0 or NULL omit a part. */
typedef struct lw_step_job {
    lw_net *net;
    const lw_batch *batch;
    int forward;                        /* forward pass */
    const lw_loss_rule *rule;           /* loss and its gradient at the outputs */
    const float *dy;                    /* instead of rule: the caller's gradient at the outputs */
    int backward;                       /* backward pass to the inputs of the layers */
    float *dx;                          /* with backward: receives the gradient at the inputs */
    int gradients;                      /* gradients of the parameters; not stored if fused */
    const lw_optimizer_step *optimizer; /* update */
    float *y;                           /* receives the outputs */
    lw_span layers, shards;             /* range of lw_job_gradients */
} lw_step_job;

#endif
