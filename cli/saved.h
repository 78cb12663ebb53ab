/* Using a saved network: what evaluate and predict have in common. */
#ifndef LANEWISE_CLI_SAVED_H
#define LANEWISE_CLI_SAVED_H

#include "data.h"

#include <lanewise/nn.h>

typedef struct saved_options {
    const char *model;
    unsigned threads; /* 0: as many as there are */
} saved_options;

extern const option_row saved_rows[];

/* -1 if --model was given, otherwise EXIT_USAGE after a message. */
int saved_options_check(const char *command, const saved_options *options);

/* Loads the network and the data of the options, and makes sure that they fit together. On failure
 * both are as they were. */
lw_status saved_open(const saved_options *options, const data_options *source, lw_net **net,
                     lw_dataset *data);

#endif
