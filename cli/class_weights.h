/* Weights of classes in training. */
#ifndef LANEWISE_CLI_CLASS_WEIGHTS_H
#define LANEWISE_CLI_CLASS_WEIGHTS_H

#include "train_run.h"

/*
 * Collective. Multiplies the weights of the training rows by those of their classes, if
 * --class-weights is given: `balanced` weights each class with rows / (classes * rows of the
 * class), a file has lines CLASS,WEIGHT, and 1 is the weight of classes that it does not list.
 * Returns LW_EINVAL for a regression.
 */
lw_status class_weights_apply(train_run *run);

/* Gives the training rows their weights in the data again, for results. */
void class_weights_remove(train_run *run);

#endif
