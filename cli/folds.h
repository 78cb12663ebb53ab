/* k-fold cross-validation. */
#ifndef LANEWISE_CLI_FOLDS_H
#define LANEWISE_CLI_FOLDS_H

#include "train_run.h"

/*
 * Divides the rows of run->training at random into --folds parts of equal size, or one row more.
 * For each part: trains a network on the other parts and evaluates it on this one. Prints the
 * results, their mean and their sample standard deviation.
 */
lw_status folds_run(train_run *run);

#endif
