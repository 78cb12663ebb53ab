/* The training itself: lw_fit with the callbacks of the command. */
#ifndef LANEWISE_CLI_TRAIN_FIT_H
#define LANEWISE_CLI_TRAIN_FIT_H

#include "train_run.h"

/*
 * Trains from run->start until the last epoch, --until-accuracy or a signal, and sets run->end.
 * Prints progress, writes the log and checkpoints. The message of a failure names the last
 * checkpoint.
 */
lw_status train_fit(train_run *run);

/* Prints what was understood of the table of --csv, unless --quiet is given. */
void train_describe(const train_run *run);

#endif
