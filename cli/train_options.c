#include "train_options.h"

#include "enum_names.h"

#include <string.h>

static const train_options defaults = {
    .layers = {.count = 2, .items = {512, 256}},
    .activation = LW_RELU,
    .output = OUTPUT_UNSET,
    .gradients = LW_FP32,
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

const choice initializer_names[] = {{"default", LW_INIT_DEFAULT},
                                    {"zeros", LW_INIT_ZEROS},
                                    {"normal", LW_INIT_NORMAL},
                                    {"uniform", LW_INIT_UNIFORM},
                                    {"xavier", LW_INIT_XAVIER},
                                    {"he", LW_INIT_HE},
                                    {NULL, 0}};
const choice precision_names[] = {{"fp32", LW_FP32}, {"bf16", LW_BF16}, {NULL, 0}};
const choice optimizer_names[] = {{"sgd", SGD},   {"momentum", MOMENTUM}, {"nesterov", NESTEROV},
                                  {"adam", ADAM}, {"adamw", ADAMW},       {NULL, 0}};
const choice schedule_names[] = {{"constant", LW_SCHEDULE_CONSTANT},
                                 {"step", LW_SCHEDULE_STEP},
                                 {"cosine", LW_SCHEDULE_COSINE},
                                 {NULL, 0}};

/* --batch N or full. */
static int parse_batch(const option_spec *option, char *text, void *value)
{
    if (strcmp(text, "full") != 0)
        return parse_count(option, text, value);
    *(size_t *)value = LW_FULL_BATCH;
    return 1;
}

/* Above 0, up to and including 1. */
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
    {"layers", "N[,N...]", "units of the hidden layers, or none (512,256)",
     parse_sizes, TRAIN_FIELD(layers),
     "at most 64 layer sizes of at least 1 with commas between them, or 'none'", NULL},
    {"activation", "NAME",
     "of the hidden layers (relu):\nrelu, leaky_relu, sigmoid, tanh, gelu, silu, linear",
     parse_choice, TRAIN_FIELD(activation), NULL, hidden_activation_names},
    {"output", "NAME",
     "softmax, sigmoid, linear, tanh or another activation\n"
     "(softmax for classes, linear for values)",
     parse_choice, TRAIN_FIELD(output), NULL, activation_names},
    {"initializer", "NAME",
     "zeros, normal, uniform, xavier, he or default: uniform in\n+-1/sqrt(inputs)",
     parse_choice, TRAIN_FIELD(initializer), NULL, initializer_names},
    {"precision", "NAME",
     "fp32, or bf16: products of rounded weights and activations, sums\nin fp32 (fp32)",
     parse_choice, TRAIN_FIELD(precision), NULL, precision_names},
    {"init", "FILE", "start from the weights in this file, of a network of this shape",
     parse_text, TRAIN_FIELD(init), NULL, NULL},
    {0}};

static const option_spec training_option_specs[] = {
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
    THREADS_OPTION(train_options),
    {"gradients", "NAME",
     "precision in which processes started by mpirun exchange gradients:\n"
     "fp32, or bf16, which sends half the bytes (fp32)",
     parse_choice, TRAIN_FIELD(gradients), NULL, precision_names},
    {0}};

static const option_spec result_option_specs[] = {
    {"save", "FILE", "the trained network, as safetensors",
     parse_text, TRAIN_FIELD(save), NULL, NULL},
    {"log", "FILE", "a JSON object per epoch, each on a line",
     parse_text, TRAIN_FIELD(log), NULL, NULL},
    {"report", "FILE.html", "a page of curves, confusion matrix, misclassified rows and options",
     parse_text, TRAIN_FIELD(report), NULL, NULL},
    {"checkpoint", "FILE", "the state of the run after each epoch, and when SIGINT or SIGTERM\nends it, for --resume",
     parse_text, TRAIN_FIELD(checkpoint), NULL, NULL},
    {"checkpoint-every", "N",
     "epochs from one checkpoint to the next; the last epoch has one\n"
     "in any case (1)",
     parse_count, TRAIN_FIELD(checkpoint_every), EXPECTS_COUNT, NULL},
    {"resume", "FILE",
     "go on from a checkpoint; the other options are given as at first,\n"
     "--epochs counts all of the run, --log is continued",
     parse_text, TRAIN_FIELD(resume), NULL, NULL},
    {"quiet", NULL, "show the final result only", parse_flag, TRAIN_FIELD(quiet), NULL, NULL},
    {0}};
/* clang-format on */

/* Files that are written must not be the same; nor may the log be one that is read. */
static int check_files(const char *command, const train_options *o)
{
    const struct {
        const char *option, *path;
    } files[] = {{"log", o->log},       {"checkpoint", o->checkpoint}, {"save", o->save},
                 {"report", o->report}, {"resume", o->resume},         {"init", o->init}};
    enum { FILES = sizeof files / sizeof *files, WRITTEN = 4 };
    for (size_t i = 0; i < WRITTEN; i++)
        for (size_t j = i + 1; j < FILES; j++) {
            /* What is read at the beginning may be replaced later, but for the log, which is appended to. */
            const int harmless = i > 0 && j >= WRITTEN;
            if (!harmless && files[i].path != NULL && files[j].path != NULL &&
                strcmp(files[i].path, files[j].path) == 0)
                return usage_error(command, "--%s and --%s name the same file", files[i].option,
                                   files[j].option);
        }
    return -1;
}

int train_options_read(int argc, char **argv, train_options *options, data_options *data)
{
    *options = defaults;
    const command_line line = {
        .command = argv[0],
        .synopsis = "DATA [OPTIONS]",
        .summary = "Trains a dense network. Defaults are in parentheses.",
        .groups = {{"Data", data_option_specs, data},
                   {"Validation", validation_option_specs, data},
                   {"Network", network_option_specs, options},
                   {"Training", training_option_specs, options},
                   {"Results", result_option_specs, options}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0)
        outcome = data_options_check(argv[0], data, NEED_TARGETS);
    if (outcome < 0 && options->momentum >= 0.0f && options->optimizer != MOMENTUM &&
        options->optimizer != NESTEROV)
        outcome = usage_error(argv[0], "--momentum goes with --optimizer momentum or nesterov");
    if (outcome < 0 && options->until_accuracy > 0.0f && !data_has_validation(data))
        outcome = usage_error(argv[0], "--until-accuracy needs data to validate on");
    if (outcome < 0 && options->checkpoint_every > 0 && options->checkpoint == NULL)
        outcome = usage_error(argv[0], "--checkpoint-every goes with --checkpoint");
    if (outcome < 0 && options->resume != NULL && options->init != NULL)
        outcome = usage_error(argv[0], "--resume and --init both say where to start");
    if (options->checkpoint_every == 0)
        options->checkpoint_every = 1;
    if (outcome < 0)
        outcome = check_files(argv[0], options);
    return outcome;
}
