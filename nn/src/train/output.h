/* Inputs and targets of a mini-batch before the first layer, losses and gradients after the last.
 */
#ifndef LANEWISE_OUTPUT_H
#define LANEWISE_OUTPUT_H

#include "job.h"

/* Gathers the inputs and targets of some rows, and rounds inputs to bf16 for layers that read it.
 */
lw_status lw_gather_rows(const lw_step_job *job, lw_span rows);

/* The inputs of the layers, starting at row `first`. */
lw_operand lw_batch_operand(const lw_net *net, const lw_batch *batch, size_t first);

/* A thread's shard of the next batch's rows, in whole multiples of unit, for prefetching; empty if
 * unknown. */
lw_prefetch lw_next_rows(const lw_batch *batch, size_t unit, size_t thread, size_t threads);

/* Computes the last layer's dz of some rows from the job's loss or its dy. */
lw_status lw_output_rows(const lw_step_job *job, lw_span rows);

/* Returns LW_EDIVERGED if the job has a loss and the loss of a row is not finite. Each thread calls
 * it before an update; all get the same result, which saves a barrier. */
lw_status lw_check_row_losses(const lw_step_job *job);

#endif
