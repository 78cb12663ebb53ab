/* The model and the data that evaluate and predict read. */
#ifndef LANEWISE_CLI_MODEL_INPUT_H
#define LANEWISE_CLI_MODEL_INPUT_H

#include "data.h"

#include <lanewise/nn.h>

typedef struct model_input_options {
    const char *model;
    unsigned threads; /* 0: all available processors */
} model_input_options;

extern const option_spec model_input_option_specs[];

/* Returns -1 if --model is given, otherwise EXIT_USAGE after a message. */
int model_input_options_check(const char *command, const model_input_options *options);

/* Loads the model and its data and checks that they match. table: see data_open. On failure, net
 * and data are unchanged. */
lw_status model_input_open(const model_input_options *options, const data_options *source,
                           lw_need targets, lw_net **net, lw_dataset *data, lw_table **table);

#endif
