/*
 * Long runs with a memory limit:
 *
 *   soak small_net STEPS   lw_train_step on 2-4-1 with SGD at batch 4
 *   soak layered STEPS     lw_train_step on 2-64-64-2 with Adam at batch 32
 *   soak fashion SECONDS   lw_fit of 784-512-256-10 with AdamW on Fashion-MNIST, with validation
 *                          after each epoch and the training state saved several times per part
 *
 * The exit code is the result of monitor_verdict.
 */
#include "monitor.h"

#include <lanewise/nn.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTORY "/usr/share/datasets/fashion-mnist/"

static int fail(const char *where)
{
    fprintf(stderr, "%s: %s\n", where, lw_last_error());
    return 1;
}

/* ---- Steps ----------------------------------------------------------------------------------- */

enum { SMALL_LIMIT_MB = 64, INPUTS = 2, MAX_ROWS = 32, MAX_LAYERS = 3 };

/* Points near the corners of the unit square with XOR labels. */
static void make_points(size_t rows, float *x, int32_t *labels)
{
    for (size_t i = 0; i < rows; i++) {
        const int right = (int)(i & 1), up = (int)(i >> 1 & 1);
        x[i * INPUTS] = (float)right + 0.001f * (float)i;
        x[i * INPUTS + 1] = (float)up - 0.001f * (float)i;
        labels[i] = right != up;
    }
}

static int run_steps(int is_layered, size_t steps)
{
    enum { MIN_STEPS_PER_SAMPLE = 1000 }; /* a sample takes 0.8 s under an emulator */
    static const lw_layer_spec small_net[] = {{.units = 4, .activation = LW_ACTIVATION_TANH},
                                              {.units = 1, .activation = LW_ACTIVATION_SIGMOID}};
    static const lw_layer_spec layered[] = {{.units = 64, .activation = LW_ACTIVATION_RELU},
                                            {.units = 64, .activation = LW_ACTIVATION_RELU},
                                            {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}};
    const size_t rows = is_layered ? MAX_ROWS : 4;
    const lw_optimizer optimizer = is_layered ? lw_adam(1e-3f) : lw_sgd(0.1f);
    float x[MAX_ROWS * INPUTS];
    int32_t labels[MAX_ROWS];
    make_points(rows, x, labels);
    const lw_target target = {.labels = labels};
    lw_net *net;
    if (lw_net_create_mlp(&net, INPUTS, is_layered ? layered : small_net, is_layered ? 3 : 2, 1) !=
        LW_OK)
        return fail("network");
    if (monitor_limit_memory(SMALL_LIMIT_MB) != 0)
        return fail("memory limit");
    monitor run;
    monitor_begin(&run, "steps");
    lw_status status = LW_OK;
    double loss = 0.0;
    for (size_t part = 0; part < MONITOR_MAX_PARTS && status == LW_OK; part++) {
        const size_t count = steps / MONITOR_MAX_PARTS;
        for (size_t i = 0; i < count && status == LW_OK; i++) {
            if (i % (count / 16 + MIN_STEPS_PER_SAMPLE) == 0)
                monitor_sample(&run);
            status = lw_train_step(net, LW_LOSS_DEFAULT, &optimizer, rows, x, &target, &loss);
        }
        monitor_part(&run, (double)count);
    }
    lw_net_destroy(net);
    if (status != LW_OK)
        return fail("steps");
    printf("loss of the last step: %.3g\n", loss);
    return monitor_verdict(&run);
}

/* ---- Fashion-MNIST --------------------------------------------------------------------------- */

/* For prediction buffers and for saving the state; the data are loaded before the limit is set. */
enum { FASHION_LIMIT_MB = 256, EPOCHS_PER_SAVE = 10 };

typedef struct fashion {
    lw_net *net;
    const lw_dataset *training;
    const char *saved;
    double part_seconds, part_began;
    size_t epochs; /* in the current part */
    monitor run;
    lw_epoch_report last;
    lw_status status;
} fashion;

static int on_epoch(void *user, const lw_epoch_report *report)
{
    fashion *f = user;
    f->last = *report;
    f->epochs++;
    monitor_sample(&f->run);
    if (report->epoch % EPOCHS_PER_SAVE == 0)
        f->status = lw_net_save_state(f->net, &report->position, f->saved);
    if (monitor_seconds() - f->part_began >= f->part_seconds) {
        monitor_part(&f->run, (double)f->epochs * (double)f->training->rows);
        f->epochs = 0;
        f->part_began = monitor_seconds();
    }
    return f->status != LW_OK || f->run.count == MONITOR_MAX_PARTS;
}

static int run_fashion(double limit_seconds)
{
    static const lw_layer_spec layers[] = {{.units = 512, .activation = LW_ACTIVATION_RELU},
                                           {.units = 256, .activation = LW_ACTIVATION_RELU},
                                           {.units = 10, .activation = LW_ACTIVATION_SOFTMAX}};
    lw_dataset training = {0}, test = {0};
    fashion f = {.training = &training,
                 .saved = "soak.safetensors",
                 .part_seconds = limit_seconds / MONITOR_MAX_PARTS};
    lw_status status = lw_dataset_load_idx(&training, DIRECTORY "train-images-idx3-ubyte.gz",
                                           DIRECTORY "train-labels-idx1-ubyte.gz", NULL);
    if (status == LW_OK)
        status = lw_dataset_load_idx(&test, DIRECTORY "t10k-images-idx3-ubyte.gz",
                                     DIRECTORY "t10k-labels-idx1-ubyte.gz", NULL);
    if (status == LW_OK)
        status = lw_net_create_mlp(&f.net, training.inputs, layers, 3, 1);
    if (status == LW_OK && monitor_limit_memory(FASHION_LIMIT_MB) != 0)
        status = lw_fail(LW_EINVAL, "cannot limit the memory");
    const lw_fit_options options = {.size = sizeof options,
                                    .optimizer = lw_adamw(1e-3f, 0.01f),
                                    .batch_size = 128,
                                    .epochs = 1000000,
                                    .validation = &test,
                                    .on_epoch = on_epoch,
                                    .user = &f};
    monitor_begin(&f.run, "rows");
    f.part_began = monitor_seconds();
    if (status == LW_OK)
        status = lw_fit(f.net, &training, &options);
    if (status == LW_OK)
        status = f.status;
    lw_net_destroy(f.net);
    lw_dataset_free(&training);
    lw_dataset_free(&test);
    remove(f.saved);
    if (status != LW_OK)
        return fail("fashion");
    printf("%zu epochs, training loss %.3g, accuracy %.2f %%\n", f.last.epoch, f.last.train_loss,
           100.0 * f.last.validation_accuracy);
    return monitor_verdict(&f.run);
}

int main(int argc, char **argv)
{
    const double amount = argc == 3 ? strtod(argv[2], NULL) : 0.0;
    if (amount > 0.0 && amount < 1e12) {
        if (strcmp(argv[1], "small_net") == 0 || strcmp(argv[1], "layered") == 0)
            return run_steps(argv[1][0] == 'l', (size_t)amount);
        if (strcmp(argv[1], "fashion") == 0)
            return run_fashion(amount);
    }
    fputs("usage: soak small_net|layered STEPS\n       soak fashion SECONDS\n", stderr);
    return 2;
}
