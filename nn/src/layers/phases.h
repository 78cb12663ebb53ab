/* What a thread does in each phase of a step; see step.c for how they follow each other. */
#ifndef LANEWISE_PHASES_H
#define LANEWISE_PHASES_H

#include "threads/team.h"
#include "train/optimizer.h"
#include "train/step.h"

typedef struct lw_step_job {
    lw_net *net;
    const lw_batch *batch;
    int forward, backward;
    const lw_loss_rule *rule;           /* NULL: no loss */
    const float *dy;                    /* the caller's gradient at the outputs; NULL: none */
    const lw_optimizer_step *optimizer; /* NULL: no update */
    float *y;                           /* receives the outputs; NULL: not wanted */
    size_t first_layer, end_layer;      /* the layers whose gradients are wanted */
    size_t first_row, end_row;          /* the rows of their dW; db comes with the last one */
} lw_step_job;

/* Phases for lw_team_run, of a lw_step_job. */
typedef struct lw_phases {
    /* The thread's share of the batch's rows: gathered, forward pass, loss, and the backward pass to the
     * inputs of the layers, as the job says. */
    lw_phase rows;
    /* The thread's share of the job's rows of every dW of its layers, over the whole batch. */
    lw_phase gradients;
    /* The optimizer's step on its share of the rows of every W, by the gradients at hand. LW_EDIVERGED, with
     * nothing updated, after a loss that is not finite; so in descent. */
    lw_phase update;
    /* The two above in one: each tile of a gradient is used while it is in registers, and never stored.
     * For batches of up to LW_UPDATE_MAX_BATCH rows. */
    lw_phase descent;
} lw_phases;

extern const lw_phases lw_wide_phases;

/* The thread's share of the job's rows of a layer's dW, and the layer's db if it has the last one, or NULL. */
float *lw_share_gradients(const lw_step_job *job, const lw_layer *layer, size_t thread,
                          size_t threads, size_t *first, size_t *count);

/* Those of a network's layers. */
const lw_phases *lw_phases_of(const lw_net *net);

/* How many threads should run a job. */
size_t lw_step_threads(const lw_step_job *job);

/* The phase rows of a job, on so many threads. */
lw_status lw_run_rows(lw_step_job *job, size_t threads);

#endif
