/* The command line: a byte that selects the command, then its words, one per line. */
#define _GNU_SOURCE
#include "enum_names.h"
#include "fuzz.h"
#include "loss_option.h"
#include "model_input.h"
#include "shell_quote.h"
#include "train_options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64, TEXT_BYTES = 4096 };

/* ---- Output of the command ---- */

static struct {
    char text[TEXT_BYTES]; /* its first bytes */
    size_t size;
} printed;

static ssize_t keep(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    const size_t capacity = sizeof printed.text - 1 - printed.size;
    memcpy(printed.text + printed.size, text, size < capacity ? size : capacity);
    printed.size += size < capacity ? size : capacity;
    printed.text[printed.size] = '\0';
    return (ssize_t)size;
}

static FILE *capture(void)
{
    static FILE *stream;
    if (!stream)
        stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = keep});
    FUZZ_CHECK(stream, "nothing to print to");
    printed.size = 0;
    printed.text[0] = '\0';
    return stream;
}

/* ---- Checks of accepted options ---- */

static void check_choice(const choice *choices, int value)
{
    while (choices->name && choices->value != value)
        choices++;
    FUZZ_CHECK(choices->name, "a choice of %d", value);
}

static void check_names(const name_list *list)
{
    FUZZ_CHECK(list->count <= LIST_MAX, "%zu names", list->count);
    for (size_t i = 0; i < list->count; i++)
        FUZZ_CHECK(list->items[i] && *list->items[i] && !strchr(list->items[i], ','), "name %zu",
                   i);
}

static void check_data(const data_options *data)
{
    check_names(&data->targets);
    check_names(&data->ignored);
    check_names(&data->one_hot);
    check_names(&data->numeric);
    check_names(&data->missing);
    check_names(&data->standardize.columns);
    FUZZ_CHECK((data->data != NULL) + (data->x != NULL) + (data->csv != NULL) == 1,
               "not one source");
    FUZZ_CHECK(data->validation_fraction >= 0.0f && data->validation_fraction < 1.0f,
               "a fraction of %g", (double)data->validation_fraction);
}

static void check_real(const char *name, float value, float least)
{
    FUZZ_CHECK(isfinite(value) && value >= least, "%s is %g", name, (double)value);
}

static void check_training(const train_options *o)
{
    FUZZ_CHECK(o->layers.count <= LIST_MAX, "%zu layers", o->layers.count);
    for (size_t i = 0; i < o->layers.count; i++)
        FUZZ_CHECK(o->layers.items[i] > 0 && o->layers.items[i] < SIZE_MAX, "layer %zu", i);
    check_choice(hidden_activation_names, o->activation);
    if (o->output != OUTPUT_UNSET)
        check_choice(activation_names, o->output);
    if (o->loss != LW_LOSS_DEFAULT)
        check_choice(loss_names, o->loss);
    if (o->initializer != LW_INIT_DEFAULT)
        check_choice(initializer_names, o->initializer);
    check_choice(precision_names, o->precision);
    check_choice(optimizer_names, o->optimizer);
    check_choice(schedule_names, o->schedule);
    check_real("lr", o->learning_rate, 0.0f);
    check_real("momentum", o->momentum, -1.0f);
    check_real("weight-decay", o->weight_decay, -1.0f);
    check_real("step-factor", o->step_factor, 0.0f);
    check_real("clip", o->clip, 0.0f);
    check_real("until-accuracy", o->until_accuracy, 0.0f);
    FUZZ_CHECK(o->momentum < 1.0f && o->until_accuracy <= 1.0f, "momentum %g, accuracy %g",
               (double)o->momentum, (double)o->until_accuracy);
    FUZZ_CHECK(o->step_every > 0 && o->checkpoint_every > 0, "a count of 0");
}

/* ---- Outcomes ---- */

/* The message of a refused command line is that of usage_error. */
static void record(int outcome, const data_options *data)
{
    fuzz_record(outcome == EXIT_USAGE ? LW_EINVAL : LW_OK);
    if (outcome < 0)
        fuzz_record_more("%zu one-hot, %zu standardized%s; ", data->one_hot.count,
                         data->standardize.columns.count, data->standardize.all ? ", all" : "");
}

static void record_training(const train_options *o)
{
    fuzz_record_more("layers");
    for (size_t i = 0; i < o->layers.count && i < 4; i++)
        fuzz_record_more(" %zu", o->layers.items[i]);
    if (o->layers.count > 4)
        fuzz_record_more(" ... %zu", o->layers.count);
    fuzz_record_more("; lr %g, momentum %g, until %g, seed %llu, batch %zu",
                     (double)o->learning_rate, (double)o->momentum, (double)o->until_accuracy,
                     (unsigned long long)o->seed, o->batch);
}

/* ---- The commands ---- */

static int read_train(int argc, char **argv)
{
    train_options options;
    data_options data = {0};
    const int outcome = train_options_read(argc, argv, &options, &data);
    if (outcome < 0) {
        check_training(&options);
        check_data(&data);
    }
    record(outcome, &data);
    if (outcome < 0)
        record_training(&options);
    return outcome;
}

/* Options of evaluate and predict. */
static int read_model_input(int argc, char **argv, const option_spec *rows, data_need need)
{
    model_input_options saved = {0};
    data_options data = {0};
    const command_line line = {
        .command = argv[0],
        .synopsis = "",
        .summary = "",
        .groups = {{"Model", model_input_option_specs, &saved}, {"Data", rows, &data}},
    };
    int outcome = options_parse(&line, argc, argv);
    if (outcome < 0)
        outcome = model_input_options_check(argv[0], &saved);
    if (outcome < 0)
        outcome = data_options_check(argv[0], &data, need);
    if (outcome < 0) {
        FUZZ_CHECK(saved.model, "no model");
        check_data(&data);
    }
    record(outcome, &data);
    if (outcome < 0)
        fuzz_record_more("model %s, threads %u", saved.model, saved.threads);
    return outcome;
}

static int read_options(unsigned command, int argc, char **argv)
{
    switch (command % 3) {
    case 0:
        return read_train(argc, argv);
    case 1:
        return read_model_input(argc, argv, data_option_specs, NEED_TARGETS);
    default:
        return read_model_input(argc, argv, input_option_specs, NEED_INPUTS);
    }
}

/* A shell has to split the line into the same words: every quote is closed, and outside of quotes
 * there are only backslash escapes and characters without a meaning to a shell. */
static void check_shell_quote(int argc, char **argv)
{
    char *line = shell_quote(argc, argv);
    FUZZ_CHECK(line && strncmp(line, "lanewise", 8) == 0, "no line");
    const char *at = line + 8;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        int quoted = 0;
        FUZZ_CHECK(*at++ == ' ', "no blank before word %d of %s", i, line);
        for (; *at && (quoted || *at != ' '); at++) {
            if (*at == '\'') {
                quoted = !quoted;
                continue;
            }
            at += !quoted && *at == '\\';
            FUZZ_CHECK(*at == *word++, "word %d is another in %s", i, line);
        }
        FUZZ_CHECK(!quoted && *word == '\0', "word %d ends elsewhere in %s", i, line);
    }
    FUZZ_CHECK(*at == '\0', "more than %d words in %s", argc, line);
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[TEXT_BYTES] = "", *argv[WORDS_MAX + 2] = {(char[]){"command"}};
    int argc = 1;
    if (size == 0 || size > sizeof text)
        return 0;
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';
    for (char *word = text; *word && argc <= WORDS_MAX;) {
        argv[argc++] = word;
        word += strcspn(word, "\n");
        if (*word)
            *word++ = '\0';
    }
    check_shell_quote(argc, argv);

    FILE *const out = stdout, *const err = stderr;
    FILE *const stream = capture();
    stdout = stderr = stream;
    optind = 0; /* restarts getopt_long */
    const int asked = argc > 1 && strcmp(argv[1], "--complete") == 0;
    const int outcome = read_options(bytes[0], argc, argv);
    fflush(stream);
    stdout = out;
    stderr = err;
    if (outcome == 0)
        fuzz_record_more("%.*s", (int)strcspn(printed.text, "\n"), printed.text);

    FUZZ_CHECK(outcome == -1 || outcome == 0 || outcome == EXIT_USAGE, "exit code %d", outcome);
    FUZZ_CHECK(outcome != -1 || printed.size == 0, "went on after printing %s", printed.text);
    FUZZ_CHECK(outcome != 0 || asked || strncmp(printed.text, "Usage: ", 7) == 0, "help is %s",
               printed.text);
    if (outcome == EXIT_USAGE)
        FUZZ_CHECK(strncmp(printed.text, "lanewise command: ", 18) == 0 &&
                       (printed.size == sizeof printed.text - 1 ||
                        strstr(printed.text, "\nTry 'lanewise command --help'.\n")),
                   "no message: %s", printed.text);
    return 0;
}
