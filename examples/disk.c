/*
 * A disk in a square: two classes, a softmax and plain stochastic gradient descent.
 *
 * 3000 points uniform in [-1, 1)^2, half of them inside the disk of radius sqrt(2 / pi). The loss
 * is the mean over each mini-batch of 32; weights are initialized like PyTorch's Linear. The
 * learning rate of 0.001 is low: the accuracy starts to rise after 50 epochs and still rises at the
 * end.
 *
 * Usage: example_disk [SEED]
 */
#include "example.h"

enum { POINTS = 3000 };

/* The user pointer of the callback. */
typedef struct run {
    const lw_net *net;
    const lw_dataset *data;
    lw_status status; /* of the callback */
} run;

/* Shows the accuracy on the training data after every tenth epoch. A failure stops the run. */
static int show_accuracy(void *user, const lw_epoch_report *report)
{
    run *r = user;
    const size_t epoch = report->epoch - 1;
    if (epoch % 10 != 0)
        return 0;
    lw_evaluation evaluation;
    r->status = lw_evaluate(r->net, r->data, LW_LOSS_CROSS_ENTROPY, &evaluation);
    if (r->status != LW_OK)
        return 1;
    printf("epoch %3zu  loss %.4f  accuracy %.2f %%\n", epoch, evaluation.loss,
           100.0 * evaluation.accuracy);
    lw_evaluation_free(&evaluation);
    return 0;
}

static void sample_points(uint64_t seed, float *points, int32_t *inside)
{
    const float radius_squared = 0.636619772f; /* 2 / pi */
    for (size_t i = 0; i < POINTS; i++) {
        float *p = points + 2 * i;
        p[0] = uniform(&seed, -1.0f, 1.0f);
        p[1] = uniform(&seed, -1.0f, 1.0f);
        inside[i] = p[0] * p[0] + p[1] * p[1] < radius_squared;
    }
}

int main(int argc, char **argv)
{
    static float points[2 * POINTS];
    static int32_t inside[POINTS];
    const uint64_t seed = seed_argument(argc, argv);
    sample_points(seed, points, inside);
    /* Labels 0 and 1; outputs is the number of classes. */
    const lw_dataset data = {
        .rows = POINTS, .inputs = 2, .outputs = 2, .x = points, .target = {.labels = inside}};

    const lw_layer_spec layers[] = {
        {.units = 64, .activation = LW_ACTIVATION_RELU},
        {.units = 64, .activation = LW_ACTIVATION_RELU},
        {.units = 2, .activation = LW_ACTIVATION_SOFTMAX},
    };
    lw_net *net = NULL;
    lw_status status = lw_net_create_mlp(&net, 2, layers, 3, seed);
    run r = {net, &data, LW_OK};
    const lw_fit_options options = {
        .size = sizeof options,
        .optimizer = lw_sgd(1e-3f),
        .batch_size = 32,
        .epochs = 300,
        .on_epoch = show_accuracy,
        .user = &r,
    };
    if (status == LW_OK)
        status = lw_fit(net, &data, &options);
    if (status == LW_OK)
        status = r.status;
    lw_net_destroy(net);
    return exit_status(status);
}
