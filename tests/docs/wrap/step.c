/* Wraps a training step of the guide: provides a network and data, and expects a smaller loss. */
#include <lanewise/nn.h>
#include <stdio.h>

enum {
    rows = 16,
    inputs = 3,
    outputs = 2,
    units = 8,
    parameters = inputs * units + units + units * outputs + outputs
};

static double mean_squared_error(const lw_net *net, const float *x, const float *t)
{
    float y[rows * outputs];
    double sum = 0.0;
    if (lw_predict(net, rows, x, y) != LW_OK)
        return -1.0;
    for (size_t i = 0; i < rows * outputs; i++)
        sum += ((double)y[i] - (double)t[i]) * ((double)y[i] - (double)t[i]);
    return sum / (rows * outputs);
}

int main(void)
{
    float x[rows * inputs], t[rows * outputs], y[rows * outputs], dy[rows * outputs];
    float g[parameters], p[parameters];
    double loss = 0.0;
    for (size_t i = 0; i < rows * inputs; i++)
        x[i] = (float)(i * 37 % 64) / 32.0f - 1.0f;
    for (size_t i = 0; i < rows * outputs; i++)
        t[i] = x[i] * x[i + rows];

    const lw_target target = {.values = t};
    const lw_layer_spec layers[] = {{.units = units, .activation = LW_ACTIVATION_TANH},
                                    {.units = outputs}};
    const lw_optimizer optimizer = lw_adam(0.01f);
    lw_net *net = NULL;
    lw_status status = lw_net_create_mlp(&net, inputs, layers, 2, 1);
    if (status != LW_OK || lw_net_parameter_count(net) != parameters)
        return 1;
    const double before = mean_squared_error(net, x, t);
    for (int step = 0; step < 100 && status == LW_OK; step++) {
        BLOCK
    }
    if (status != LW_OK)
        return fprintf(stderr, "%s\n", lw_last_error()), 1;
    const double after = mean_squared_error(net, x, t);
    if (!(after < 0.8 * before))
        return fprintf(stderr, "loss %g, before %g\n", after, before), 1;
    /* Not all of these are used by every step. */
    (void)loss, (void)y, (void)dy, (void)g, (void)p, (void)target, (void)optimizer;
    lw_net_destroy(net);
    return 0;
}
