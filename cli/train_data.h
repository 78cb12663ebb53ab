/* Opens the data of a training run and checks that all processes have compatible rows. */
#ifndef LANEWISE_CLI_TRAIN_DATA_H
#define LANEWISE_CLI_TRAIN_DATA_H

#include "train_run.h"

/* Takes the schema of the model that --init or --resume continues, if it has one. */
lw_status train_data_take_schema(train_run *run);

/* Opens this process's part of the training and validation data. */
lw_status train_data_open(train_run *run);

/*
 * Collective. Sets run->rows and run->threads, and the number of classes to the largest of all
 * processes: a file of one rank may lack the highest classes. Returns LW_ESHAPE if the processes
 * have different numbers of inputs or target values.
 */
lw_status train_data_combine(train_run *run);

/* Sets the options batch and epochs where they are 0. Opens the data again if the batch size was
 * not known and selects the rows of this process. */
lw_status train_data_choose_batch(train_run *run);

#endif
