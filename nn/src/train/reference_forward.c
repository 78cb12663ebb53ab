#include "reference_forward.h"

#include <math.h>
#include <string.h>

static double sigmoid(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

static double gelu(double z)
{
    static const double sqrt_2_over_pi = 0.7978845608028654;
    return z * sigmoid(2.0 * sqrt_2_over_pi * (z + 0.044715 * z * z * z));
}

static double activate(lw_activation activation, double z)
{
    switch (activation) {
    case LW_RELU:
        return z > 0.0 ? z : 0.0;
    case LW_LEAKY_RELU:
        return z > 0.0 ? z : (double)LW_LEAKY_SLOPE * z;
    case LW_SIGMOID:
        return sigmoid(z);
    case LW_TANH:
        return tanh(z);
    case LW_GELU:
        return gelu(z);
    case LW_SILU:
        return z * sigmoid(z);
    default:
        return z;
    }
}

/* log(sum_j exp(z[j])) without overflow. */
static double log_sum_exp(size_t n, const double *z)
{
    double max = z[0], sum = 0.0;
    for (size_t j = 1; j < n; j++)
        max = z[j] > max ? z[j] : max;
    for (size_t j = 0; j < n; j++)
        sum += exp(z[j] - max);
    return max + log(sum);
}

/* The outputs y of a row from the last layer's z. */
static void output_row(lw_activation activation, size_t n, const double *z, double *y)
{
    const double normalizer = activation == LW_SOFTMAX ? log_sum_exp(n, z) : 0.0;
    for (size_t j = 0; j < n; j++)
        y[j] = activation == LW_SOFTMAX ? exp(z[j] - normalizer) : activate(activation, z[j]);
}

static double target_at(const lw_reference *reference, size_t row, size_t output)
{
    const size_t outputs = reference->rule->outputs;
    const lw_target *target = reference->target;
    if (target->values)
        return (double)target->values[row * outputs + output];
    return outputs == 1 ? (double)target->labels[row]
                        : (double)(target->labels[row] == (int32_t)output);
}

static double row_loss(const lw_reference *reference, size_t row, const double *z, double *y)
{
    const size_t outputs = reference->rule->outputs;
    const lw_loss loss = reference->rule->loss;
    const double normalizer = loss == LW_CROSS_ENTROPY ? log_sum_exp(outputs, z) : 0.0;
    double sum = 0.0;
    output_row(lw_last_layer(reference->net)->spec.activation, outputs, z, y);
    for (size_t j = 0; j < outputs; j++) {
        const double t = target_at(reference, row, j);
        if (loss == LW_CROSS_ENTROPY)
            sum += t * (normalizer - z[j]);
        else if (loss == LW_BINARY_CROSS_ENTROPY)
            sum += fmax(z[j], 0.0) - z[j] * t + log1p(exp(-fabs(z[j])));
        else
            sum += (y[j] - t) * (y[j] - t);
    }
    return sum;
}

static size_t widest_vector(const lw_net *net)
{
    size_t widest = lw_net_inputs(net);
    for (size_t i = 0; i < net->layer_count; i++)
        if (net->layers[i].spec.units > widest)
            widest = net->layers[i].spec.units;
    return widest;
}

size_t lw_reference_buffer_count(const lw_net *net)
{
    return 2 * widest_vector(net);
}

double lw_reference_loss(const double *parameters, void *user)
{
    const lw_reference *reference = user;
    const lw_net *net = reference->net;
    const size_t inputs = lw_net_inputs(net), widest = widest_vector(net);
    double sum = 0.0;
    for (size_t row = 0; row < reference->rows; row++) {
        double *y = reference->buffers, *z = y + widest;
        const double *w = parameters;
        for (size_t j = 0; j < inputs; j++)
            y[j] = (double)reference->x[row * inputs + j];
        for (size_t i = 0; i < net->layer_count; i++) {
            const lw_layer *layer = &net->layers[i];
            const size_t in = layer->in, out = layer->spec.units;
            memcpy(z, w + in * out, out * sizeof *z);
            for (size_t p = 0; p < in; p++)
                for (size_t j = 0; j < out; j++)
                    z[j] += y[p] * w[p * out + j];
            for (size_t j = 0; j < out && layer != lw_last_layer(net); j++)
                y[j] = activate(layer->spec.activation, z[j]);
            w += (in + 1) * out;
        }
        sum += row_loss(reference, row, z, y);
    }
    return sum * lw_loss_factor(reference->rule, reference->rows);
}
