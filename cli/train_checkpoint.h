/* Checkpoints of a training run: saved with --checkpoint, loaded with --resume. */
#ifndef LANEWISE_CLI_TRAIN_CHECKPOINT_H
#define LANEWISE_CLI_TRAIN_CHECKPOINT_H

#include "train_run.h"

/* "3 of 20 epochs and 17 steps" */
typedef char position_text[80];
void train_checkpoint_describe(position_text text, const train_run *run,
                               const lw_position *position);

/* Whether an epoch gets a checkpoint: every --checkpoint-every epochs and the last epoch. */
int train_checkpoint_is_due(const train_run *run, const lw_epoch_report *report, int is_last);

/* Writes the checkpoint of a position; does nothing without --checkpoint. */
lw_status train_checkpoint_save(train_run *run, const lw_position *position);

/*
 * Loads the checkpoint of --resume into run->net and sets run->resumed and run->start. Returns
 * LW_EINVAL, naming the option, if the optimizer, the seed or the steps per epoch differ from those
 * of the checkpoint, or if it has more epochs than --epochs; otherwise the status of
 * lw_net_load_state.
 */
lw_status train_checkpoint_load(train_run *run);

/* Prints where a resumed run starts, unless --quiet. */
void train_checkpoint_print_resumed(const train_run *run);

#endif
