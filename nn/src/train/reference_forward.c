/* The forward pass and the losses in double precision. */
#include "reference_forward.h"

#include "layers/activation.h"

#include <math.h>

static double target_at(const lw_reference *reference, size_t row, size_t output)
{
    const size_t outputs = reference->rule->outputs;
    const lw_target *target = reference->target;
    if (target->values)
        return (double)target->values[row * outputs + output];
    return outputs == 1 ? (double)target->labels[row]
                        : (double)(target->labels[row] == (int32_t)output);
}

static double row_loss(const lw_reference *reference, size_t row, const double *z, const double *y)
{
    const size_t outputs = reference->rule->outputs;
    const lw_loss loss = reference->rule->loss;
    const double normalizer = loss == LW_LOSS_CROSS_ENTROPY ? lw_log_sum_exp(outputs, z) : 0.0;
    double sum = 0.0;
    for (size_t j = 0; j < outputs; j++) {
        const double t = target_at(reference, row, j);
        if (loss == LW_LOSS_CROSS_ENTROPY)
            sum += t * (normalizer - z[j]);
        else if (loss == LW_LOSS_BINARY_CROSS_ENTROPY)
            sum += fmax(z[j], 0.0) - z[j] * t + log1p(exp(-fabs(z[j])));
        else
            sum += (y[j] - t) * (y[j] - t);
    }
    return sum;
}

/* The length of the longest input or output vector of a layer. */
static size_t longest_vector(const lw_net *net)
{
    const size_t inputs = lw_net_inputs(net), widest = lw_net_widest(net);
    return inputs > widest ? inputs : widest;
}

/* Inputs and outputs, swapped after each layer, and z. */
enum { BUFFERS = 3 };

size_t lw_reference_buffer_count(const lw_net *net)
{
    return BUFFERS * longest_vector(net);
}

double lw_reference_loss(const double *parameters, void *user)
{
    const lw_reference *reference = user;
    const lw_net *net = reference->net;
    const size_t inputs = lw_net_inputs(net), length = longest_vector(net);
    double *slots[] = {reference->buffers, reference->buffers + length};
    double *z = reference->buffers + 2 * length;
    const float *weights = reference->target->weights;
    double sum = 0.0;
    for (size_t row = 0; row < reference->rows; row++) {
        const double *x = reference->x + row * inputs;
        for (size_t i = 0; i < net->layer_count; i++) {
            const lw_layer *layer = net->layers[i];
            layer->kind->reference(layer, parameters + layer->tensors[0].flat, x, z, slots[i % 2]);
            x = slots[i % 2];
        }
        sum += (weights ? (double)weights[row] : 1.0) * row_loss(reference, row, z, x);
    }
    return sum * lw_loss_factor(reference->rule, reference->rows);
}
