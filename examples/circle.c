/*
 * Which points lie inside the unit circle?
 *
 * 10000 points uniform in [-5, 5]^2, of which only pi in 100 are inside: a network that answers
 * "outside" to everything is right in 96.9 % of all cases. Hence the table of true and false
 * positives and negatives, which shows at once whether anything was learnt.
 *
 * Weights are standard normal, biases 0. In about 6 runs of 100 that start is so far off that the
 * first steps kill all ReLUs of a layer: no gradient passes them any more, and the network ends
 * with "outside" for every point. (Biases drawn from the normal too make it 10 of 100.) Such a run
 * is worth nothing and is repeated with new weights.
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

/* data is a view of points and answers, which stay with the caller. */
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

/* Trains and evaluates, from new weights as long as every point ends up outside. */
static void train_until_learnt(lw_net *net, uint64_t seed, const lw_dataset *train,
                               const lw_fit_options *options, lw_evaluation *result)
{
    for (;;) {
        check(lw_fit(net, train, options));
        check(lw_evaluate(net, options->validation, options->loss, result));
        if (result->true_positive + result->false_positive > 0)
            return;
        lw_evaluation_free(result);
        printf("all outside: again, with new weights\n");
        /* A step of a million, so that no other seed's first run is repeated. */
        seed += 1000000;
        check(lw_net_initialize(net, seed));
    }
}

int main(int argc, char **argv)
{
    const uint64_t seed = seed_argument(argc, argv);
    float *points = allocate(POINTS, 2 * sizeof *points);
    float *inside = allocate(POINTS, sizeof *inside);
    const lw_dataset all = sample_points(seed, points, inside);
    lw_dataset train;
    lw_dataset dev;
    check(lw_dataset_split(&all, 0.2, seed, &train, &dev));

    const lw_layer_spec layers[] = {
        {.units = 10, .activation = LW_ACTIVATION_RELU, .init = LW_INIT_NORMAL},
        {.units = 5, .activation = LW_ACTIVATION_RELU, .init = LW_INIT_NORMAL},
        {.units = 1, .activation = LW_ACTIVATION_SIGMOID, .init = LW_INIT_NORMAL},
    };
    const lw_fit_options options = {
        .size = sizeof options,
        .loss = LW_MSE,
        .optimizer = lw_sgd(0.5f),
        .batch_size = LW_FULL_BATCH,
        .epochs = 1000,
        .validation = &dev,
        .on_epoch = show_loss,
    };
    lw_net *net = NULL;
    check(lw_net_create(&net, 2, layers, 3, seed));
    lw_evaluation result;
    train_until_learnt(net, seed, &train, &options, &result);
    show_result(&result, &dev);

    lw_evaluation_free(&result);
    lw_net_destroy(net);
    lw_dataset_free(&train);
    lw_dataset_free(&dev);
    free(points);
    free(inside);
    return 0;
}
