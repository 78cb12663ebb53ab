#include "names.h"

#include <lanewise/nn.h>

const choice loss_names[] = {{"cross-entropy", LW_CROSS_ENTROPY},
                             {"binary-cross-entropy", LW_BINARY_CROSS_ENTROPY},
                             {"mse", LW_MSE},
                             {"half-mse", LW_HALF_MSE},
                             {"sse", LW_SSE},
                             {NULL, 0}};
