/* A training run that SIGINT or SIGTERM ends. */
#ifndef LANEWISE_CLI_TRAIN_INTERRUPT_H
#define LANEWISE_CLI_TRAIN_INTERRUPT_H

#include "train_run.h"

/* Collective: a signal received by one process counts for all. */
lw_status train_interrupt_combine(const train_run *run);

/* Whether a signal ended the run before its last epoch. */
int train_is_interrupted(const train_run *run);

/* Writes the checkpoint and the network, and prints where they are and how to resume. */
lw_status train_interrupt_save(train_run *run);

#endif
