/* The training step of the ranks of one host: that of one process, whose threads are those of all ranks. */
#ifndef LANEWISE_HOST_STEP_H
#define LANEWISE_HOST_STEP_H

#include "layers/phases.h"

/* Before a step with an optimizer, of a network in the memory of a host (host.h): tells the others of this rank's rows, and
 * makes room for those of all. */
lw_status lw_host_prepare(lw_net *net, size_t rows);

/* Whether the step that is prepared is one for lw_host_step: not if the batch is above LW_UPDATE_MAX_BATCH. */
int lw_host_takes_step(const lw_net *net);

/*
 * As lw_shared_step. The rows of all ranks lie beside each other, and each computes and uses its share of the gradients of
 * all of them: nothing is added up over ranks, so the bits are those of one process.
 */
lw_status lw_host_step(lw_step_job *job, double *value);

#endif
