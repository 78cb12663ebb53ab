#include "loss_option.h"

const choice loss_names[] = {{"cross-entropy", LW_LOSS_CROSS_ENTROPY},
                             {"binary-cross-entropy", LW_LOSS_BINARY_CROSS_ENTROPY},
                             {"mse", LW_LOSS_MSE},
                             {"half-mse", LW_LOSS_HALF_MSE},
                             {"sse", LW_LOSS_SSE},
                             {NULL, 0}};

lw_status loss_option_check(const lw_net *net, int loss)
{
    lw_layer_info last;
    const lw_status status = lw_net_layer_info(net, lw_net_layer_count(net) - 1, &last);
    if (status != LW_OK)
        return status;
    if (loss == LW_LOSS_CROSS_ENTROPY && last.activation != LW_ACTIVATION_SOFTMAX)
        return lw_fail(LW_ESHAPE, "--loss cross-entropy requires a softmax output layer, not %s",
                       lw_activation_name(last.activation));
    if (loss == LW_LOSS_BINARY_CROSS_ENTROPY && last.activation != LW_ACTIVATION_SIGMOID)
        return lw_fail(LW_ESHAPE,
                       "--loss binary-cross-entropy requires a sigmoid output layer, not %s",
                       lw_activation_name(last.activation));
    return LW_OK;
}
