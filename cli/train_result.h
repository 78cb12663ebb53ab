/* The results of a finished training run: saved network, report, final loss and accuracy. */
#ifndef LANEWISE_CLI_TRAIN_RESULT_H
#define LANEWISE_CLI_TRAIN_RESULT_H

#include "train_run.h"

/* Checks before training that --save, --checkpoint and --report can be written. */
lw_status train_result_check_files(train_run *run);

/* Writes the network to --save, if given. */
lw_status train_result_save(train_run *run);

/* Evaluates the network, writes --report if given, and prints loss and accuracy. */
lw_status train_result_report(train_run *run);

#endif
