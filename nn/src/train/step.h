/* Training steps on a mini-batch, as lw_train_step and lw_fit take them, and the driver that runs
 * them layer by layer. */
#ifndef LANEWISE_STEP_H
#define LANEWISE_STEP_H

#include "job.h"
#include "program.h"

/*
 * Forward, loss, backward and, unless optimizer is NULL, the update. The arguments have been
 * checked: rule by lw_loss_resolve, the target against it, optimizer by lw_optimizer_check. value
 * receives the loss; NULL: not wanted. LW_EDIVERGED, with the network as it was, before an update whose loss is not
 * finite.
 */
lw_status lw_step_run(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                      const lw_batch *batch, double *value);

/* *steps steps on the same batch, of a network whose program repeats steps, prepared once. *steps receives how many
 * were taken before a failure. */
lw_status lw_step_repeat(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                         const lw_batch *batch, size_t *steps);

/* ---- The driver --------------------------------------------------------------------------- */

/* Runs all of a job. */
lw_status lw_job_run(lw_step_job *job);

/* Its parts up to backward; the gradients of its shards, which are of one layer; the update by
 * stored gradients. */
lw_status lw_job_rows(lw_step_job *job);
lw_status lw_job_gradients(lw_step_job *job);
lw_status lw_job_update(lw_step_job *job);

/* A network that one process trains. */
extern const lw_exchange lw_local_exchange;

/* Steps layer by layer. */
extern const lw_program lw_layer_program;

#endif
