/*
 * Fashion-MNIST: 60000 gray images of 28 x 28 pixels, ten classes of clothes.
 *
 * Two hidden layers, Adam, mini-batches of 128 and a cosine learning rate schedule. The saved
 * network can be used with `lanewise predict`.
 *
 * Usage: example_fashion_mnist [DIRECTORY [FILE.safetensors]]
 */
#include "example.h"

static int show_epoch(void *user, const lw_epoch_report *report)
{
    (void)user;
    printf("epoch %2zu  train loss %.4f  test loss %.4f  accuracy %.2f %%  %.2f s\n", report->epoch,
           report->train_loss, report->validation_loss, 100.0 * report->validation_accuracy,
           report->seconds);
    fflush(stdout);
    return 0;
}

static lw_status load(const char *directory, const char *part, lw_dataset *data)
{
    char images[1024];
    char labels[1024];
    snprintf(images, sizeof images, "%s/%s-images-idx3-ubyte.gz", directory, part);
    snprintf(labels, sizeof labels, "%s/%s-labels-idx1-ubyte.gz", directory, part);
    return lw_dataset_load_idx(data, images, labels, NULL);
}

/* Trains a network; saves it unless path is NULL. */
static lw_status run(const lw_dataset *train, const lw_dataset *test, const char *path)
{
    const lw_layer_spec layers[] = {
        {.units = 512, .activation = LW_ACTIVATION_RELU},
        {.units = 256, .activation = LW_ACTIVATION_RELU},
        {.units = train->outputs, .activation = LW_ACTIVATION_SOFTMAX},
    };
    /* Fields that are not set have defaults: the loss is cross-entropy because of the softmax. */
    const lw_fit_options options = {
        .size = sizeof options,
        .optimizer = lw_adam(1e-3f),
        .batch_size = 128,
        .epochs = 20,
        .schedule = {.kind = LW_SCHEDULE_COSINE},
        .validation = test,
        .on_epoch = show_epoch,
    };
    lw_net *net = NULL;
    lw_status status = lw_net_create_mlp(&net, train->inputs, layers, 3, /* seed */ 1);
    if (status == LW_OK)
        status = lw_fit(net, train, &options);
    if (status == LW_OK && path)
        status = lw_net_save(net, path);
    lw_net_destroy(net);
    return status;
}

int main(int argc, char **argv)
{
    const char *directory = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
    lw_dataset train = {0};
    lw_dataset test = {0};
    lw_status status = load(directory, "train", &train);
    if (status == LW_OK)
        status = load(directory, "t10k", &test);
    if (status == LW_OK)
        status = run(&train, &test, argc > 2 ? argv[2] : NULL);
    lw_dataset_free(&train);
    lw_dataset_free(&test);
    return exit_status(status);
}
