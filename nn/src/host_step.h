/* The training step of the ranks of one host: that of one process, whose threads are those of all ranks. */
#ifndef LANEWISE_HOST_STEP_H
#define LANEWISE_HOST_STEP_H

#include "phases.h"

/*
 * As lw_shared_step, of a job with an optimizer and a network in the memory of a host (host.h). Its rows are put beside
 * those of the others, and each rank computes and uses its share of the gradients of all of them: nothing is added up
 * over ranks, so the bits are those of one process. taken says whether the step was one of these: not if the batch is above
 * LW_UPDATE_MAX_BATCH.
 */
lw_status lw_host_step(lw_step_job *job, double *value, int *taken);

#endif
