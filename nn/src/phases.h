/* What a thread does in each phase of a step; see step.c for how they follow each other. */
#ifndef LANEWISE_PHASES_H
#define LANEWISE_PHASES_H

#include "optimizer.h"
#include "step.h"

typedef struct lw_step_job {
    lw_net *net;
    const lw_batch *batch;
    int forward, backward;
    const lw_loss_rule *rule;           /* NULL: no loss */
    const float *dy;                    /* the caller's gradient at the outputs; NULL: none */
    const lw_optimizer_step *optimizer; /* NULL: no update */
    float *y;                           /* receives the outputs; NULL: not wanted */
} lw_step_job;

/* Phases for lw_team_run, of a lw_step_job. */

/* The thread's share of the batch's rows: gathered, forward pass, loss, and the backward pass to the
 * inputs of the layers, as the job says. */
lw_status lw_rows_phase(void *job, size_t thread, size_t threads);

/* Copies the outputs only once all rows have succeeded: a failure leaves y as it was. */
lw_status lw_outputs_phase(void *job, size_t thread, size_t threads);

/* The thread's share of the rows of every dW, over the whole batch. */
lw_status lw_gradients_phase(void *job, size_t thread, size_t threads);

/* The optimizer's step on its share of the rows of every W, by the gradients at hand. */
lw_status lw_update_phase(void *job, size_t thread, size_t threads);

/* The two above in one: each tile of a gradient is used while it is in registers, and never stored. For
 * batches of up to LW_UPDATE_MAX_BATCH rows. */
lw_status lw_descent_phase(void *job, size_t thread, size_t threads);

#endif
