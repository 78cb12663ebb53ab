/* The option --loss of train and evaluate. */
#ifndef LANEWISE_CLI_LOSS_OPTION_H
#define LANEWISE_CLI_LOSS_OPTION_H

#include "options.h"

#include <lanewise/nn.h>

#define LOSS_ARGUMENT "NAME"
#define LOSS_HELP                                                                                  \
    "cross-entropy, binary-cross-entropy, mse, half-mse or sse (default:\n"                        \
    "cross-entropy after softmax, binary after sigmoid, else mse)"

extern const choice loss_names[];

/* Returns LW_ESHAPE if a loss requires another output layer than that of the network. */
lw_status loss_option_check(const lw_net *net, int loss);

#endif
