#include "enum_names.h"

#include <lanewise/nn.h>

const choice activation_names[] = {{"softmax", LW_ACTIVATION_SOFTMAX},
                                   {"relu", LW_ACTIVATION_RELU},
                                   {"leaky_relu", LW_ACTIVATION_LEAKY_RELU},
                                   {"sigmoid", LW_ACTIVATION_SIGMOID},
                                   {"tanh", LW_ACTIVATION_TANH},
                                   {"gelu", LW_ACTIVATION_GELU},
                                   {"silu", LW_ACTIVATION_SILU},
                                   {"linear", LW_ACTIVATION_LINEAR},
                                   {NULL, 0}};
