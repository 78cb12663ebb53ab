#include "data_options.h"

#include "rank_path.h"

#include <stdlib.h>
#include <string.h>

#define FASHION_MNIST           "fashion-mnist"
#define FASHION_MNIST_DIRECTORY "/usr/share/datasets/fashion-mnist"

/* --standardize selects all columns, --standardize=COL,... the given ones. */
static int parse_standardize(const option_spec *option, char *text, void *value)
{
    standardize_option *standardize = value;
    if (text != NULL)
        return parse_names(option, text, &standardize->columns);
    standardize->all = 1;
    return 1;
}

/* clang-format off */
#define DATA_FIELD(name) offsetof(data_options, name)
#define CSV_INPUT_OPTIONS                                                                          \
    {"one-hot", "COL[,COL...]", "one-hot encode these columns",                                    \
     parse_names, DATA_FIELD(one_hot), EXPECTS_NAMES, NULL},                                       \
    {"standardize", "[=COL,...]",                                                                  \
     "scale these columns (default: all that are not one-hot) to mean 0\n"                         \
     "and standard deviation 1, both computed from this file",                                     \
     parse_standardize, DATA_FIELD(standardize), EXPECTS_NAMES, NULL},                             \
    {"no-header", NULL, "the CSV file has no header; columns are named 0, 1, ...",                 \
     parse_flag, DATA_FIELD(no_header), NULL, NULL}

const option_spec data_option_specs[] = {
    {"data", FASHION_MNIST "[:DIR]",
     "Fashion-MNIST in " FASHION_MNIST_DIRECTORY " or DIR",
     parse_text, DATA_FIELD(data), NULL, NULL},
    {"x", "FILE", "inputs: .npy, one row per example", parse_text, DATA_FIELD(x), NULL, NULL},
    {"y", "FILE", "targets of --x: .npy, integer class labels or floating-point values",
     parse_text, DATA_FIELD(y), NULL, NULL},
    {"csv", "FILE", "inputs and target: a CSV file", parse_text, DATA_FIELD(csv), NULL, NULL},
    {"target", "NAME", "target column of --csv",
     parse_text, DATA_FIELD(target), NULL, NULL},
    {"labels", NULL, "the target column holds classes (default for softmax and sigmoid\noutputs)",
     parse_flag, DATA_FIELD(labels), NULL, NULL},
    {"values", NULL, "the target column holds numbers", parse_flag, DATA_FIELD(values), NULL, NULL},
    CSV_INPUT_OPTIONS,
    {0}};

const option_spec input_option_specs[] = {
    {"data", FASHION_MNIST "[:DIR]",
     "test images of Fashion-MNIST in\n" FASHION_MNIST_DIRECTORY " or DIR",
     parse_text, DATA_FIELD(data), NULL, NULL},
    {"x", "FILE", "inputs: .npy or .csv, one row per example",
     parse_text, DATA_FIELD(x), NULL, NULL},
    {"csv", "FILE", "inputs: a CSV file", parse_text, DATA_FIELD(csv), NULL, NULL},
    {"target", "NAME", "column of --csv to ignore",
     parse_text, DATA_FIELD(target), NULL, NULL},
    CSV_INPUT_OPTIONS,
    {0}};

const option_spec validation_option_specs[] = {
    {"test-x", "FILE", "validation inputs: .npy", parse_text, DATA_FIELD(test_x), NULL, NULL},
    {"test-y", "FILE", "targets of --test-x: .npy", parse_text, DATA_FIELD(test_y), NULL, NULL},
    {"validation", "FRACTION", "hold out a random FRACTION of --x or --csv for validation",
     parse_fraction, DATA_FIELD(validation_fraction), EXPECTS_FRACTION, NULL},
    {0}};
/* clang-format on */

const char *fashion_mnist_directory(const char *text)
{
    const size_t length = strlen(FASHION_MNIST);
    if (strncmp(text, FASHION_MNIST, length) != 0)
        return NULL;
    if (text[length] == '\0')
        return FASHION_MNIST_DIRECTORY;
    return text[length] == ':' && text[length + 1] != '\0' ? text + length + 1 : NULL;
}

int data_options_check(const char *command, const data_options *options, data_need need)
{
    const int sources = (options->data != NULL) + (options->x != NULL) + (options->csv != NULL);
    const int column_options = options->target != NULL || options->labels || options->values ||
                               options->no_header || options->one_hot.count > 0 ||
                               options->standardize.all || options->standardize.columns.count > 0;
    const int needs_targets = need == NEED_TARGETS;

    if (sources != 1)
        return usage_error(command, "give the data with exactly one of --data, --x and --csv");
    if (options->data != NULL && fashion_mnist_directory(options->data) == NULL)
        return usage_error(command, "--data: expected %s[:DIR], not '%s'", FASHION_MNIST,
                           options->data);
    if (needs_targets && (options->x == NULL) != (options->y == NULL))
        return usage_error(command, "--x and --y must be given together");
    if (needs_targets && options->csv != NULL && options->target == NULL)
        return usage_error(command, "--csv requires --target");
    if (column_options && options->csv == NULL)
        return usage_error(command, "--target, --labels, --values, --one-hot, --standardize and "
                                    "--no-header require --csv");
    if (options->labels && options->values)
        return usage_error(command, "--labels and --values cannot be combined");
    if ((options->test_x == NULL) != (options->test_y == NULL))
        return usage_error(command, "--test-x and --test-y must be given together");
    if (options->test_x != NULL && options->x == NULL)
        return usage_error(command, "--test-x requires --x");
    if (options->validation_fraction > 0.0f && (options->test_x != NULL || options->data != NULL))
        return usage_error(command, "--validation cannot be combined with %s, which has a test set",
                           options->data != NULL ? "--data" : "--test-x");
    return -1;
}

int data_has_validation(const data_options *options)
{
    return options->data != NULL || options->test_x != NULL || options->validation_fraction > 0.0f;
}

lw_status data_options_set_rank(data_options *options, const rank_group *group, size_t batch)
{
    const char **names[RANK_PATHS] = {&options->data, &options->x,      &options->y,
                                      &options->csv,  &options->test_x, &options->test_y};
    const int has_own_files =
        has_rank_placeholder(options->data) || has_rank_placeholder(options->x) ||
        has_rank_placeholder(options->y) || has_rank_placeholder(options->csv);
    const int has_own_test_files =
        options->test_x != NULL
            ? has_rank_placeholder(options->test_x) || has_rank_placeholder(options->test_y)
            : has_own_files;
    for (size_t i = 0; i < RANK_PATHS; i++) {
        const lw_status status = rank_path(names[i], group->rank, &options->rank_paths[i]);
        if (status != LW_OK)
            return status;
    }
    if (!has_own_files)
        options->training_shard = lw_ranks_shard(group->ranks, batch);
    if (!has_own_test_files)
        options->validation_shard = lw_ranks_shard(group->ranks, LW_FULL_BATCH);
    return LW_OK;
}

void data_options_free(data_options *options)
{
    for (size_t i = 0; i < RANK_PATHS; i++)
        free(options->rank_paths[i]);
}
