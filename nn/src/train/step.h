/* Training steps on a mini-batch for lw_train_step and lw_fit, and the layer-wise step driver. */
#ifndef LANEWISE_STEP_H
#define LANEWISE_STEP_H

#include "job.h"
#include "program.h"

/*
 * Runs forward pass, loss, backward pass and, unless optimizer is NULL, the update. The caller has
 * checked rule (lw_loss_resolve), the target and optimizer. value receives the loss; may be NULL.
 * Returns LW_EDIVERGED before an update whose loss is not finite; the network is then unchanged.
 */
lw_status lw_step_run(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                      const lw_batch *batch, double *value);

/* Takes *steps steps on the same batch, prepared once, on a network whose program repeats steps.
 * *steps receives the number taken before a failure. */
lw_status lw_step_repeat(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                         const lw_batch *batch, size_t *steps);

/* ---- The driver --------------------------------------------------------------------------- */

/* Runs all parts of a job. */
lw_status lw_job_run(lw_step_job *job);

/* Run the parts of a job separately: up to the backward pass; the gradients of job->shards of
 * job->layers; the update with stored gradients. */
lw_status lw_job_rows(lw_step_job *job);
lw_status lw_job_gradients(lw_step_job *job);
lw_status lw_job_update(lw_step_job *job);

/* The exchange strategy of a network trained by one process. */
extern const lw_exchange lw_local_exchange;

/* The program that runs steps layer by layer. */
extern const lw_program lw_layer_program;

#endif
