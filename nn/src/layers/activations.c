#include <lanewise/nn.h>
#include <string.h>

static const char *const names[] = {
    [LW_LINEAR] = "linear",   [LW_RELU] = "relu",       [LW_LEAKY_RELU] = "leaky_relu",
    [LW_SIGMOID] = "sigmoid", [LW_TANH] = "tanh",       [LW_GELU] = "gelu",
    [LW_SILU] = "silu",       [LW_SOFTMAX] = "softmax",
};

enum { NAMES = sizeof names / sizeof *names };

const char *lw_activation_name(lw_activation activation)
{
    return (size_t)activation < NAMES ? names[activation] : "unknown activation";
}

lw_status lw_activation_parse(const char *name, lw_activation *activation)
{
    if (!name || !activation)
        return lw_fail(LW_EINVAL, "%s is NULL", name ? "activation" : "name");
    for (size_t i = 0; i < NAMES; i++)
        if (strcmp(name, names[i]) == 0) {
            *activation = (lw_activation)i;
            return LW_OK;
        }
    return lw_fail(LW_EINVAL, "unknown activation '%.40s'", name);
}
