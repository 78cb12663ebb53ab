/* Batch size and number of epochs for the number of training rows, where options do not set them.
 */
#ifndef LANEWISE_CLI_TRAIN_DEFAULTS_H
#define LANEWISE_CLI_TRAIN_DEFAULTS_H

#include "train_run.h"

/* The batch size for a number of training rows. */
size_t train_default_batch(size_t rows);

/* The number of epochs for a number of training rows and a batch size, LW_FULL_BATCH included. */
size_t train_default_epochs(size_t rows, size_t batch);

/* Sets the options batch and epochs where they are 0, from run->rows. */
void train_defaults_set(train_run *run);

/* Prints which of the two were set, unless --quiet. */
void train_defaults_print(const train_run *run);

#endif
