/* The rows of a mini-batch before the first layer and behind the last one: inputs and targets
 * gathered, losses and their gradient. */
#ifndef LANEWISE_OUTPUT_H
#define LANEWISE_OUTPUT_H

#include "job.h"

/* Copies or rounds the inputs of some rows to where the layers read them, and targets of a gathered
 * batch to their place. */
lw_status lw_gather_rows(const lw_step_job *job, lw_span rows);

/* The inputs from a row on, as layers read them. */
lw_operand lw_batch_operand(const lw_net *net, const lw_batch *batch, size_t first);

/* A thread's share of the rows of the next batch, in whole units, to be prefetched; none if that is
 * not known. */
lw_prefetch lw_next_rows(const lw_batch *batch, size_t unit, size_t thread, size_t threads);

/* The last layer's dz of some rows, from a job's loss or its dy, whichever it has. */
lw_status lw_output_rows(const lw_step_job *job, lw_span rows);

/* LW_EDIVERGED if the job has a loss and that of a row is not finite: asked before an update by
 * each of its threads, which all find the same, so that they need no barrier for it. */
lw_status lw_check_row_losses(const lw_step_job *job);

#endif
