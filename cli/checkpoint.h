/* The state of a run in a file, from which it goes on after an interruption. */
#ifndef LANEWISE_CLI_CHECKPOINT_H
#define LANEWISE_CLI_CHECKPOINT_H

#include <lanewise/nn.h>

/* What the file of a run has to agree with. */
typedef struct resumed_run {
    const lw_optimizer *optimizer;
    size_t rows, batch; /* of the training data and of a step; LW_FULL_BATCH: all */
    size_t epochs;      /* of the whole run */
    uint64_t seed;
} resumed_run;

/*
 * Brings a network to the state in a file; position receives where its run was, which may be the end. Beside
 * what lw_net_load_state finds wrong: LW_EINVAL, with the option, for another optimizer, seed or number of steps an
 * epoch, and for more epochs than the run has.
 */
lw_status checkpoint_resume(lw_net *net, const char *path, const resumed_run *run,
                            lw_position *position);

/* Whether an epoch's state is to be written: that of every so many, and the last one's. */
int checkpoint_is_due(size_t every, const lw_epoch_report *report, int is_last);

#endif
