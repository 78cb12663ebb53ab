/* Option values for enumerators of the library, shared by several commands. */
#ifndef LANEWISE_CLI_ENUM_NAMES_H
#define LANEWISE_CLI_ENUM_NAMES_H

#include "options.h"

#define LOSS_ARGUMENT "NAME"
#define LOSS_HELP                                                                                  \
    "cross-entropy, binary-cross-entropy, mse, half-mse or sse (default:\n"                        \
    "cross-entropy after softmax, binary after sigmoid, else mse)"

extern const choice loss_names[];

/* Softmax is first because only the output layer may have it: the rest are for hidden layers. */
extern const choice activation_names[];
#define hidden_activation_names (activation_names + 1)

#endif
