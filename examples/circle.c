/*
 * Which points are inside the unit circle?
 *
 * 10000 points uniform in [-5, 5]^2, of which only 3.1 % are inside: a network that always predicts
 * "outside" has an accuracy of 96.9 %. The counts of true and false positives and negatives show
 * whether anything was learned.
 *
 * Weights are standard normal, biases 0. In about 6 runs of 100 the first steps make all ReLUs of a
 * layer inactive: no gradient passes them any more, and the network predicts "outside" for every
 * point (10 of 100 with standard normal biases). Such a run is repeated with new weights.
 *
 * Usage: example_circle [SEED]
 */
#include "example.h"

enum { POINTS = 10000 };

static int show_loss(void *user, const lw_epoch_report *report)
{
    (void)user;
    if (report->epoch % 100 == 0)
        printf("epoch %4zu  loss %.4f  dev loss %.4f\n", report->epoch, report->train_loss,
               report->validation_loss);
    return 0;
}

/* The data set refers to points and inside, which the caller owns. */
static lw_dataset sample_points(uint64_t seed, float *points, float *inside)
{
    for (size_t i = 0; i < POINTS; i++) {
        float *p = points + 2 * i;
        p[0] = uniform(&seed, -5.0f, 5.0f);
        p[1] = uniform(&seed, -5.0f, 5.0f);
        inside[i] = p[0] * p[0] + p[1] * p[1] < 1.0f ? 1.0f : 0.0f;
    }
    return (lw_dataset){
        .rows = POINTS, .inputs = 2, .outputs = 1, .x = points, .target = {.values = inside}};
}

static void show_result(const lw_evaluation *result, const lw_dataset *dev)
{
    printf("dev loss %.4f  TP %zu  FP %zu  TN %zu  FN %zu\n", result->loss, result->true_positive,
           result->false_positive, result->true_negative, result->false_negative);
    for (size_t i = 0; i < result->misclassified_count; i++) {
        const size_t row = result->misclassified[i];
        printf("wrong: (%+.3f, %+.3f) is %s\n", dev->x[2 * row], dev->x[2 * row + 1],
               dev->target.values[row] > 0.5f ? "inside" : "outside");
    }
}

/* Trains and evaluates, with new weights while the network predicts "outside" for every point. */
static lw_status train_until_learned(lw_net *net, uint64_t seed, const lw_dataset *train,
                                     const lw_fit_options *options, lw_evaluation *result)
{
    for (;;) {
        lw_status status = lw_fit(net, train, options);
        if (status == LW_OK)
            status = lw_evaluate(net, options->validation, options->loss, result);
        if (status != LW_OK || result->true_positive + result->false_positive > 0)
            return status;
        lw_evaluation_free(result);
        printf("all outside: again, with new weights\n");
        /* An increment of a million does not repeat the first run of another small seed. */
        seed += 1000000;
        status = lw_net_initialize(net, seed);
        if (status != LW_OK)
            return status;
    }
}

static lw_status run(const lw_dataset *train, const lw_dataset *dev, uint64_t seed)
{
    const lw_layer_spec layers[] = {
        {.units = 10, .activation = LW_ACTIVATION_RELU, .init = LW_INIT_NORMAL},
        {.units = 5, .activation = LW_ACTIVATION_RELU, .init = LW_INIT_NORMAL},
        {.units = 1, .activation = LW_ACTIVATION_SIGMOID, .init = LW_INIT_NORMAL},
    };
    const lw_fit_options options = {
        .size = sizeof options,
        .loss = LW_LOSS_MSE,
        .optimizer = lw_sgd(0.5f),
        .batch_size = LW_FULL_BATCH,
        .epochs = 1000,
        .validation = dev,
        .on_epoch = show_loss,
    };
    lw_net *net = NULL;
    lw_evaluation result = {0};
    lw_status status = lw_net_create_mlp(&net, 2, layers, 3, seed);
    if (status == LW_OK)
        status = train_until_learned(net, seed, train, &options, &result);
    if (status == LW_OK)
        show_result(&result, dev);
    lw_evaluation_free(&result);
    lw_net_destroy(net);
    return status;
}

int main(int argc, char **argv)
{
    static float points[2 * POINTS], inside[POINTS];
    const uint64_t seed = seed_argument(argc, argv);
    const lw_dataset all = sample_points(seed, points, inside);
    lw_dataset train = {0};
    lw_dataset dev = {0};
    lw_status status = lw_dataset_split(&all, 0.2, seed, &train, &dev);
    if (status == LW_OK)
        status = run(&train, &dev, seed);
    lw_dataset_free(&train);
    lw_dataset_free(&dev);
    return exit_status(status);
}
