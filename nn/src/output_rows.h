/* The rows of a batch at the output of a network, where all kinds of layers meet: targets and loss. */
#ifndef LANEWISE_OUTPUT_ROWS_H
#define LANEWISE_OUTPUT_ROWS_H

#include "phases.h"

/* The targets of rows index[first..first+count-1], copied to their place in the batch. */
void lw_gather_targets(const lw_batch *batch, size_t first, size_t count);

/* The last layer's dz of some rows, from its z or y, if the job has a loss; or from the caller's dy, if it
 * has that. */
lw_status lw_output_rows(const lw_step_job *job, size_t first, size_t count);

#endif
