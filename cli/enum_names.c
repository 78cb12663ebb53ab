#include "enum_names.h"

#include <lanewise/nn.h>

const choice activation_names[] = {
    {"softmax", LW_SOFTMAX}, {"relu", LW_RELU},     {"leaky_relu", LW_LEAKY_RELU},
    {"sigmoid", LW_SIGMOID}, {"tanh", LW_TANH},     {"gelu", LW_GELU},
    {"silu", LW_SILU},       {"linear", LW_LINEAR}, {NULL, 0}};
