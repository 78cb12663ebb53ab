#include "reference.h"

#include "tolerance.h"

static const double ROOT_2_OVER_PI = 0.79788456080286535588;

/* 2 q of GELU, and its derivative. */
static double gelu_argument(double z)
{
    return 2.0 * ROOT_2_OVER_PI * (z + 0.044715 * z * z * z);
}

static double gelu_argument_slope(double z)
{
    return 2.0 * ROOT_2_OVER_PI * (1.0 + 3.0 * 0.044715 * z * z);
}

static double sigmoid(double z)
{
    return z < 0.0 ? exp(z) / (1.0 + exp(z)) : 1.0 / (1.0 + exp(-z));
}

/* z * sigmoid(w), or its limit for -Inf. */
static double gated(double z, double w)
{
    return z == -INFINITY ? -0.0 : z * sigmoid(w);
}

double activation_value(lw_activation activation, double z)
{
    switch (activation) {
    case LW_ACTIVATION_RELU:
        return isnan(z) || z > 0.0 ? z : 0.0;
    case LW_ACTIVATION_LEAKY_RELU:
        return isnan(z) || z > 0.0 ? z : (double)LW_LEAKY_SLOPE * z;
    case LW_ACTIVATION_SIGMOID:
        return sigmoid(z);
    case LW_ACTIVATION_TANH:
        return tanh(z);
    case LW_ACTIVATION_GELU:
        return gated(z, gelu_argument(z));
    case LW_ACTIVATION_SILU:
        return gated(z, z);
    case LW_ACTIVATION_LINEAR:
    case LW_ACTIVATION_SOFTMAX:
        break;
    }
    return z;
}

double activation_bound(lw_activation activation, double z)
{
    const double ulp = ulp_at(activation_value(activation, z));
    switch (activation) {
    case LW_ACTIVATION_LEAKY_RELU:
        return z > 0.0 ? 0.0 : ROUNDING_ULP * ulp;
    case LW_ACTIVATION_SIGMOID:
        return SIGMOID_ULP * ulp;
    case LW_ACTIVATION_TANH:
        return TANH_ULP * ulp;
    case LW_ACTIVATION_GELU:
        return gelu_ulp(gelu_argument(z)) * ulp + fabs(z) * SMALLEST;
    case LW_ACTIVATION_SILU:
        return SILU_ULP * ulp + fabs(z) * SMALLEST;
    case LW_ACTIVATION_LINEAR:
    case LW_ACTIVATION_RELU:
    case LW_ACTIVATION_SOFTMAX:
        break;
    }
    return 0.0;
}

/* sigma(w) + z * sigma'(w) * dw for a finite z. */
static double gated_slope(double z, double w, double dw)
{
    const double s = sigmoid(w);
    return s + z * s * (1.0 - s) * dw;
}

double activation_slope(lw_activation activation, double s)
{
    if (isnan(s) && activation != LW_ACTIVATION_LINEAR)
        return s;
    switch (activation) {
    case LW_ACTIVATION_RELU:
        return s > 0.0 ? 1.0 : 0.0;
    case LW_ACTIVATION_LEAKY_RELU:
        return s > 0.0 ? 1.0 : (double)LW_LEAKY_SLOPE;
    case LW_ACTIVATION_SIGMOID:
        return s * (1.0 - s);
    case LW_ACTIVATION_TANH:
        return 1.0 - s * s;
    case LW_ACTIVATION_GELU: {
        const double z = fmax(-100.0, fmin(100.0, s)); /* 0 and 1 beyond, without Inf * 0 */
        return gated_slope(z, gelu_argument(z), gelu_argument_slope(z));
    }
    case LW_ACTIVATION_SILU: {
        const double z = fmax(-1000.0, fmin(700.0, s));
        return gated_slope(z, z, 1.0);
    }
    case LW_ACTIVATION_LINEAR:
    case LW_ACTIVATION_SOFTMAX:
        break;
    }
    return 1.0;
}

/* Error of sigma(w) + z * dw * (sigma(w) - sigma(w)^2), if w is off by `roundings` roundings. */
static double gated_slope_bound(double z, double w, double dw, double roundings)
{
    const double s = sigmoid(w);
    return UNIT * s * (8.0 + (w > 18.0 ? 0.0 : roundings * fabs(w))) +
           fabs(z * dw) * (sigmoid_slope_error(w, roundings) + 4.0 * UNIT * s * (1.0 - s)) +
           SMALLEST;
}

double activation_slope_bound(lw_activation activation, double s)
{
    switch (activation) {
    case LW_ACTIVATION_SIGMOID:
        return 2.0 * UNIT * (fabs(s) + s * s);
    case LW_ACTIVATION_TANH:
        return 2.0 * UNIT * (1.0 + s * s);
    case LW_ACTIVATION_GELU: {
        const double z = fmax(-20.0, fmin(20.0, s));
        return gated_slope_bound(z, gelu_argument(z), gelu_argument_slope(z), 4.0);
    }
    case LW_ACTIVATION_SILU: {
        const double z = fmax(-105.0, fmin(105.0, s));
        return gated_slope_bound(z, z, 1.0, 0.0);
    }
    case LW_ACTIVATION_LINEAR:
    case LW_ACTIVATION_RELU:
    case LW_ACTIVATION_LEAKY_RELU:
    case LW_ACTIVATION_SOFTMAX:
        break;
    }
    return 0.0;
}
