/*
 * Fashion-MNIST: 60000 grey images of 28 x 28 pixels, ten kinds of clothes.
 *
 * Two hidden layers, Adam, mini-batches of 128 and a learning rate that falls along a cosine. The
 * network is saved at the end and can be used with `lanewise predict`.
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

static void load(const char *directory, const char *part, lw_dataset *data)
{
    char images[1024];
    char labels[1024];
    snprintf(images, sizeof images, "%s/%s-images-idx3-ubyte.gz", directory, part);
    snprintf(labels, sizeof labels, "%s/%s-labels-idx1-ubyte.gz", directory, part);
    check(lw_dataset_load_idx(data, images, labels, NULL));
}

int main(int argc, char **argv)
{
    const char *directory = argc > 1 ? argv[1] : "/usr/share/datasets/fashion-mnist";
    lw_dataset train;
    lw_dataset test;
    load(directory, "train", &train);
    load(directory, "t10k", &test);

    const lw_layer_spec layers[] = {
        {.units = 512, .activation = LW_ACTIVATION_RELU},
        {.units = 256, .activation = LW_ACTIVATION_RELU},
        {.units = train.outputs, .activation = LW_ACTIVATION_SOFTMAX},
    };
    /* What is left out has a good default: here the loss, which is cross-entropy after softmax. */
    const lw_fit_options options = {
        .size = sizeof options,
        .optimizer = lw_adam(1e-3f),
        .batch_size = 128,
        .epochs = 20,
        .schedule = {.kind = LW_SCHEDULE_COSINE},
        .validation = &test,
        .on_epoch = show_epoch,
    };
    lw_net *net = NULL;
    check(lw_net_create(&net, train.inputs, layers, 3, /* seed */ 1));
    check(lw_fit(net, &train, &options));
    if (argc > 2)
        check(lw_net_save(net, argv[2]));

    lw_net_destroy(net);
    lw_dataset_free(&train);
    lw_dataset_free(&test);
    return 0;
}
