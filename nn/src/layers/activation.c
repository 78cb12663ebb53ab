/* Activations: names, dispatch between softmax and elementwise kernels, and reference formulas in
 * double precision. */
#include "activation.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {
    [LW_ACTIVATION_LINEAR] = "linear",
    [LW_ACTIVATION_RELU] = "relu",
    [LW_ACTIVATION_LEAKY_RELU] = "leaky_relu",
    [LW_ACTIVATION_SIGMOID] = "sigmoid",
    [LW_ACTIVATION_TANH] = "tanh",
    [LW_ACTIVATION_GELU] = "gelu",
    [LW_ACTIVATION_SILU] = "silu",
    [LW_ACTIVATION_SOFTMAX] = "softmax",
};

enum { NAMES = sizeof names / sizeof *names };

const char *lw_activation_name(lw_activation activation)
{
    return (size_t)activation < NAMES ? names[activation] : "unknown activation";
}

lw_status lw_activation_parse(const char *name, lw_activation *activation)
{
    if (!name || !activation)
        return lw_fail(LW_EINVAL, "lw_activation_parse: %s is NULL", name ? "activation" : "name");
    for (size_t i = 0; i < NAMES; i++)
        if (strcmp(name, names[i]) == 0) {
            *activation = (lw_activation)i;
            return LW_OK;
        }
    return lw_fail(LW_EINVAL, "lw_activation_parse: unknown activation '%.40s'", name);
}

int lw_activation_derives_from_z(lw_activation activation)
{
    return activation != LW_ACTIVATION_SOFTMAX && lw_activation_saves_input(activation);
}

int lw_activation_has_logit_loss(lw_activation activation)
{
    return activation == LW_ACTIVATION_SOFTMAX || activation == LW_ACTIVATION_SIGMOID;
}

lw_status lw_activation_forward(lw_activation activation, size_t rows, size_t cols, const float *z,
                                float *y)
{
    return activation == LW_ACTIVATION_SOFTMAX ? lw_softmax(rows, cols, z, cols, y, cols)
                                               : lw_activate(activation, rows * cols, z, y);
}

lw_status lw_activation_backward(lw_activation activation, size_t rows, size_t cols, const float *z,
                                 const float *y, const float *dy, float *dz)
{
    if (activation == LW_ACTIVATION_SOFTMAX)
        return lw_softmax_backward(rows, cols, y, cols, dy, cols, dz, cols);
    const float *saved = lw_activation_derives_from_z(activation) ? z : y;
    return lw_activate_backward(activation, rows * cols, saved, dy, dz);
}

static double sigmoid(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

/* The formula of lanewise/internal/gelu.h in double precision, not with its float constants. */
static double gelu(double z)
{
    static const double sqrt_2_over_pi = 0.7978845608028654;
    return z * sigmoid(2.0 * sqrt_2_over_pi * (z + 0.044715 * z * z * z));
}

static double activate(lw_activation activation, double z)
{
    switch (activation) {
    case LW_ACTIVATION_RELU:
        return z > 0.0 ? z : 0.0;
    case LW_ACTIVATION_LEAKY_RELU:
        return z > 0.0 ? z : (double)LW_LEAKY_SLOPE * z;
    case LW_ACTIVATION_SIGMOID:
        return sigmoid(z);
    case LW_ACTIVATION_TANH:
        return tanh(z);
    case LW_ACTIVATION_GELU:
        return gelu(z);
    case LW_ACTIVATION_SILU:
        return z * sigmoid(z);
    default:
        return z;
    }
}

double lw_log_sum_exp(size_t n, const double *z)
{
    double max = z[0], sum = 0.0;
    for (size_t j = 1; j < n; j++)
        max = z[j] > max ? z[j] : max;
    for (size_t j = 0; j < n; j++)
        sum += exp(z[j] - max);
    return max + log(sum);
}

void lw_activation_reference(lw_activation activation, size_t cols, const double *z, double *y)
{
    const double normalizer = activation == LW_ACTIVATION_SOFTMAX ? lw_log_sum_exp(cols, z) : 0.0;
    for (size_t j = 0; j < cols; j++)
        y[j] = activation == LW_ACTIVATION_SOFTMAX ? exp(z[j] - normalizer)
                                                   : activate(activation, z[j]);
}
