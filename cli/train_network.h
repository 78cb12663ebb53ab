/* Creates the network of a training run from its options and data. */
#ifndef LANEWISE_CLI_TRAIN_NETWORK_H
#define LANEWISE_CLI_TRAIN_NETWORK_H

#include "train_run.h"

/*
 * Sets run->net: layers, precision, threads and ranks from the options, initial weights from --seed
 * or
 * --init. Returns LW_ESHAPE if --loss does not match --output, or what data_check reports.
 */
lw_status train_network_create(train_run *run);

#endif
