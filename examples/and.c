/*
 * The logical AND, learnt by one neuron.
 *
 * Two inputs and one sigmoid output: AND is linearly separable, so no hidden layer is needed. The
 * loss is 1/2 (y - t)^2, averaged over the four rows; every step sees all four.
 */
#include "example.h"

/* Called after every epoch. The loss is that of the weights before the epoch's step, so the line
 * of epoch 0 shows the network as it was drawn. */
static int show_loss(void *user, const lw_epoch_report *report)
{
    (void)user;
    const size_t steps_before = report->epoch - 1;
    if (steps_before % 200 == 0)
        printf("epoch %4zu  loss %.4f\n", steps_before, report->train_loss);
    return 0; /* anything else would end the run */
}

int main(void)
{
    enum { ROWS = 4, INPUTS = 2 };
    static const float x[ROWS * INPUTS] = {0, 0, 0, 1, 1, 0, 1, 1};
    static const float t[ROWS] = {0, 0, 0, 1};

    /* Arrays of the caller make a data set without being copied. */
    const lw_dataset data = {
        .rows = ROWS, .inputs = INPUTS, .outputs = 1, .x = x, .target = {.values = t}};
    const lw_layer_spec layers[] = {{.units = 1, .activation = LW_ACTIVATION_SIGMOID}};
    const lw_fit_options options = {
        .size = sizeof options,
        .loss = LW_HALF_MSE,
        .optimizer = lw_sgd(1.0f),
        .batch_size = LW_FULL_BATCH,
        .epochs = 2000,
        .on_epoch = show_loss,
    };

    lw_net *net = NULL;
    check(lw_net_create(&net, INPUTS, layers, 1, /* seed */ 1));
    check(lw_fit(net, &data, &options));

    float y[ROWS];
    check(lw_predict(net, ROWS, x, y));
    for (size_t row = 0; row < ROWS; row++)
        printf("%.0f and %.0f: %.2f\n", x[row * INPUTS], x[row * INPUTS + 1], y[row]);
    lw_net_destroy(net);
    return 0;
}
