#include "command.h"
#include "data.h"
#include "destination.h"
#include "log.h"
#include "names.h"
#include "options.h"
#include "progress.h"

#include <lanewise/nn.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- Options ------------------------------------------------------------------------------- */

typedef enum optimizer_name { SGD, MOMENTUM, NESTEROV, ADAM, ADAMW } optimizer_name;

enum { OUTPUT_UNSET = -1 };

typedef struct train_options {
    size_list layers;
    int activation, output, initializer, precision;
    uint64_t seed;
    const char *init;

    int loss, optimizer;
    float learning_rate;          /* 0: the optimizer's default */
    float momentum, weight_decay; /* below 0: the optimizer's default */
    int schedule;
    size_t step_every;
    float step_factor, clip;
    size_t batch, epochs;
    float until_accuracy; /* 0: all epochs */
    unsigned threads;     /* 0: as many as there are */
    int no_shuffle;

    const char *save, *log;
    int quiet;
} train_options;

static const train_options defaults = {
    .layers = {.count = 2, .items = {512, 256}},
    .activation = LW_RELU,
    .output = OUTPUT_UNSET,
    .seed = 1,
    .optimizer = ADAM,
    .momentum = -1.0f,
    .weight_decay = -1.0f,
    .schedule = LW_SCHEDULE_COSINE,
    .step_every = 10,
    .step_factor = 0.1f,
    .batch = 128,
    .epochs = 20,
};

static const choice initializer_names[] = {{"default", LW_INIT_DEFAULT},
                                           {"zeros", LW_INIT_ZEROS},
                                           {"normal", LW_INIT_NORMAL},
                                           {"uniform", LW_INIT_UNIFORM},
                                           {"xavier", LW_INIT_XAVIER},
                                           {"he", LW_INIT_HE},
                                           {NULL, 0}};
static const choice precision_names[] = {{"fp32", LW_FP32}, {"bf16", LW_BF16}, {NULL, 0}};
static const choice optimizer_names[] = {{"sgd", SGD},           {"momentum", MOMENTUM},
                                         {"nesterov", NESTEROV}, {"adam", ADAM},
                                         {"adamw", ADAMW},       {NULL, 0}};
static const choice schedule_names[] = {{"constant", LW_SCHEDULE_CONSTANT},
                                        {"step", LW_SCHEDULE_STEP},
                                        {"cosine", LW_SCHEDULE_COSINE},
                                        {NULL, 0}};

/* Any activation. */
static int parse_activation(const option_row *row, char *text, void *value)
{
    (void)row;
    lw_activation activation;
    if (lw_activation_parse(text, &activation) != LW_OK)
        return 0;
    *(int *)value = (int)activation;
    return 1;
}

/* Any that may stand before the last layer. */
static int parse_hidden_activation(const option_row *row, char *text, void *value)
{
    return strcmp(text, "softmax") != 0 && parse_activation(row, text, value);
}

/* --batch N or full. */
static int parse_batch(const option_row *row, char *text, void *value)
{
    if (strcmp(text, "full") != 0)
        return parse_count(row, text, value);
    *(size_t *)value = LW_FULL_BATCH;
    return 1;
}

/* Above 0, up to and including 1. */
static int parse_accuracy(const option_row *row, char *text, void *value)
{
    float number = 0.0f;
    if (!parse_positive(row, text, &number) || number > 1.0f)
        return 0;
    *(float *)value = number;
    return 1;
}

/* clang-format off */
#define TRAIN_FIELD(name) offsetof(train_options, name)

#define HIDDEN_ACTIVATIONS "relu, leaky_relu, sigmoid, tanh, gelu, silu, linear"

static const option_row network_rows[] = {
    {"layers", "N[,N...]", "units of the hidden layers, or none (512,256)",
     parse_sizes, TRAIN_FIELD(layers),
     "at most 64 layer sizes of at least 1 with commas between them, or 'none'", NULL},
    {"activation", "NAME", "of the hidden layers (relu):\n" HIDDEN_ACTIVATIONS,
     parse_hidden_activation, TRAIN_FIELD(activation), HIDDEN_ACTIVATIONS, NULL},
    {"output", "NAME",
     "softmax, sigmoid, linear, tanh or another activation\n"
     "(softmax for classes, linear for values)",
     parse_activation, TRAIN_FIELD(output), HIDDEN_ACTIVATIONS " or softmax", NULL},
    {"initializer", "NAME",
     "zeros, normal, uniform, xavier, he or default: uniform in\n+-1/sqrt(inputs)",
     parse_choice, TRAIN_FIELD(initializer), NULL, initializer_names},
    {"precision", "NAME",
     "fp32, or bf16: products of rounded weights and activations, sums\nin fp32 (fp32)",
     parse_choice, TRAIN_FIELD(precision), NULL, precision_names},
    {"init", "FILE", "start from the weights in this file, of a network of this shape",
     parse_text, TRAIN_FIELD(init), NULL, NULL},
    {0}};

static const option_row training_rows[] = {
    {"loss", LOSS_ARGUMENT, LOSS_HELP, parse_choice, TRAIN_FIELD(loss), NULL, loss_names},
    {"optimizer", "NAME", "sgd, momentum, nesterov, adam, adamw (adam)",
     parse_choice, TRAIN_FIELD(optimizer), NULL, optimizer_names},
    {"lr", "X", "learning rate (0.001 for adam and adamw, 0.01 for the others)",
     parse_positive, TRAIN_FIELD(learning_rate), EXPECTS_POSITIVE, NULL},
    {"momentum", "X", "of momentum and nesterov (0.9)",
     parse_below_one, TRAIN_FIELD(momentum), EXPECTS_BELOW_ONE, NULL},
    {"weight-decay", "X", "(0.01 for adamw, 0 for the others)",
     parse_non_negative, TRAIN_FIELD(weight_decay), EXPECTS_NON_NEGATIVE, NULL},
    {"schedule", "NAME", "of the learning rate: constant, step, cosine (cosine, down to 0)",
     parse_choice, TRAIN_FIELD(schedule), NULL, schedule_names},
    {"step-every", "N", "epochs between steps of the step schedule (10)",
     parse_count, TRAIN_FIELD(step_every), EXPECTS_COUNT, NULL},
    {"step-factor", "X", "factor of each step (0.1)",
     parse_positive, TRAIN_FIELD(step_factor), EXPECTS_POSITIVE, NULL},
    {"clip", "X", "largest norm of the gradient (no limit)",
     parse_positive, TRAIN_FIELD(clip), EXPECTS_POSITIVE, NULL},
    {"batch", "N|full", "rows per step (128)",
     parse_batch, TRAIN_FIELD(batch), EXPECTS_COUNT " or 'full'", NULL},
    {"epochs", "N", "passes over the data (20)",
     parse_count, TRAIN_FIELD(epochs), EXPECTS_COUNT, NULL},
    {"until-accuracy", "X",
     "stop after the first epoch whose validation accuracy is at\nleast X, for example 0.89",
     parse_accuracy, TRAIN_FIELD(until_accuracy), "a number above 0 and up to 1", NULL},
    {"no-shuffle", NULL, "take the rows in their order",
     parse_flag, TRAIN_FIELD(no_shuffle), NULL, NULL},
    {"seed", "N", "for weights, order of rows and --validation (1)",
     parse_u64, TRAIN_FIELD(seed), EXPECTS_U64, NULL},
    THREADS_ROW(train_options),
    {0}};

static const option_row result_rows[] = {
    {"save", "FILE", "the trained network, as safetensors",
     parse_text, TRAIN_FIELD(save), NULL, NULL},
    {"log", "FILE", "a JSON object per epoch, each on a line",
     parse_text, TRAIN_FIELD(log), NULL, NULL},
    {"quiet", NULL, "show the final result only", parse_flag, TRAIN_FIELD(quiet), NULL, NULL},
    {0}};
/* clang-format on */

/* -1, or the exit code to end with. */
static int read_options(int argc, char **argv, train_options *options, data_options *data)
{
    const command_line line = {
        .command = argv[0],
        .synopsis = "DATA [OPTIONS]",
        .summary = "Trains a dense network. Defaults are in parentheses.",
        .groups = {{"Data", data_rows, data},
                   {"Validation", validation_rows, data},
                   {"Network", network_rows, options},
                   {"Training", training_rows, options},
                   {"Results", result_rows, options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0)
        outcome = data_options_check(argv[0], data, NEED_TARGETS);
    if (outcome < 0 && options->momentum >= 0.0f && options->optimizer != MOMENTUM &&
        options->optimizer != NESTEROV)
        outcome = usage_error(argv[0], "--momentum goes with --optimizer momentum or nesterov");
    if (outcome < 0 && options->until_accuracy > 0.0f && !data_has_validation(data))
        outcome = usage_error(argv[0], "--until-accuracy needs data to validate on");
    return outcome;
}

/* ---- Run ----------------------------------------------------------------------------------- */

typedef struct run {
    train_options options;
    data_options source;
    lw_dataset training, validation;
    lw_net *net;
    training_log log;
    progress progress;
    lw_status status; /* of what the callbacks do */
} run;

/* The output activation, as far as the options say it. */
static lw_activation output_hint(const train_options *options, const data_options *data)
{
    if (options->output != OUTPUT_UNSET)
        return (lw_activation)options->output;
    return data->values ? LW_LINEAR : LW_SOFTMAX;
}

static lw_status create_net(run *r)
{
    const train_options *o = &r->options;
    const int has_labels = r->training.target.labels != NULL;
    lw_activation output = has_labels ? LW_SOFTMAX : LW_LINEAR;
    if (o->output != OUTPUT_UNSET)
        output = (lw_activation)o->output;

    size_t outputs = r->training.outputs;
    if (has_labels && outputs < 2)
        outputs = 2; /* only class 0 occurs; there is still another */
    if (has_labels && outputs == 2 && output != LW_SOFTMAX)
        outputs = 1; /* two classes are the two ends of one output */

    lw_layer_spec layers[LIST_MAX + 1];
    size_t count = 0;
    for (; count < o->layers.count; count++)
        layers[count] = (lw_layer_spec){.units = o->layers.items[count],
                                        .activation = (lw_activation)o->activation,
                                        .init = (lw_init)o->initializer};
    layers[count++] =
        (lw_layer_spec){.units = outputs, .activation = output, .init = (lw_init)o->initializer};
    return lw_net_create(&r->net, r->training.inputs, layers, count, o->seed);
}

static lw_optimizer make_optimizer(const train_options *o)
{
    const int is_adam = o->optimizer == ADAM || o->optimizer == ADAMW;
    const float rate = o->learning_rate > 0.0f ? o->learning_rate : is_adam ? 1e-3f : 1e-2f;
    const float momentum = o->momentum >= 0.0f ? o->momentum : 0.9f;

    lw_optimizer optimizer;
    switch ((optimizer_name)o->optimizer) {
    case SGD:
        optimizer = lw_sgd(rate);
        break;
    case MOMENTUM:
    case NESTEROV:
        optimizer = lw_sgd_momentum(rate, momentum);
        optimizer.nesterov = o->optimizer == NESTEROV;
        break;
    case ADAM:
    default:
        optimizer = lw_adam(rate);
        break;
    case ADAMW:
        optimizer = lw_adamw(rate, 0.01f);
        break;
    }
    if (o->weight_decay >= 0.0f)
        optimizer.weight_decay = o->weight_decay;
    return optimizer;
}

static int on_batch(void *user, const lw_batch_report *report)
{
    run *r = user;
    progress_batch(&r->progress, report);
    return 0;
}

static int on_epoch(void *user, const lw_epoch_report *report)
{
    run *r = user;
    progress_epoch(&r->progress, report);
    r->status = training_log_write(&r->log, report);
    if (r->status == LW_OK && !isfinite(report->train_loss))
        r->status = lw_fail(LW_EDATA,
                            "epoch %zu: the training loss is no longer finite: lower --lr, or "
                            "limit the gradient with --clip",
                            report->epoch);
    const float until = r->options.until_accuracy;
    if (r->status == LW_OK && until > 0.0f && isnan(report->validation_accuracy))
        r->status = lw_fail(LW_EINVAL, "--until-accuracy needs classes; these targets are values");
    /* Compared as float, as which it was read: 0.6 in double is below 0.6f. */
    return r->status != LW_OK || (until > 0.0f && (float)report->validation_accuracy >= until);
}

static lw_status fit(run *r)
{
    const train_options *o = &r->options;
    const lw_fit_options options = {
        .loss = (lw_loss)o->loss,
        .optimizer = make_optimizer(o),
        .batch_size = o->batch,
        .epochs = o->epochs,
        .no_shuffle = o->no_shuffle,
        .schedule = {.kind = (lw_schedule_kind)o->schedule,
                     .every = o->step_every,
                     .factor = o->schedule == LW_SCHEDULE_STEP ? o->step_factor : 0.0f},
        .clip_norm = o->clip,
        .validation = data_has_validation(&r->source) ? &r->validation : NULL,
        .on_epoch = on_epoch,
        .on_batch = r->progress.on_terminal ? on_batch : NULL,
        .user = r,
    };
    const lw_status status = lw_fit(r->net, &r->training, &options);
    return status != LW_OK ? status : r->status;
}

static lw_status print_result(const run *r)
{
    const int has_validation = data_has_validation(&r->source);
    lw_evaluation result;
    const lw_status status = lw_evaluate(r->net, has_validation ? &r->validation : &r->training,
                                         (lw_loss)r->options.loss, &result);
    if (status != LW_OK)
        return status;
    printf("%s loss %.4f", has_validation ? "test" : "training", result.loss);
    if (result.classes > 0)
        printf("  accuracy %.2f %%", 100.0 * result.accuracy);
    putchar('\n');
    lw_evaluation_free(&result);
    return LW_OK;
}

/* All that can be wrong with data, network and destinations shows here, before hours of work. */
static lw_status prepare(run *r)
{
    const train_options *o = &r->options;
    lw_status status = data_open_training(&r->source, output_hint(o, &r->source), o->seed,
                                          &r->training, &r->validation);
    if (status == LW_OK)
        status = create_net(r);
    if (status != LW_OK)
        return status;

    const size_t inputs = lw_net_inputs(r->net);
    const size_t outputs = lw_net_outputs(r->net);
    lw_net_set_threads(r->net, o->threads);
    status = lw_net_set_precision(r->net, (lw_precision)o->precision);
    if (status != LW_OK)
        return status;
    status = data_check(&r->source, PART_MAIN, inputs, outputs, &r->training);
    if (status == LW_OK && data_has_validation(&r->source))
        status = data_check(&r->source, PART_VALIDATION, inputs, outputs, &r->validation);
    if (status == LW_OK && o->init != NULL)
        status = lw_net_load_parameters(r->net, o->init);
    if (status == LW_OK && o->save != NULL)
        status = destination_check(o->save);
    if (status == LW_OK)
        status = training_log_open(&r->log, o->log);
    return status;
}

static lw_status train(run *r)
{
    lw_status status = prepare(r);
    if (status != LW_OK)
        return status;
    r->progress = progress_begin(r->options.quiet);
    status = fit(r);
    progress_clear(&r->progress);
    if (status == LW_OK && r->options.save != NULL)
        status = lw_net_save(r->net, r->options.save);
    if (status == LW_OK)
        status = print_result(r);
    return status;
}

int command_train(int argc, char **argv)
{
    run r = {.options = defaults};
    const int outcome = read_options(argc, argv, &r.options, &r.source);
    if (outcome >= 0)
        return outcome;

    const lw_status status = train(&r);
    training_log_close(&r.log);
    lw_net_destroy(r.net);
    lw_dataset_free(&r.validation);
    lw_dataset_free(&r.training);
    return status == LW_OK ? 0 : report_failure();
}
