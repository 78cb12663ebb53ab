/* The rows of a batch where all kinds of layers meet: at the output of a network, and before it is read. */
#ifndef LANEWISE_OUTPUT_ROWS_H
#define LANEWISE_OUTPUT_ROWS_H

#include "phases.h"

/* The targets of rows index[first..first+count-1], copied to their place in the batch. */
void lw_gather_targets(const lw_batch *batch, size_t first, size_t count);

/* The thread's share of the rows of the next batch, in whole units, to be fetched ahead; none if that is not known. */
lw_ahead lw_next_rows(const lw_batch *batch, size_t unit, size_t thread, size_t threads);

/* The last layer's dz of some rows, from its z or y, if the job has a loss; or from the caller's dy, if it
 * has that. */
lw_status lw_output_rows(const lw_step_job *job, size_t first, size_t count);

/* LW_EDIVERGED if the job has a loss and that of a row is not finite: asked before an update by each of its threads, which
 * all find the same, so that they need no barrier for it. */
lw_status lw_check_row_losses(const lw_step_job *job);

#endif
