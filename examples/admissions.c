/*
 * College admissions: who is admitted, from two grades and the rank of a school?
 *
 * The CSV file has the columns admit, gre, gpa and rank. Rank is a category from 1 to 4, so it
 * becomes four columns of 0 and 1; the grades are brought to mean 0 and deviation 1. One sigmoid
 * neuron on these six inputs is logistic regression, here with a squared error. One row in ten is
 * kept for testing.
 *
 * Usage: example_admissions FILE.csv [SEED]
 */
#include "example.h"

static int show_loss(void *user, const lw_epoch_report *report)
{
    (void)user;
    const size_t steps_before = report->epoch - 1;
    if (steps_before % 200 == 0)
        printf("epoch %4zu  loss %.4f\n", steps_before, report->train_loss);
    return 0;
}

static void show_accuracy(const char *name, const lw_net *net, const lw_dataset *data)
{
    lw_evaluation evaluation;
    check(lw_evaluate(net, data, LW_HALF_MSE, &evaluation));
    printf("%s: %zu of %zu right\n", name, evaluation.correct, evaluation.rows);
    lw_evaluation_free(&evaluation);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: %s FILE.csv [SEED]\n", argv[0]);
        return 2;
    }
    const uint64_t seed = seed_argument(argc - 1, argv + 1);
    const char *const categories[] = {"rank"};
    const lw_csv_options csv = {.size = sizeof csv,
                                .target = "admit",
                                .one_hot = categories,
                                .one_hot_count = 1,
                                .standardize = 1};
    lw_dataset all;
    lw_dataset train;
    lw_dataset test;
    check(lw_dataset_load_csv(&all, argv[1], &csv));
    check(lw_dataset_split(&all, 0.1, seed, &train, &test));

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
    check(lw_net_create(&net, train.inputs, layers, 1, seed));
    check(lw_fit(net, &train, &options));
    show_accuracy("training", net, &train);
    show_accuracy("test", net, &test);

    lw_net_destroy(net);
    lw_dataset_free(&all);
    lw_dataset_free(&train);
    lw_dataset_free(&test);
    return 0;
}
