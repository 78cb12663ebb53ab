/*
 * The logical AND, learned by one neuron.
 *
 * Two inputs and one sigmoid output: AND is linearly separable, so no hidden layer is needed. The
 * loss is 1/2 (y - t)^2, averaged over the four rows. Every step uses all four rows.
 */
#include "example.h"

/* Called after every epoch. The loss is computed before the step of the epoch, so the line of epoch
 * 0 shows the initial network. */
static int show_loss(void *user, const lw_epoch_report *report)
{
    (void)user;
    const size_t steps_before = report->epoch - 1;
    if (steps_before % 200 == 0)
        printf("epoch %4zu  loss %.4f\n", steps_before, report->train_loss);
    return 0; /* nonzero stops the run */
}

enum { ROWS = 4, INPUTS = 2 };
static const float x[ROWS * INPUTS] = {0, 0, 0, 1, 1, 0, 1, 1};

static lw_status show_outputs(const lw_net *net)
{
    float y[ROWS];
    const lw_status status = lw_predict(net, ROWS, x, y);
    for (size_t row = 0; status == LW_OK && row < ROWS; row++)
        printf("%.0f and %.0f: %.2f\n", x[row * INPUTS], x[row * INPUTS + 1], y[row]);
    return status;
}

int main(void)
{
    static const float t[ROWS] = {0, 0, 0, 1};

    /* A data set can refer to the caller's arrays; nothing is copied. */
    const lw_dataset data = {
        .rows = ROWS, .inputs = INPUTS, .outputs = 1, .x = x, .target = {.values = t}};
    const lw_layer_spec layers[] = {{.units = 1, .activation = LW_ACTIVATION_SIGMOID}};
    const lw_fit_options options = {
        .size = sizeof options,
        .loss = LW_LOSS_HALF_MSE,
        .optimizer = lw_sgd(1.0f),
        .batch_size = LW_FULL_BATCH,
        .epochs = 2000,
        .on_epoch = show_loss,
    };

    lw_net *net = NULL;
    lw_status status = lw_net_create_mlp(&net, INPUTS, layers, 1, /* seed */ 1);
    if (status == LW_OK)
        status = lw_fit(net, &data, &options);
    if (status == LW_OK)
        status = show_outputs(net);
    lw_net_destroy(net); /* NULL is accepted */
    return exit_status(status);
}
