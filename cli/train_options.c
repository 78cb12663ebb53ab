#include "train_options.h"

#include "enum_names.h"
#include "loss_option.h"

#include <string.h>

static const train_options defaults = {
    .layers = {.count = 2, .items = {512, 256}},
    .activation = LW_ACTIVATION_RELU,
    .output = OUTPUT_UNSET,
    .gradients = LW_PRECISION_FP32,
    .seed = 1,
    .optimizer = ADAM,
    .momentum = -1.0f,
    .weight_decay = -1.0f,
    .schedule = LW_SCHEDULE_COSINE,
    .step_every = 10,
    .step_factor = 0.1f,
};

const choice initializer_names[] = {{"default", LW_INIT_DEFAULT},
                                    {"zeros", LW_INIT_ZEROS},
                                    {"normal", LW_INIT_NORMAL},
                                    {"uniform", LW_INIT_UNIFORM},
                                    {"xavier", LW_INIT_XAVIER},
                                    {"he", LW_INIT_HE},
                                    {NULL, 0}};
const choice precision_names[] = {
    {"fp32", LW_PRECISION_FP32}, {"bf16", LW_PRECISION_BF16}, {NULL, 0}};
const choice optimizer_names[] = {{"sgd", SGD},   {"momentum", MOMENTUM}, {"nesterov", NESTEROV},
                                  {"adam", ADAM}, {"adamw", ADAMW},       {NULL, 0}};
const choice schedule_names[] = {{"constant", LW_SCHEDULE_CONSTANT},
                                 {"step", LW_SCHEDULE_STEP},
                                 {"cosine", LW_SCHEDULE_COSINE},
                                 {NULL, 0}};

/* A count or "full". */
static int parse_batch(const option_spec *option, char *text, void *value)
{
    if (strcmp(text, "full") != 0)
        return parse_count(option, text, value);
    *(size_t *)value = LW_FULL_BATCH;
    return 1;
}

/* A count of at least 2. */
static int parse_folds(const option_spec *option, char *text, void *value)
{
    size_t folds = 0;
    if (!parse_count(option, text, &folds) || folds < 2)
        return 0;
    *(size_t *)value = folds;
    return 1;
}

/* A float in (0, 1]. */
static int parse_accuracy(const option_spec *option, char *text, void *value)
{
    float number = 0.0f;
    if (!parse_positive(option, text, &number) || number > 1.0f)
        return 0;
    *(float *)value = number;
    return 1;
}

/* clang-format off */
#define TRAIN_FIELD(name) offsetof(train_options, name)

static const option_spec network_option_specs[] = {
    {"layers", "N[,N...]", "units of each hidden layer, or none (512,256)",
     parse_sizes, TRAIN_FIELD(layers),
     "a comma-separated list of at most 64 layer sizes of at least 1, or 'none'", NULL},
    {"activation", "NAME",
     "activation of the hidden layers (relu):\nrelu, leaky_relu, sigmoid, tanh, gelu, silu, linear",
     parse_choice, TRAIN_FIELD(activation), NULL, hidden_activation_names},
    {"output", "NAME",
     "activation of the output layer: softmax, sigmoid, linear, tanh or\n"
     "another activation (softmax for classes, linear for values)",
     parse_choice, TRAIN_FIELD(output), NULL, activation_names},
    {"initializer", "NAME",
     "initial weights: zeros, normal, uniform, xavier, he or default,\nuniform in +-1/sqrt(inputs)",
     parse_choice, TRAIN_FIELD(initializer), NULL, initializer_names},
    {"precision", "NAME",
     "fp32, or bf16: products of bf16 weights and activations with fp32\naccumulation (fp32)",
     parse_choice, TRAIN_FIELD(precision), NULL, precision_names},
    {"init", "FILE", "initial weights from this model, of a network of the same shape",
     parse_text, TRAIN_FIELD(init), NULL, NULL},
    {0}};

static const option_spec training_option_specs[] = {
    {"loss", LOSS_ARGUMENT, LOSS_HELP, parse_choice, TRAIN_FIELD(loss), NULL, loss_names},
    {"optimizer", "NAME", "sgd, momentum, nesterov, adam, adamw (adam)",
     parse_choice, TRAIN_FIELD(optimizer), NULL, optimizer_names},
    {"lr", "X", "learning rate (0.001 for adam and adamw, 0.01 for the others)",
     parse_positive, TRAIN_FIELD(learning_rate), EXPECTS_POSITIVE, NULL},
    {"momentum", "X", "momentum of the optimizers momentum and nesterov (0.9)",
     parse_below_one, TRAIN_FIELD(momentum), EXPECTS_BELOW_ONE, NULL},
    {"weight-decay", "X", "weight decay (0.01 for adamw, 0 for the others)",
     parse_non_negative, TRAIN_FIELD(weight_decay), EXPECTS_NON_NEGATIVE, NULL},
    {"schedule", "NAME", "learning rate schedule: constant, step, cosine (cosine, to 0)",
     parse_choice, TRAIN_FIELD(schedule), NULL, schedule_names},
    {"step-every", "N", "epochs between drops of the step schedule (10)",
     parse_count, TRAIN_FIELD(step_every), EXPECTS_COUNT, NULL},
    {"step-factor", "X", "factor of each drop of the step schedule (0.1)",
     parse_positive, TRAIN_FIELD(step_factor), EXPECTS_POSITIVE, NULL},
    {"clip", "X", "largest norm of the gradient (no limit)",
     parse_positive, TRAIN_FIELD(clip), EXPECTS_POSITIVE, NULL},
    {"batch", "N|full", "rows per step (32 below 2000 training rows, otherwise 128)",
     parse_batch, TRAIN_FIELD(batch), EXPECTS_COUNT " or 'full'", NULL},
    {"epochs", "N", "passes over the training data (20, or up to 100 for 300 steps)",
     parse_count, TRAIN_FIELD(epochs), EXPECTS_COUNT, NULL},
    {"until-accuracy", "X",
     "stop after the first epoch whose validation accuracy is at\nleast X, for example 0.89",
     parse_accuracy, TRAIN_FIELD(until_accuracy), "a number above 0 and at most 1", NULL},
    {"class-weights", "balanced|FILE",
     "weights of the classes in training: inverse to their numbers of\n"
     "rows, or a CSV file of classes and weights",
     parse_text, TRAIN_FIELD(class_weights), NULL, NULL},
    {"patience", "N",
     "early stopping: end after N epochs without a lower validation loss;\n"
     "the weights are those of the lowest",
     parse_count, TRAIN_FIELD(patience), EXPECTS_COUNT, NULL},
    {"folds", "N",
     "cross-validation: train N networks, each on all but one of N random\n"
     "parts of the rows, and print the results on the other part",
     parse_folds, TRAIN_FIELD(folds), "an integer of at least 2", NULL},
    {"no-shuffle", NULL, "keep the order of the rows",
     parse_flag, TRAIN_FIELD(no_shuffle), NULL, NULL},
    {"seed", "N", "seed of weights, shuffling and --validation (1)",
     parse_u64, TRAIN_FIELD(seed), EXPECTS_U64, NULL},
    THREADS_OPTION(train_options),
    {"gradients", "NAME",
     "precision in which processes started by mpirun exchange gradients:\n"
     "fp32, or bf16, which sends half the bytes (fp32)",
     parse_choice, TRAIN_FIELD(gradients), NULL, precision_names},
    {0}};

static const option_spec result_option_specs[] = {
    {"save", "FILE", "write the trained model, as safetensors",
     parse_text, TRAIN_FIELD(save), NULL, NULL},
    {"log", "FILE", "write the training log: JSON Lines, one object per epoch",
     parse_text, TRAIN_FIELD(log), NULL, NULL},
    {"report", "FILE.html",
     "write an HTML report: curves, confusion matrix, misclassified\nrows, options",
     parse_text, TRAIN_FIELD(report), NULL, NULL},
    {"checkpoint", "FILE", "write a checkpoint for --resume after each epoch, and when SIGINT\n"
     "or SIGTERM ends the run",
     parse_text, TRAIN_FIELD(checkpoint), NULL, NULL},
    {"checkpoint-every", "N",
     "write the checkpoint every N epochs, and after the last one (1)",
     parse_count, TRAIN_FIELD(checkpoint_every), EXPECTS_COUNT, NULL},
    {"resume", "FILE",
     "resume from a checkpoint; repeat the other options. --epochs is the\n"
     "total of the run; --log is continued",
     parse_text, TRAIN_FIELD(resume), NULL, NULL},
    {"dry-run", NULL, "stop after printing what was understood of the data",
     parse_flag, TRAIN_FIELD(dry_run), NULL, NULL},
    {"quiet", NULL, "print the final result only", parse_flag, TRAIN_FIELD(quiet), NULL, NULL},
    {0}};
/* clang-format on */

/* All output files must differ, and the log from the input files: it is opened before they are
 * read. */
static int check_files(const char *command, const train_options *o)
{
    const struct {
        const char *option, *path;
    } files[] = {{"log", o->log},       {"checkpoint", o->checkpoint}, {"save", o->save},
                 {"report", o->report}, {"resume", o->resume},         {"init", o->init}};
    enum { FILES = sizeof files / sizeof *files, OUTPUTS = 4 };
    for (size_t i = 0; i < OUTPUTS; i++)
        for (size_t j = i + 1; j < FILES; j++) {
            /* An input file may be replaced later by any output but the log. */
            const int is_allowed = i > 0 && j >= OUTPUTS;
            if (!is_allowed && files[i].path != NULL && files[j].path != NULL &&
                strcmp(files[i].path, files[j].path) == 0)
                return usage_error(command, "--%s and --%s name the same file", files[i].option,
                                   files[j].option);
        }
    return -1;
}

/* Cross-validation keeps no network and holds out its own validation rows. */
static int check_folds(const char *command, const train_options *o, const data_options *data)
{
    const struct {
        const char *option;
        int is_given;
    } excluded[] = {{"save", o->save != NULL},
                    {"checkpoint", o->checkpoint != NULL},
                    {"resume", o->resume != NULL},
                    {"init", o->init != NULL},
                    {"log", o->log != NULL},
                    {"report", o->report != NULL},
                    {"until-accuracy", o->until_accuracy > 0.0f},
                    {"data", data->data != NULL},
                    {"test-x", data->test_x != NULL},
                    {"test-csv", data->test_csv != NULL},
                    {"patience", o->patience > 0},
                    {"validation", data->validation_fraction > 0.0f}};
    for (size_t i = 0; i < sizeof excluded / sizeof *excluded && o->folds > 0; i++)
        if (excluded[i].is_given)
            return usage_error(command, "--folds and --%s cannot be combined", excluded[i].option);
    return -1;
}

int train_options_read(int argc, char **argv, train_options *options, data_options *data)
{
    *options = defaults;
    const command_line line = {
        .command = argv[0],
        .synopsis = "DATA [OPTIONS]",
        .summary = "Trains a dense neural network. Defaults are in parentheses.",
        .groups = {{"Data", data_option_specs, data},
                   {"Validation and weights", validation_option_specs, data},
                   {"Network", network_option_specs, options},
                   {"Training", training_option_specs, options},
                   {"Results", result_option_specs, options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0)
        outcome = data_options_check(argv[0], data, NEED_TARGETS);
    if (outcome < 0 && options->momentum >= 0.0f && options->optimizer != MOMENTUM &&
        options->optimizer != NESTEROV)
        outcome = usage_error(argv[0], "--momentum requires --optimizer momentum or nesterov");
    if (outcome < 0)
        outcome = check_folds(argv[0], options, data);
    if (outcome < 0 && !data_has_validation(data) &&
        (options->until_accuracy > 0.0f || options->patience > 0))
        outcome = usage_error(argv[0],
                              "--%s requires validation data: --data, --test-x, --test-csv or "
                              "--validation",
                              options->patience > 0 ? "patience" : "until-accuracy");
    if (outcome < 0 && options->patience > 0 &&
        (options->checkpoint != NULL || options->resume != NULL))
        outcome = usage_error(argv[0], "--patience and --%s cannot be combined",
                              options->checkpoint != NULL ? "checkpoint" : "resume");
    if (outcome < 0 && options->dry_run && options->quiet)
        outcome = usage_error(argv[0], "--dry-run and --quiet cannot be combined");
    if (outcome < 0 && options->checkpoint_every > 0 && options->checkpoint == NULL)
        outcome = usage_error(argv[0], "--checkpoint-every requires --checkpoint");
    if (outcome < 0 && options->resume != NULL && options->init != NULL)
        outcome =
            usage_error(argv[0], "--resume and --init cannot be combined: both set the weights");
    if (options->checkpoint_every == 0)
        options->checkpoint_every = 1;
    if (outcome < 0)
        outcome = check_files(argv[0], options);
    return outcome;
}

lw_optimizer train_optimizer(const train_options *o)
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
