/*
 * A loss of one's own.
 *
 * The library needs only one thing to train on a loss that it does not know: its gradient at the
 * network's outputs, dy. lw_net_backward carries it from there to every weight. The loss here is
 * the sum of squares over a batch and all outputs; any other function that comes with a derivative
 * goes in the same place.
 *
 * A derivative made by hand is checked before it is used: lw_gradient_check compares it with
 * differences of the loss, in double precision.
 */
#include "example.h"

enum { ROWS = 16, INPUTS = 20, HIDDEN = 50, OUTPUTS = 10, ELEMENTS = ROWS * OUTPUTS, STEPS = 200 };

/* The loss, and its gradient at y. In double, so that differences of it are exact enough; dy may be
 * NULL. */
static double my_loss(const double *y, const float *t, double *dy)
{
    double sum = 0.0;
    for (size_t i = 0; i < ELEMENTS; i++) {
        const double error = y[i] - (double)t[i];
        sum += error * error;
        if (dy != NULL)
            dy[i] = 2.0 * error;
    }
    return sum;
}

static double loss_of_outputs(const double *y, void *user)
{
    return my_loss(y, user, NULL);
}

static void widen(const float *from, double *to)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        to[i] = (double)from[i];
}

int main(void)
{
    static float x[ROWS * INPUTS], t[ELEMENTS], y[ELEMENTS], dy[ELEMENTS];
    static double wide_y[ELEMENTS], wide_dy[ELEMENTS];
    static float dw[HIDDEN * OUTPUTS];
    uint64_t random = 1;
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        x[i] = uniform(&random, -1.0f, 1.0f);
    for (size_t i = 0; i < ELEMENTS; i++)
        t[i] = uniform(&random, -0.9f, 0.9f);

    const lw_layer_spec layers[] = {
        {.units = HIDDEN, .activation = LW_ACTIVATION_TANH, .init = LW_INIT_XAVIER},
        {.units = OUTPUTS, .activation = LW_ACTIVATION_TANH, .init = LW_INIT_XAVIER},
    };
    const lw_optimizer sgd = lw_sgd(0.001f);
    lw_net *net = NULL;
    check(lw_net_create(&net, INPUTS, layers, 2, /* seed */ 1));

    /* My derivative, at the outputs of the network as it was drawn. */
    lw_gradient_report report;
    check(lw_net_forward(net, ROWS, x, y));
    widen(y, wide_y);
    my_loss(wide_y, t, wide_dy);
    check(lw_gradient_check(ELEMENTS, wide_y, wide_dy, loss_of_outputs, t, 0.0, &report));
    printf("gradient of the loss: error %.0e\n", report.max_error);

    /* The network's own derivatives, with the library's form of the same loss. */
    const lw_target target = {.values = t};
    check(lw_net_gradient_check(net, LW_SSE, ROWS, x, &target, &report));
    printf("gradient of the network: error %.0e\n", report.max_error);

    for (size_t step = 0; step < STEPS; step++) {
        check(lw_net_forward(net, ROWS, x, y));
        widen(y, wide_y);
        const double loss = my_loss(wide_y, t, wide_dy);
        for (size_t i = 0; i < ELEMENTS; i++)
            dy[i] = (float)wide_dy[i];
        check(lw_net_backward(net, dy, NULL));
        check(lw_net_step(net, &sgd));
        if (step % 20 == 0)
            printf("step %3zu  loss %.4f\n", step, loss);
    }

    /* Gradients can be read layer by layer: those of the output layer, in (in, out) order. */
    double squares = 0.0;
    check(lw_net_get_layer_gradients(net, 1, dw, NULL));
    check(lw_sum_squares(sizeof dw / sizeof *dw, dw, &squares));
    printf("squared norm of the output layer's last gradient: %.4f\n", squares);
    lw_net_destroy(net);
    return 0;
}
