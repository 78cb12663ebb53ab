/* Networks: initialisation, complete training runs, prediction. */
#include "digest.h"

#include <lanewise/nn.h>
#include <math.h>

static void add_parameters(digest *d, const lw_net *net)
{
    const size_t count = lw_net_parameter_count(net);
    float *parameters = alloc_floats(count);
    require_ok(lw_net_get_parameters(net, parameters));
    add_floats(d, count, parameters);
}

static void add_initialisation(digest *d)
{
    static const lw_init inits[] = {LW_INIT_DEFAULT, LW_INIT_ZEROS,  LW_INIT_NORMAL,
                                    LW_INIT_UNIFORM, LW_INIT_XAVIER, LW_INIT_HE};
    for (size_t i = 0; i < sizeof inits / sizeof *inits; i++) {
        const lw_layer_spec layers[] = {
            {.units = 200, .activation = LW_ACTIVATION_RELU, .init = inits[i]},
            {.units = 10, .init = inits[i], .init_scale = 0.3f}};
        lw_net *net;
        require_ok(lw_net_create_mlp(&net, 100, layers, 2, 42 + i));
        add_parameters(d, net);
        lw_net_destroy(net);
        free_all();
    }
}

static void add_shuffles(digest *d)
{
    enum { ROWS = 5000 };
    float *x = alloc_floats(ROWS);
    for (size_t i = 0; i < ROWS; i++)
        x[i] = (float)i;
    const lw_dataset data = {.rows = ROWS, .inputs = 1, .outputs = 1, .x = x};
    lw_dataset first, second;
    require_ok(lw_dataset_split(&data, 0.3, 7, &first, &second));
    add_floats(d, first.rows, first.x);
    add_floats(d, second.rows, second.x);
    lw_dataset_free(&first);
    lw_dataset_free(&second);
    free_all();
}

/* A network, its data and its training options. */
typedef struct run {
    size_t inputs, layer_count;
    lw_layer_spec layers[3];
    size_t rows;
    lw_precision precision;
    lw_fit_options options;
} run;

static lw_dataset data_of(const run *r)
{
    const size_t outputs = r->layers[r->layer_count - 1].units;
    const int has_labels = r->layers[r->layer_count - 1].activation == LW_ACTIVATION_SOFTMAX;
    return (lw_dataset){
        .rows = r->rows,
        .inputs = r->inputs,
        .outputs = outputs,
        .x = random_floats(r->rows * r->inputs, -1.0f, 1.0f, 1),
        .target = {.values = has_labels ? NULL : random_floats(r->rows * outputs, 0.0f, 1.0f, 2),
                   .labels = has_labels ? random_labels(r->rows, (uint32_t)outputs, 3) : NULL}};
}

static void add_history(digest *d, const lw_history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        add_double(d, history->epochs[i].train_loss);
        add_double(d, history->epochs[i].validation_loss);
        add_double(d, history->epochs[i].validation_accuracy);
        add_double(d, history->epochs[i].learning_rate);
    }
}

/* Adds losses and learning rates of all epochs, the final parameters, predictions and their
 * evaluation. */
static void add_run(digest *d, const run *r)
{
    const lw_dataset data = data_of(r);
    lw_fit_options options = r->options;
    lw_history history;
    options.size = sizeof options;
    options.validation = &data;
    options.history = &history;
    lw_net *net;
    require_ok(lw_net_create_mlp(&net, r->inputs, r->layers, r->layer_count, 5));
    require_ok(lw_net_set_precision(net, r->precision));
    require_ok(lw_fit(net, &data, &options));
    add_history(d, &history);
    lw_history_free(&history);
    add_parameters(d, net);
    float *y = alloc_floats(r->rows * data.outputs);
    require_ok(lw_predict(net, r->rows, data.x, y));
    add_floats(d, r->rows * data.outputs, y);
    lw_evaluation found;
    require_ok(lw_evaluate(net, &data, r->options.loss, &found));
    add_double(d, found.loss);
    add_double(d, (double)found.correct);
    lw_evaluation_free(&found);
    lw_net_destroy(net);
    free_all();
}

static const lw_optimizer optimizers[] = {
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.05f},
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.02f, .momentum = 0.9f, .nesterov = 1},
    {LW_OPTIMIZER_ADAM, 0.01f, 0.0f, 0, 0.01f, 0.9f, 0.999f, 1e-8f},
    {LW_OPTIMIZER_ADAMW, 0.01f, 0.0f, 0, 0.1f, 0.9f, 0.999f, 1e-8f}};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

static void add_runs(digest *d, run r)
{
    r.options.epochs = 3;
    for (size_t i = 0; i < OPTIMIZERS; i++) {
        r.options.optimizer = optimizers[i];
        add_run(d, &r);
    }
}

/* Split between threads in training: a batch of 100 rows takes 8 million operations. */
static const run layered = {
    .inputs = 70,
    .layer_count = 3,
    .layers = {{.units = 100, .activation = LW_ACTIVATION_RELU, .init = LW_INIT_HE},
               {.units = 64, .activation = LW_ACTIVATION_GELU, .init = LW_INIT_XAVIER},
               {.units = 10, .activation = LW_ACTIVATION_SOFTMAX}},
    .rows = 330,
    .options = {.batch_size = 100}};

static void add_layered(digest *d)
{
    add_runs(d, layered);
}

static void add_clipped(digest *d)
{
    run r = layered;
    r.options.clip_norm = 0.05f;
    r.options.schedule = (lw_schedule){LW_SCHEDULE_COSINE, 0, 0.1f};
    add_runs(d, r);
}

static void add_bf16(digest *d)
{
    run r = layered;
    r.precision = LW_PRECISION_BF16;
    add_runs(d, r);
}

static void add_regression(digest *d)
{
    const run r = {.inputs = 40,
                   .layer_count = 2,
                   .layers = {{.units = 50, .activation = LW_ACTIVATION_SILU}, {.units = 5}},
                   .rows = 2100,
                   .options = {.batch_size = 1500, .no_shuffle = 1}};
    add_runs(d, r);
}

/* Small nets: with one block, where a run repeats one step, and with several. */
static void add_small_net_run(digest *d)
{
    run r = {.inputs = 2,
             .layer_count = 3,
             .layers = {{.units = 10, .activation = LW_ACTIVATION_TANH},
                        {.units = 5, .activation = LW_ACTIVATION_RELU},
                        {.units = 1, .activation = LW_ACTIVATION_SIGMOID}},
             .rows = 900,
             .options = {.batch_size = 64}};
    add_runs(d, r);
    r.options.batch_size = LW_FULL_BATCH;
    add_runs(d, r);
}

/* Learning rates of many epochs, on minimal data. */
static void add_schedules(digest *d)
{
    static const lw_schedule schedules[] = {
        {LW_SCHEDULE_STEP, 3, 0.7f}, {LW_SCHEDULE_STEP, 1, 0.97f}, {LW_SCHEDULE_COSINE, 0, 0.05f}};
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++) {
        const run r = {.inputs = 2,
                       .layer_count = 1,
                       .layers = {{.units = 1}},
                       .rows = 10,
                       .options = {.optimizer = optimizers[0],
                                   .batch_size = 4,
                                   .epochs = 200,
                                   .schedule = schedules[i]}};
        add_run(d, &r);
    }
}

static void add_custom_loop(digest *d)
{
    const lw_dataset data = data_of(&layered);
    lw_net *net;
    require_ok(lw_net_create_mlp(&net, layered.inputs, layered.layers, layered.layer_count, 5));
    for (size_t i = 0; i < OPTIMIZERS; i++) {
        double loss, norm;
        require_ok(lw_net_forward(net, data.rows, data.x, NULL));
        require_ok(lw_net_loss(net, LW_LOSS_CROSS_ENTROPY, &data.target, &loss));
        require_ok(lw_net_backward(net, NULL, NULL));
        require_ok(lw_net_clip_gradients(net, 0.5f, &norm));
        require_ok(lw_net_step(net, &optimizers[i]));
        add_double(d, loss);
        add_double(d, norm);
        require_ok(lw_train_step(net, LW_LOSS_CROSS_ENTROPY, &optimizers[i], data.rows, data.x,
                                 &data.target, &loss));
        add_double(d, loss);
    }
    add_parameters(d, net);
    lw_net_destroy(net);
    free_all();
}

const golden_case training_cases[] = {{"initialisation", add_initialisation},
                                      {"shuffles", add_shuffles},
                                      {"schedules", add_schedules},
                                      {"training_layered", add_layered},
                                      {"training_regression", add_regression},
                                      {"training_clipped", add_clipped},
                                      {"training_small_net", add_small_net_run},
                                      {"training_bf16", add_bf16},
                                      {"training_custom_loop", add_custom_loop},
                                      {NULL, NULL}};
