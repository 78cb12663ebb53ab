/* Option values for enumerators of the library, shared by several commands. */
#ifndef LANEWISE_CLI_ENUM_NAMES_H
#define LANEWISE_CLI_ENUM_NAMES_H

#include "options.h"

/* Softmax is first because only the output layer may have it: the rest are for hidden layers. */
extern const choice activation_names[];
#define hidden_activation_names (activation_names + 1)

#endif
