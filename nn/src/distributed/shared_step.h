/* The training step of a network with ranks (lanewise/ranks.h). */
#ifndef LANEWISE_SHARED_STEP_H
#define LANEWISE_SHARED_STEP_H

#include "layers/phases.h"

/*
 * The step of a job with forward and backward pass and a loss; batch->rows are this rank's rows, batch->all_rows those of all.
 * value, unless NULL, receives the loss of all. Without an optimizer the gradients of all rows are left behind. LW_EDIVERGED,
 * on all ranks and before the update, if the loss is not finite.
 */
lw_status lw_allreduce_step(lw_step_job *job, double *value);

#endif
