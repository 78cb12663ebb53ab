/* --until-accuracy. */
#ifndef LANEWISE_CLI_TRAIN_EARLY_STOP_H
#define LANEWISE_CLI_TRAIN_EARLY_STOP_H

#include "train_run.h"

/* Whether a validation accuracy reaches --until-accuracy; 0 without the option. */
int early_stop_reached(const train_run *run, double accuracy);

/* Returns LW_EINVAL if --until-accuracy is given and the targets are not classes. */
lw_status early_stop_check(train_run *run);

/* If the checkpoint that was resumed has reached --until-accuracy, sets run->start to the end. */
lw_status early_stop_check_resumed(train_run *run);

#endif
