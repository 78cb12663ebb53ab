/*
 * A custom loss.
 *
 * To train with a custom loss, a program computes dy, the gradient of the loss with respect to the
 * outputs of the network; lw_net_backward propagates it to the weights. The loss in this example is
 * the sum of squared errors over a batch and all outputs; any differentiable function works the
 * same way.
 *
 * lw_gradient_check verifies a hand-written derivative against finite differences of the loss, in
 * double precision.
 */
#include "example.h"

enum { ROWS = 16, INPUTS = 20, HIDDEN = 50, OUTPUTS = 10, ELEMENTS = ROWS * OUTPUTS, STEPS = 200 };

/* Returns the loss and writes its gradient to dy unless dy is NULL. In double precision, as finite
 * differences require. */
static double custom_loss(const double *y, const float *t, double *dy)
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
    return custom_loss(y, user, NULL);
}

static void to_double(const float *from, double *to)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        to[i] = (double)from[i];
}

static float x[ROWS * INPUTS], t[ELEMENTS];

/* Compares the gradient of the loss, and that of the network, with finite differences. */
static lw_status check_gradients(lw_net *net)
{
    static float y[ELEMENTS];
    static double y_double[ELEMENTS], dy_double[ELEMENTS];
    const lw_target target = {.values = t};
    lw_gradient_report report;
    lw_status status = lw_net_forward(net, ROWS, x, y);
    if (status != LW_OK)
        return status;
    to_double(y, y_double);
    custom_loss(y_double, t, dy_double);
    status = lw_gradient_check(ELEMENTS, y_double, dy_double, loss_of_outputs, t, 0.0, &report);
    if (status != LW_OK)
        return status;
    printf("gradient of the loss: error %.0e\n", report.max_error);

    /* LW_LOSS_SSE is the library's implementation of the same loss. */
    status = lw_net_gradient_check(net, LW_LOSS_SSE, ROWS, x, &target, &report);
    if (status == LW_OK)
        printf("gradient of the network: error %.0e\n", report.max_error);
    return status;
}

static lw_status train_step(lw_net *net, const lw_optimizer *optimizer, double *loss)
{
    static float y[ELEMENTS], dy[ELEMENTS];
    static double y_double[ELEMENTS], dy_double[ELEMENTS];
    lw_status status = lw_net_forward(net, ROWS, x, y);
    if (status != LW_OK)
        return status;
    to_double(y, y_double);
    *loss = custom_loss(y_double, t, dy_double);
    for (size_t i = 0; i < ELEMENTS; i++)
        dy[i] = (float)dy_double[i];
    status = lw_net_backward(net, dy, NULL);
    if (status == LW_OK)
        status = lw_net_step(net, optimizer);
    return status;
}

static lw_status train(lw_net *net)
{
    const lw_optimizer sgd = lw_sgd(0.001f);
    lw_status status = LW_OK;
    for (size_t step = 0; status == LW_OK && step < STEPS; step++) {
        double loss = 0.0;
        status = train_step(net, &sgd, &loss);
        if (status == LW_OK && step % 20 == 0)
            printf("step %3zu  loss %.4f\n", step, loss);
    }
    return status;
}

/* Gradients can be read layer by layer. Those of the weights are stored in x out. */
static lw_status show_gradient_norm(const lw_net *net)
{
    static float dw[HIDDEN * OUTPUTS];
    double squares = 0.0;
    lw_status status = lw_net_get_layer_gradients(net, 1, dw, NULL);
    if (status == LW_OK)
        status = lw_vector_sum_squares(sizeof dw / sizeof *dw, dw, &squares);
    if (status == LW_OK)
        printf("squared norm of the output layer's last gradient: %.4f\n", squares);
    return status;
}

int main(void)
{
    uint64_t random = 1;
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        x[i] = uniform(&random, -1.0f, 1.0f);
    for (size_t i = 0; i < ELEMENTS; i++)
        t[i] = uniform(&random, -0.9f, 0.9f);

    const lw_layer_spec layers[] = {
        {.units = HIDDEN, .activation = LW_ACTIVATION_TANH, .init = LW_INIT_XAVIER},
        {.units = OUTPUTS, .activation = LW_ACTIVATION_TANH, .init = LW_INIT_XAVIER},
    };
    lw_net *net = NULL;
    lw_status status = lw_net_create_mlp(&net, INPUTS, layers, 2, /* seed */ 1);
    if (status == LW_OK)
        status = check_gradients(net);
    if (status == LW_OK)
        status = train(net);
    if (status == LW_OK)
        status = show_gradient_norm(net);
    lw_net_destroy(net);
    return exit_status(status);
}
