/* Using a saved network: what evaluate and predict have in common. */
#ifndef LANEWISE_CLI_MODEL_INPUT_H
#define LANEWISE_CLI_MODEL_INPUT_H

#include "data.h"

#include <lanewise/nn.h>

typedef struct model_input_options {
    const char *model;
    unsigned threads; /* 0: as many as there are */
} model_input_options;

extern const option_spec model_input_option_specs[];

/* -1 if --model was given, otherwise EXIT_USAGE after a message. */
int model_input_options_check(const char *command, const model_input_options *options);

/* Loads the network and the data of the options, and makes sure that they fit together. On failure
 * both are as they were. */
lw_status model_input_open(const model_input_options *options, const data_options *source, lw_net **net,
                     lw_dataset *data);

#endif
