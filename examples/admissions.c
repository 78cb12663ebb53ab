/*
 * College admissions: predicts who is admitted from two grades and the rank of the school.
 *
 * The CSV file has the columns admit, gre, gpa and rank. Rank is a category from 1 to 4 and is
 * one-hot encoded as four columns; the grades are standardized. One sigmoid neuron on these six
 * inputs is logistic regression, here with a squared error. One row in ten is the test set.
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

static lw_status show_accuracy(const char *name, const lw_net *net, const lw_dataset *data)
{
    lw_evaluation evaluation;
    const lw_status status = lw_evaluate(net, data, LW_LOSS_HALF_MSE, &evaluation);
    if (status != LW_OK)
        return status;
    printf("%s: %zu of %zu right\n", name, evaluation.correct, evaluation.rows);
    lw_evaluation_free(&evaluation);
    return LW_OK;
}

/* Loads the file and splits its rows. On failure the data sets are empty. */
static lw_status load(const char *path, uint64_t seed, lw_dataset *train, lw_dataset *test)
{
    const char *const categories[] = {"rank"};
    const lw_csv_options csv = {.size = sizeof csv,
                                .target = "admit",
                                .one_hot = categories,
                                .one_hot_count = 1,
                                .standardize = 1};
    lw_dataset all = {0};
    lw_status status = lw_dataset_load_csv(&all, path, &csv);
    if (status == LW_OK)
        status = lw_dataset_split(&all, 0.1, seed, train, test);
    lw_dataset_free(&all);
    return status;
}

static lw_status run(const lw_dataset *train, const lw_dataset *test, uint64_t seed)
{
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
    lw_status status = lw_net_create_mlp(&net, train->inputs, layers, 1, seed);
    if (status == LW_OK)
        status = lw_fit(net, train, &options);
    if (status == LW_OK)
        status = show_accuracy("training", net, train);
    if (status == LW_OK)
        status = show_accuracy("test", net, test);
    lw_net_destroy(net);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "Usage: %s FILE.csv [SEED]\n", argv[0]);
        return 2;
    }
    const uint64_t seed = seed_argument(argc - 1, argv + 1);
    lw_dataset train = {0};
    lw_dataset test = {0};
    lw_status status = load(argv[1], seed, &train, &test);
    if (status == LW_OK)
        status = run(&train, &test, seed);
    lw_dataset_free(&train);
    lw_dataset_free(&test);
    return exit_status(status);
}
