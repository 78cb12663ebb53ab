#define _XOPEN_SOURCE 700
#include "data.h"

#include "rank_path.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FASHION_MNIST           "fashion-mnist"
#define FASHION_MNIST_DIRECTORY "/usr/share/datasets/fashion-mnist"

/* ---- Options ------------------------------------------------------------------------------- */

/* --standardize alone means all columns; with names, those. */
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
#define CSV_INPUT_OPTIONS                                                                             \
    {"one-hot", "COL[,COL...]", "columns to expand, a column for each of their values",            \
     parse_names, DATA_FIELD(one_hot), EXPECTS_NAMES, NULL},                                       \
    {"standardize", "[=COL,...]",                                                                  \
     "these columns (alone: all but one-hot ones) to mean 0 and\n"                                 \
     "sample deviation 1, both taken over this file",                                              \
     parse_standardize, DATA_FIELD(standardize), EXPECTS_NAMES, NULL},                             \
    {"no-header", NULL, "the first row is data; columns are named 0, 1, ...",                      \
     parse_flag, DATA_FIELD(no_header), NULL, NULL}

const option_spec data_option_specs[] = {
    {"data", FASHION_MNIST "[:DIR]",
     "Fashion-MNIST, from " FASHION_MNIST_DIRECTORY " or DIR",
     parse_text, DATA_FIELD(data), NULL, NULL},
    {"x", "FILE", "inputs, .npy, a row each", parse_text, DATA_FIELD(x), NULL, NULL},
    {"y", "FILE", "targets of --x, .npy: class numbers if whole, values if floating",
     parse_text, DATA_FIELD(y), NULL, NULL},
    {"csv", "FILE", "inputs and target, a CSV file", parse_text, DATA_FIELD(csv), NULL, NULL},
    {"target", "NAME", "column of --csv that is the target",
     parse_text, DATA_FIELD(target), NULL, NULL},
    {"labels", NULL, "the target column is a class (default if the output is softmax\nor sigmoid)",
     parse_flag, DATA_FIELD(labels), NULL, NULL},
    {"values", NULL, "the target column is a number", parse_flag, DATA_FIELD(values), NULL, NULL},
    CSV_INPUT_OPTIONS,
    {0}};

const option_spec input_option_specs[] = {
    {"data", FASHION_MNIST "[:DIR]",
     "the test images of Fashion-MNIST, from\n" FASHION_MNIST_DIRECTORY " or DIR",
     parse_text, DATA_FIELD(data), NULL, NULL},
    {"x", "FILE", "inputs, .npy or .csv, a row each", parse_text, DATA_FIELD(x), NULL, NULL},
    {"csv", "FILE", "inputs, a CSV file", parse_text, DATA_FIELD(csv), NULL, NULL},
    {"target", "NAME", "column of --csv to leave out",
     parse_text, DATA_FIELD(target), NULL, NULL},
    CSV_INPUT_OPTIONS,
    {0}};

const option_spec validation_option_specs[] = {
    {"test-x", "FILE", "inputs to validate on, .npy", parse_text, DATA_FIELD(test_x), NULL, NULL},
    {"test-y", "FILE", "targets of --test-x, .npy", parse_text, DATA_FIELD(test_y), NULL, NULL},
    {"validation", "FRACTION", "or a random part of --x or --csv, which is not trained on",
     parse_fraction, DATA_FIELD(validation_fraction), EXPECTS_FRACTION, NULL},
    {0}};
/* clang-format on */

/* The directory in "fashion-mnist[:DIR]"; NULL if text names other data. */
static const char *fashion_mnist_directory(const char *text)
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
        return usage_error(command, "name the data with one of --data, --x and --csv");
    if (options->data != NULL && fashion_mnist_directory(options->data) == NULL)
        return usage_error(command, "--data: '%s' is not %s[:DIR]", options->data, FASHION_MNIST);
    if (needs_targets && (options->x == NULL) != (options->y == NULL))
        return usage_error(command, "--x and --y go together");
    if (needs_targets && options->csv != NULL && options->target == NULL)
        return usage_error(command, "--csv needs --target");
    if (column_options && options->csv == NULL)
        return usage_error(command, "--target, --labels, --values, --one-hot, --standardize and "
                                    "--no-header go with --csv");
    if (options->labels && options->values)
        return usage_error(command, "--labels and --values exclude each other");
    if ((options->test_x == NULL) != (options->test_y == NULL))
        return usage_error(command, "--test-x and --test-y go together");
    if (options->test_x != NULL && options->x == NULL)
        return usage_error(command, "--test-x goes with --x");
    if (options->validation_fraction > 0.0f && (options->test_x != NULL || options->data != NULL))
        return usage_error(command, "--validation: there is a test set already");
    return -1;
}

int data_has_validation(const data_options *options)
{
    return options->data != NULL || options->test_x != NULL || options->validation_fraction > 0.0f;
}

/* ---- Ranks --------------------------------------------------------------------------------- */

lw_status data_options_of_rank(data_options *options, const rank_group *group, size_t batch)
{
    const char **names[RANK_PATHS] = {&options->data, &options->x,      &options->y,
                                      &options->csv,  &options->test_x, &options->test_y};
    const int has_own = has_rank_placeholder(options->data) || has_rank_placeholder(options->x) ||
                        has_rank_placeholder(options->y) || has_rank_placeholder(options->csv);
    const int has_own_test = options->test_x != NULL
                                 ? has_rank_placeholder(options->test_x) || has_rank_placeholder(options->test_y)
                                 : has_own;
    for (size_t i = 0; i < RANK_PATHS; i++) {
        const lw_status status = rank_path(names[i], group->rank, &options->rank_paths[i]);
        if (status != LW_OK)
            return status;
    }
    if (!has_own)
        options->training_share = lw_ranks_share(group->ranks, batch);
    if (!has_own_test)
        options->validation_share = lw_ranks_share(group->ranks, LW_FULL_BATCH);
    return LW_OK;
}

void data_options_free(data_options *options)
{
    for (size_t i = 0; i < RANK_PATHS; i++)
        free(options->rank_paths[i]);
}

/* ---- Opening ------------------------------------------------------------------------------- */

enum { PATH_SIZE = 4096 };

static const lw_share everything = {0, 1, 1};

/* DIRECTORY/NAME or, if there is no such file, DIRECTORY/NAME.gz. */
static lw_status find_idx(char path[PATH_SIZE], const char *directory, const char *name)
{
    static const char *const endings[] = {"", ".gz"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const int length = snprintf(path, PATH_SIZE, "%s/%s%s", directory, name, endings[i]);
        if (length < 0 || length >= PATH_SIZE)
            return lw_fail(LW_EIO, "%s: the name of the directory is too long", directory);
        if (access(path, F_OK) == 0)
            return LW_OK;
        if (errno != ENOENT && errno != ENOTDIR)
            return lw_fail(LW_EIO, "%s: cannot open: %s", path, strerror(errno));
    }
    return lw_fail(LW_EIO, "%s/%s: no such file, neither plain nor .gz", directory, name);
}

static lw_status open_fashion_mnist(const char *data, const char *images, const char *labels,
                                    const lw_share *share, lw_dataset *set)
{
    const char *directory = fashion_mnist_directory(data);
    char image_path[PATH_SIZE];
    char label_path[PATH_SIZE];
    lw_status status = find_idx(image_path, directory, images);
    if (status == LW_OK)
        status = find_idx(label_path, directory, labels);
    if (status == LW_OK)
        status = lw_dataset_load_idx(set, image_path, label_path, share);
    return status;
}

static lw_status open_test_images(const char *data, const lw_share *share, lw_dataset *set)
{
    return open_fashion_mnist(data, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", share, set);
}

static lw_status open_csv(const data_options *options, lw_activation output, const lw_share *share,
                          lw_dataset *data)
{
    const int is_value = output != LW_SOFTMAX && output != LW_SIGMOID;
    const lw_csv_options csv = {
        .size = sizeof csv,
        .target = options->target,
        .no_header = options->no_header,
        .labels = options->labels || (!options->values && !is_value),
        .standardize = options->standardize.all,
        .one_hot = options->one_hot.items,
        .one_hot_count = options->one_hot.count,
        .standardized = options->standardize.columns.items,
        .standardized_count = options->standardize.columns.count,
        .share = *share,
    };
    return lw_dataset_load_csv(data, options->csv, &csv);
}

/* What --x or --csv names. */
static lw_status open_table(const data_options *options, lw_activation output,
                            const lw_share *share, lw_dataset *data)
{
    if (options->csv != NULL)
        return open_csv(options, output, share, data);
    return lw_dataset_load_npy(data, options->x, options->y, share);
}

lw_status data_open(const data_options *options, lw_activation output, lw_dataset *data)
{
    if (options->data != NULL)
        return open_test_images(options->data, &everything, data);
    return open_table(options, output, &everything, data);
}

static lw_status open_validation(const data_options *options, lw_dataset *validation)
{
    if (options->data != NULL)
        return open_test_images(options->data, &options->validation_share, validation);
    if (options->test_x != NULL)
        return lw_dataset_load_npy(validation, options->test_x, options->test_y,
                                   &options->validation_share);
    return LW_OK;
}

/* Keeps of a data set the share alone. */
static lw_status keep_share(const lw_share *share, lw_dataset *data)
{
    if (share->begin == 0 && share->end == share->of)
        return LW_OK;
    lw_dataset kept;
    const lw_status status = lw_dataset_share(data, share, &kept);
    lw_dataset_free(data);
    if (status == LW_OK)
        *data = kept;
    return status;
}

/* Which rows are for validation does not depend on the number of ranks: so each reads all of them. */
static lw_status open_split(const data_options *options, lw_activation output, uint64_t seed,
                            lw_dataset *training, lw_dataset *validation)
{
    lw_dataset all;
    lw_status status = open_table(options, output, &everything, &all);
    if (status != LW_OK)
        return status;
    status =
        lw_dataset_split(&all, (double)options->validation_fraction, seed, training, validation);
    lw_dataset_free(&all);
    if (status == LW_OK)
        status = keep_share(&options->training_share, training);
    return status == LW_OK ? keep_share(&options->validation_share, validation) : status;
}

lw_status data_open_training(const data_options *options, lw_activation output, uint64_t seed,
                             lw_dataset *training, lw_dataset *validation)
{
    lw_dataset held_out = {0};
    if (options->validation_fraction > 0.0f)
        return open_split(options, output, seed, training, validation);
    lw_dataset opened = {0};
    lw_status status =
        options->data != NULL
            ? open_fashion_mnist(options->data, "train-images-idx3-ubyte",
                                 "train-labels-idx1-ubyte", &options->training_share, &opened)
            : open_table(options, output, &options->training_share, &opened);
    if (status == LW_OK)
        status = open_validation(options, &held_out);
    if (status != LW_OK) {
        lw_dataset_free(&opened);
        return status;
    }
    *training = opened;
    *validation = held_out;
    return LW_OK;
}

/* ---- Data and network --------------------------------------------------------------------- */

static lw_status check_labels(const char *name, size_t classes, const lw_dataset *data)
{
    for (size_t row = 0; row < data->rows; row++) {
        const int32_t label = data->target.labels[row];
        if (label < 0 || (size_t)label >= classes)
            return lw_fail(LW_EDATA, "%s: row %zu: label %" PRId32 " is not in 0..%zu", name, row,
                           label, classes - 1);
    }
    return LW_OK;
}

lw_status data_check(const data_options *options, data_part part, size_t inputs, size_t outputs,
                     const lw_dataset *data)
{
    const int is_shared = options->training_share.of > 1; /* others may have rows */
    const int is_test_file = part == PART_VALIDATION && options->test_x != NULL;
    const char *table = options->data != NULL ? options->data : options->csv;
    const char *x = is_test_file ? options->test_x : table != NULL ? table : options->x;
    const char *y = is_test_file ? options->test_y : table != NULL ? table : options->y;

    if (data->rows == 0 && !is_shared)
        return lw_fail(LW_EDATA, "%s: there are no rows", x);
    if (data->inputs != inputs)
        return lw_fail(LW_ESHAPE, "%s: rows of %zu inputs, but the network takes %zu", x,
                       data->inputs, inputs);
    if (data->target.labels != NULL) {
        const size_t classes = outputs == 1 ? 2 : outputs;
        return check_labels(y, classes, data);
    }
    if (data->target.values != NULL && data->outputs != outputs)
        return lw_fail(LW_ESHAPE, "%s: rows of %zu targets, but the network has %zu outputs", y,
                       data->outputs, outputs);
    return LW_OK;
}
