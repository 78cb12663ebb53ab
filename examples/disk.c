/*
 * A disk in a square: two classes, a softmax and plain stochastic gradient descent.
 *
 * 3000 points uniform in [-1, 1)^2; the disk of radius sqrt(2 / pi) holds half of them. The loss is
 * the mean over each mini-batch of 32, the weights start as PyTorch's Linear draws them. A learning
 * rate of 0.001 is slow but sure: 50 epochs pass before the disk shows, and the accuracy still
 * rises at the end.
 *
 * Usage: example_disk [SEED]
 */
#include "example.h"

enum { POINTS = 3000 };

typedef struct watched {
    const lw_net *net;
    const lw_dataset *data;
} watched;

/* The accuracy after every tenth epoch, counted from 0, on the points themselves. */
static int show_accuracy(void *user, const lw_epoch_report *report)
{
    const watched *w = user;
    const size_t epoch = report->epoch - 1;
    if (epoch % 10 != 0)
        return 0;
    lw_evaluation evaluation;
    check(lw_evaluate(w->net, w->data, LW_CROSS_ENTROPY, &evaluation));
    printf("epoch %3zu  loss %.4f  accuracy %.2f %%\n", epoch, evaluation.loss,
           100.0 * evaluation.accuracy);
    lw_evaluation_free(&evaluation);
    return 0;
}

int main(int argc, char **argv)
{
    const uint64_t seed = seed_argument(argc, argv);
    const float radius_squared = 0.636619772f; /* 2 / pi */
    uint64_t random = seed;
    float *points = allocate(POINTS, 2 * sizeof *points);
    int32_t *inside = allocate(POINTS, sizeof *inside);
    for (size_t i = 0; i < POINTS; i++) {
        float *p = points + 2 * i;
        p[0] = uniform(&random, -1.0f, 1.0f);
        p[1] = uniform(&random, -1.0f, 1.0f);
        inside[i] = p[0] * p[0] + p[1] * p[1] < radius_squared;
    }
    /* Two classes as labels 0 and 1: outputs counts the classes. */
    const lw_dataset data = {
        .rows = POINTS, .inputs = 2, .outputs = 2, .x = points, .target = {.labels = inside}};

    const lw_layer_spec layers[] = {
        {.units = 64, .activation = LW_ACTIVATION_RELU},
        {.units = 64, .activation = LW_ACTIVATION_RELU},
        {.units = 2, .activation = LW_ACTIVATION_SOFTMAX},
    };
    lw_net *net = NULL;
    check(lw_net_create(&net, 2, layers, 3, seed));
    watched w = {net, &data};
    const lw_fit_options options = {
        .size = sizeof options,
        .optimizer = lw_sgd(1e-3f),
        .batch_size = 32,
        .epochs = 300,
        .on_epoch = show_accuracy,
        .user = &w,
    };
    check(lw_fit(net, &data, &options));

    lw_net_destroy(net);
    free(points);
    free(inside);
    return 0;
}
