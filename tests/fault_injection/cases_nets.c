/* Cases that create, train, evaluate and check networks. */
#include "trials.h"

#include <lanewise/ranks.h>

#include <stdlib.h>
#include <string.h>

enum { INPUTS = 300, CLASSES = 10, ROWS = 150, MANY_ROWS = 1100, TALL = 4 };

/* Enough work for two threads, and too wide for packing buffers on the stack. */
static const lw_layer_spec layered[] = {{.units = 320, .activation = LW_ACTIVATION_RELU},
                                        {.units = 200, .activation = LW_ACTIVATION_GELU},
                                        {.units = CLASSES, .activation = LW_ACTIVATION_SOFTMAX}};
static const lw_layer_spec small_net[] = {{.units = 8, .activation = LW_ACTIVATION_TANH},
                                          {.units = CLASSES, .activation = LW_ACTIVATION_SOFTMAX}};
static const lw_layer_spec regression[] = {{.units = 40, .activation = LW_ACTIVATION_SILU},
                                           {.units = 1}};

static lw_net *net, *copy;
static float x[MANY_ROWS * INPUTS], values[MANY_ROWS];
static int32_t labels[MANY_ROWS];
static lw_dataset data, validation;

/* Outputs of the calls. */
static double value;
static float y[ROWS * CLASSES];
static int32_t classes[ROWS];
static lw_history history;
static lw_evaluation evaluation;
static lw_gradient_report report;

static void fill(void)
{
    unsigned seed = 7;
    for (size_t i = 0; i < MANY_ROWS * INPUTS; i++) {
        seed = seed * 1664525U + 1013904223U;
        x[i] = (float)(seed >> 20) / 2048.0f - 1.0f;
    }
    for (size_t i = 0; i < MANY_ROWS; i++) {
        labels[i] = (int32_t)(i * 7 % CLASSES);
        values[i] = x[i] * 0.5f;
    }
    value = 0.0;
    memset(y, 0, sizeof y);
    memset(classes, 0, sizeof classes);
}

static void make(size_t inputs, const lw_layer_spec *layers, size_t count, unsigned threads)
{
    fill();
    REQUIRE_OK(lw_net_create_mlp(&net, inputs, layers, count, 3));
    lw_net_set_threads(net, threads);
    data = (lw_dataset){.rows = ROWS,
                        .inputs = inputs,
                        .outputs = lw_net_outputs(net),
                        .x = x,
                        .target = {.labels = labels}};
    if (data.outputs == 1)
        data.target = (lw_target){.values = values};
    validation = data;
    validation.rows = 60;
}

static void release(void)
{
    lw_net_destroy(net);
    lw_net_destroy(copy);
    net = copy = NULL;
    lw_history_free(&history);
    lw_evaluation_free(&evaluation);
    report = (lw_gradient_report){0};
}

static uint64_t observe(uint64_t hash)
{
    if (net)
        hash = hash_net(hash, net);
    if (copy)
        hash = hash_net(hash, copy);
    hash = hash_bytes(hash, &value, sizeof value);
    hash = hash_bytes(hash, y, sizeof y);
    hash = hash_bytes(hash, classes, sizeof classes);
    hash = hash_bytes(hash, &report, sizeof report);
    hash = hash_bytes(hash, &history.count, sizeof history.count);
    for (size_t i = 0; i < history.count; i++)
        hash = hash_bytes(hash, &history.epochs[i].train_loss, sizeof(double));
    const size_t found[] = {evaluation.rows, evaluation.classes, evaluation.correct};
    hash = hash_bytes(hash, found, sizeof found);
    return hash_bytes(hash, evaluation.confusion,
                      evaluation.classes * evaluation.classes * sizeof(size_t));
}

/* ---- Creation -------------------------------------------------------------------------------- */

static lw_status create_layered(void)
{
    return lw_net_create_mlp(&net, INPUTS, layered, 3, 1);
}

static lw_status create_small_net(void)
{
    return lw_net_create_mlp(&net, TALL, small_net, 2, 1);
}

static lw_status create_empty(void)
{
    return lw_net_create(&net, INPUTS, 1);
}

static lw_status add_layer(void)
{
    return lw_net_add_dense_init(net, CLASSES, LW_ACTIVATION_LINEAR, LW_INIT_HE, 0.0f);
}

static lw_status clone_net(void)
{
    return lw_net_clone(&copy, net);
}

/* A trained network whose last layer is not softmax, so that another one can be added. */
static void make_open(void)
{
    make(INPUTS, layered, 2, 1);
    const lw_optimizer adam = lw_adam(0.01f);
    const lw_target target = {.values = x};
    REQUIRE_OK(lw_train_step(net, LW_LOSS_MSE, &adam, 2, x, &target, NULL));
}

static void make_layered(void)
{
    make(INPUTS, layered, 3, 1);
}

static void make_layered_threads(void)
{
    make(INPUTS, layered, 3, 2);
}

static void make_small_net(void)
{
    make(TALL, small_net, 2, 1);
}

static void make_small_net_threads(void)
{
    make(TALL, small_net, 2, 2);
}

static void make_regression(void)
{
    make(TALL, regression, 2, 1);
}

static lw_status to_bf16(void)
{
    return lw_net_set_precision(net, LW_PRECISION_BF16);
}

static void make_bf16(void)
{
    make_layered();
    REQUIRE_OK(to_bf16());
}

static void make_bf16_threads(void)
{
    make_layered_threads();
    REQUIRE_OK(to_bf16());
}

static lw_status to_fp32(void)
{
    return lw_net_set_precision(net, LW_PRECISION_FP32);
}

static lw_status reserve(void)
{
    return lw_net_reserve(net, ROWS);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static lw_status step_of(const lw_optimizer *optimizer, size_t rows)
{
    return lw_train_step(net, LW_LOSS_DEFAULT, optimizer, rows, x, &data.target, &value);
}

static lw_status step_adam(void)
{
    const lw_optimizer adam = lw_adam(0.01f);
    return step_of(&adam, ROWS);
}

static lw_status step_sgd(void)
{
    const lw_optimizer sgd = lw_sgd(0.01f);
    return step_of(&sgd, ROWS);
}

static lw_status step_momentum(void)
{
    const lw_optimizer momentum = lw_sgd_momentum(0.01f, 0.9f);
    return step_of(&momentum, ROWS);
}

/* Stores gradients: the batch is larger than one pass of the tile kernel. */
static lw_status step_with_stored_gradients(void)
{
    const lw_optimizer adamw = lw_adamw(0.01f, 0.1f);
    return step_of(&adamw, MANY_ROWS);
}

/* A network trained with another optimizer and smaller batches before. */
static void train_before(void)
{
    const lw_optimizer momentum = lw_sgd_momentum(0.01f, 0.9f);
    REQUIRE_OK(step_of(&momentum, 20));
}

static void make_trained(void)
{
    make_layered();
    train_before();
}

static void make_trained_threads(void)
{
    make_layered_threads();
    train_before();
}

static void make_trained_small_net(void)
{
    make_small_net();
    train_before();
}

static void make_trained_bf16(void)
{
    make_bf16_threads();
    train_before();
}

/* ---- Custom training loops ------------------------------------------------------------------- */

static lw_status forward(void)
{
    return lw_net_forward(net, ROWS, x, y);
}

static lw_status loss(void)
{
    return lw_net_loss(net, LW_LOSS_DEFAULT, &data.target, &value);
}

static lw_status backward(void)
{
    return lw_net_backward(net, NULL, NULL);
}

static lw_status clip(void)
{
    return lw_net_clip_gradients(net, 0.5f, &value);
}

static lw_status own_step(void)
{
    const lw_optimizer adam = lw_adam(0.01f);
    return lw_net_step(net, &adam);
}

static void prepare_loss(void)
{
    make_layered_threads();
    REQUIRE_OK(forward());
}

static void prepare_backward(void)
{
    prepare_loss();
    REQUIRE_OK(loss());
}

static void prepare_clip(void)
{
    prepare_backward();
    REQUIRE_OK(backward());
}

static void prepare_small_net_backward(void)
{
    make_small_net();
    REQUIRE_OK(forward());
    REQUIRE_OK(loss());
}

static void prepare_bf16_backward(void)
{
    make_bf16();
    REQUIRE_OK(forward());
    REQUIRE_OK(loss());
}

/* ---- Fit ------------------------------------------------------------------------------------- */

static uint64_t after_epoch[3];
static size_t epochs_seen;
static int stop_after;

static int on_epoch(void *user, const lw_epoch_report *unused)
{
    (void)user;
    (void)unused;
    return stop_after;
}

static lw_status fit(void)
{
    const lw_fit_options options = {.size = sizeof options,
                                    .optimizer = lw_adamw(0.01f, 0.1f),
                                    .batch_size = 64,
                                    .epochs = 2,
                                    .schedule = {.kind = LW_SCHEDULE_COSINE, .factor = 0.1f},
                                    .validation = &validation,
                                    .on_epoch = on_epoch,
                                    .history = &history};
    return lw_fit(net, &data, &options);
}

/* Records the state after each epoch. Validation that fails for lack of memory must leave that
 * state. */
static void prepare_fit(void)
{
    make_trained_threads();
    const uint64_t files = hash_files();
    for (epochs_seen = 0; epochs_seen < 2; epochs_seen++) {
        stop_after = epochs_seen == 0;
        REQUIRE_OK(fit());
        lw_history_free(&history);
        after_epoch[epochs_seen] = observe(files);
        release();
        make_trained_threads();
    }
    stop_after = 0;
}

static int is_after_epoch(uint64_t hash)
{
    return hash == after_epoch[0] || hash == after_epoch[1];
}

static lw_status fit_clipped(void)
{
    const lw_fit_options options = {
        .size = sizeof options,
        .optimizer = lw_sgd_momentum(0.01f, 0.9f),
        .batch_size = 64,
        .epochs = 2,
        .clip_norm = 0.5f,
        .schedule = {.kind = LW_SCHEDULE_STEP, .every = 1, .factor = 0.5f},
        .history = &history};
    return lw_fit(net, &data, &options);
}

/* All epochs repeat the same step, which a small net prepares once. */
static lw_status fit_full_batch(void)
{
    const lw_fit_options options = {
        .size = sizeof options, .batch_size = LW_FULL_BATCH, .epochs = 3};
    return lw_fit(net, &data, &options);
}

static lw_status next_batch(void *user, size_t epoch, int begins, size_t most, float *to,
                            float *unused, int32_t *to_labels, size_t *rows)
{
    static size_t at;
    (void)user;
    (void)epoch;
    (void)unused;
    at = begins ? 0 : at;
    *rows = ROWS - at < most ? ROWS - at : most;
    memcpy(to, x + at * data.inputs, *rows * data.inputs * sizeof *to);
    memcpy(to_labels, labels + at, *rows * sizeof *to_labels);
    at += *rows;
    return LW_OK;
}

static lw_status fit_source(void)
{
    const lw_batch_source source = {.size = sizeof source,
                                    .inputs = data.inputs,
                                    .outputs = CLASSES,
                                    .has_labels = 1,
                                    .next = next_batch};
    const lw_fit_options options = {.size = sizeof options, .batch_size = 64, .epochs = 1};
    return lw_fit_source(net, &source, &options);
}

/* ---- Prediction, evaluation, checks ---------------------------------------------------------- */

static lw_status predict(void)
{
    return lw_predict(net, ROWS, x, y);
}

static lw_status classify(void)
{
    return lw_classify(net, ROWS, x, classes);
}

static lw_status evaluate(void)
{
    return lw_evaluate(net, &data, LW_LOSS_DEFAULT, &evaluation);
}

static lw_status check_gradients(void)
{
    return lw_net_gradient_check(net, LW_LOSS_DEFAULT, 3, x, &data.target, &report);
}

static double squares(const double *p, void *unused)
{
    (void)unused;
    return p[0] * p[0] + p[1] * p[1];
}

static lw_status check_function(void)
{
    double p[] = {1.0, 2.0};
    const double gradient[] = {2.0, 4.0};
    return lw_gradient_check(2, p, gradient, squares, NULL, 0.0, &report);
}

/* ---- Ranks: a group of one, without an exchange ---------------------------------------------- */

static lw_status allreduce_f32(void *unused, size_t n, float *sums)
{
    (void)unused;
    (void)n;
    (void)sums;
    return LW_OK;
}

static lw_status allreduce_f64(void *unused, size_t n, double *sums)
{
    (void)unused;
    (void)n;
    (void)sums;
    return LW_OK;
}

static lw_status wait_for_sums(void *unused)
{
    (void)unused;
    return LW_OK;
}

static lw_status set_ranks(void)
{
    const lw_ranks one = {sizeof one, 0, 1, NULL, allreduce_f32, allreduce_f64, wait_for_sums};
    return lw_net_set_ranks(net, &one);
}

static void make_ranked(void)
{
    make_trained_threads();
    REQUIRE_OK(set_ranks());
}

const fault_case net_cases[] = {
    {"create", fill, create_layered, observe, release, NULL},
    {"create without layers", fill, create_empty, observe, release, NULL},
    {"add a layer", make_open, add_layer, observe, release, NULL},
    {"clone", make_open, clone_net, observe, release, NULL},
    {"create, small net", fill, create_small_net, observe, release, NULL},
    {"set_precision to bf16", make_trained, to_bf16, observe, release, NULL},
    {"set_precision to fp32", make_trained_bf16, to_fp32, observe, release, NULL},
    {"reserve", make_layered, reserve, observe, release, NULL},
    {"reserve, small net", make_small_net, reserve, observe, release, NULL},
    {"reserve, bf16", make_bf16, reserve, observe, release, NULL},
    {"train_step, SGD", make_layered, step_sgd, observe, release, NULL},
    {"train_step, momentum, 2 threads", make_layered_threads, step_momentum, observe, release,
     NULL},
    {"train_step, Adam", make_trained, step_adam, observe, release, NULL},
    {"train_step, Adam, 2 threads", make_trained_threads, step_adam, observe, release, NULL},
    {"train_step, 1100 rows", make_trained, step_with_stored_gradients, observe, release, NULL},
    {"train_step, 1100 rows, 2 threads", make_trained_threads, step_with_stored_gradients, observe,
     release, NULL},
    {"train_step, small net", make_trained_small_net, step_adam, observe, release, NULL},
    {"train_step, small net, 1100 rows, 2 threads", make_small_net_threads,
     step_with_stored_gradients, observe, release, NULL},
    {"train_step, bf16", make_bf16, step_momentum, observe, release, NULL},
    {"train_step, bf16, 2 threads", make_trained_bf16, step_adam, observe, release, NULL},
    {"train_step, bf16, 1100 rows, 2 threads", make_trained_bf16, step_with_stored_gradients,
     observe, release, NULL},
    {"forward", make_layered_threads, forward, observe, release, NULL},
    {"forward, bf16", make_bf16_threads, forward, observe, release, NULL},
    {"loss", prepare_loss, loss, observe, release, NULL},
    {"backward", prepare_backward, backward, observe, release, NULL},
    {"backward, small net", prepare_small_net_backward, backward, observe, release, NULL},
    {"backward, bf16", prepare_bf16_backward, backward, observe, release, NULL},
    {"clip_gradients", prepare_clip, clip, observe, release, NULL},
    {"step", prepare_clip, own_step, observe, release, NULL},
    {"fit, validation, 2 threads", prepare_fit, fit, observe, release, is_after_epoch},
    {"fit, clipped, 2 threads", make_trained_threads, fit_clipped, observe, release, NULL},
    {"fit, clipped, bf16", make_bf16, fit_clipped, observe, release, NULL},
    {"fit, full batch", make_layered, fit_full_batch, observe, release, NULL},
    {"fit, full batch, small net", make_trained_small_net, fit_full_batch, observe, release, NULL},
    {"fit_source", make_trained, fit_source, observe, release, NULL},
    {"set_ranks", make_layered, set_ranks, observe, release, NULL},
    {"train_step, ranks", make_ranked, step_adam, observe, release, NULL},
    {"fit, ranks", make_ranked, fit_clipped, observe, release, NULL},
    {"evaluate, ranks", make_ranked, evaluate, observe, release, NULL},
    {"predict", make_layered, predict, observe, release, NULL},
    {"predict, 2 threads", make_layered_threads, predict, observe, release, NULL},
    {"classify", make_layered_threads, classify, observe, release, NULL},
    {"evaluate", make_layered_threads, evaluate, observe, release, NULL},
    {"evaluate, regression", make_regression, evaluate, observe, release, NULL},
    {"net_gradient_check", make_small_net, check_gradients, observe, release, NULL},
    {"gradient_check", fill, check_function, observe, release, NULL},
    {0}};
