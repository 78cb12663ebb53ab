/*
 * The exclusive or, with a custom training loop.
 *
 * XOR needs a hidden layer. Its width determines how often a run with ReLU succeeds: with 2 units
 * about one run in five, the others stay on a plateau; with 8 units 19 in 20; with 32 units all of
 * 1000 runs.
 *
 * Usage: example_xor [SEED]
 */
#include "example.h"

enum { ROWS = 4, INPUTS = 2, HIDDEN = 32, STEPS = 10000 };
static const float x[ROWS * INPUTS] = {0, 0, 0, 1, 1, 0, 1, 1};
static const float t[ROWS] = {0, 1, 1, 0};

/* The four calls of a training step. lw_train_step does the same in one call and is faster; with
 * separate calls, a program can do its own work between them. */
static lw_status train_step(lw_net *net, const lw_optimizer *optimizer, double *loss)
{
    const lw_target target = {.values = t};
    lw_status status = lw_net_forward(net, ROWS, x, NULL);
    if (status == LW_OK)
        status = lw_net_loss(net, LW_LOSS_BINARY_CROSS_ENTROPY, &target, loss);
    if (status == LW_OK)
        status = lw_net_backward(net, NULL, NULL); /* of the loss just computed */
    if (status == LW_OK)
        status = lw_net_step(net, optimizer);
    return status;
}

static lw_status train(lw_net *net)
{
    const lw_optimizer sgd = lw_sgd(0.1f);
    lw_status status = LW_OK;
    for (size_t step = 0; status == LW_OK && step < STEPS; step++) {
        double loss = 0.0;
        status = train_step(net, &sgd, &loss);
        if (status == LW_OK && step % 1000 == 0)
            printf("step %5zu  loss %.4f\n", step, loss);
    }
    return status;
}

static lw_status show_outputs(const lw_net *net)
{
    float y[ROWS];
    size_t correct = 0;
    const lw_status status = lw_predict(net, ROWS, x, y);
    if (status != LW_OK)
        return status;
    for (size_t row = 0; row < ROWS; row++) {
        printf("%.0f xor %.0f: %.3f\n", x[row * INPUTS], x[row * INPUTS + 1], y[row]);
        correct += (y[row] > 0.5f) == (t[row] > 0.5f);
    }
    printf("%zu of %d right\n", correct, ROWS);
    return LW_OK;
}

int main(int argc, char **argv)
{
    const lw_layer_spec layers[] = {
        {.units = HIDDEN, .activation = LW_ACTIVATION_RELU, .init = LW_INIT_HE},
        {.units = 1, .activation = LW_ACTIVATION_SIGMOID, .init = LW_INIT_HE},
    };
    lw_net *net = NULL;
    lw_status status = lw_net_create_mlp(&net, INPUTS, layers, 2, seed_argument(argc, argv));
    if (status == LW_OK)
        status = train(net);
    if (status == LW_OK)
        status = show_outputs(net);
    lw_net_destroy(net);
    return exit_status(status);
}
