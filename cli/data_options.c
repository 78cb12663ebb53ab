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

/* One byte, or the name of a separator. */
static int parse_separator(const option_spec *option, char *text, void *value)
{
    static const choice names[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'},
                                   {"pipe", '|'},  {"blank", ' '},     {NULL, 0}};
    (void)option;
    for (const choice *name = names; name->name != NULL; name++)
        if (strcmp(text, name->name) == 0) {
            *(char *)value = (char)name->value;
            return 1;
        }
    if (strlen(text) != 1 || strchr("\"\r\n", *text) != NULL)
        return 0;
    *(char *)value = *text;
    return 1;
}

static int parse_decimal(const option_spec *option, char *text, void *value)
{
    (void)option;
    if (strcmp(text, ".") != 0 && strcmp(text, ",") != 0)
        return 0;
    *(char *)value = *text;
    return 1;
}

static const choice task_names[] = {
    {"classification", LW_TASK_CLASSIFICATION}, {"regression", LW_TASK_REGRESSION}, {NULL, 0}};

/* clang-format off */
#define DATA_FIELD(name) offsetof(data_options, name)
/* How the text of a CSV file is read. */
#define CSV_TEXT_OPTIONS                                                                           \
    {"separator", "CHAR", "between fields: a character, comma, semicolon, tab, pipe or blank\n"    \
     "(detected)", parse_separator, DATA_FIELD(separator),                                         \
     "a character other than quotes and line ends, or comma, semicolon, tab, pipe or blank",       \
     NULL},                                                                                        \
    {"decimal", "CHAR", "decimal separator, . or , (detected)",                                    \
     parse_decimal, DATA_FIELD(decimal), "'.' or ','", NULL},                                      \
    {"missing", "TEXT[,TEXT...]",                                                                  \
     "texts of missing fields (NA,N/A,NaN,nan,null,None,?)",                                       \
     parse_names, DATA_FIELD(missing), EXPECTS_NAMES, NULL},                                       \
    {"no-header", NULL, "the CSV file has no header; columns are named 0, 1, ... (detected)",      \
     parse_flag, DATA_FIELD(no_header), NULL, NULL},                                               \
    {"strict", NULL, "refuse categories that the training data did not have",                      \
     parse_flag, DATA_FIELD(strict), NULL, NULL}
/* How columns are used; a model that was trained on a table knows it. */
#define CSV_COLUMN_OPTIONS                                                                         \
    {"one-hot", "COL[,COL...]", "the same as --categorical",                                       \
     parse_names, DATA_FIELD(one_hot), EXPECTS_NAMES, NULL},                                       \
    {"standardize", "[=COL,...]",                                                                  \
     "scale these columns (default: all numbers) to mean 0 and standard\n"                         \
     "deviation 1 of the training data", parse_standardize, DATA_FIELD(standardize),               \
     EXPECTS_NAMES, NULL}

const option_spec data_option_specs[] = {
    {"data", FASHION_MNIST "[:DIR]",
     "Fashion-MNIST in " FASHION_MNIST_DIRECTORY " or DIR",
     parse_text, DATA_FIELD(data), NULL, NULL},
    {"x", "FILE", "inputs: .npy, .npz:NAME or IDX; the first dimension is rows",
     parse_text, DATA_FIELD(x), NULL, NULL},
    {"y", "FILE", "targets of --x, likewise: class labels, one-hot rows or numbers",
     parse_text, DATA_FIELD(y), NULL, NULL},
    {"csv", "FILE", "inputs and target: a CSV file, plain or gzip, or - for standard input",
     parse_text, DATA_FIELD(csv), NULL, NULL},
    {"target", "COL[,COL...]", "target column of --csv, or several columns of numbers",
     parse_names, DATA_FIELD(targets), EXPECTS_NAMES, NULL},
    {"task", "NAME", "classification or regression (follows from the target)",
     parse_choice, DATA_FIELD(task), NULL, task_names},
    {"labels", NULL, "the same as --task classification",
     parse_flag, DATA_FIELD(labels), NULL, NULL},
    {"values", NULL, "the same as --task regression", parse_flag, DATA_FIELD(values), NULL, NULL},
    {"ignore", "COL[,COL...]", "columns that are no inputs",
     parse_names, DATA_FIELD(ignored), EXPECTS_NAMES, NULL},
    {"categorical", "COL[,COL...]", "columns that are categories, one input per value",
     parse_names, DATA_FIELD(one_hot), EXPECTS_NAMES, NULL},
    {"numeric", "COL[,COL...]", "columns that are numbers",
     parse_names, DATA_FIELD(numeric), EXPECTS_NAMES, NULL},
    CSV_COLUMN_OPTIONS,
    {"no-standardize", NULL, "keep the numbers of the table, and numeric targets, as they are",
     parse_flag, DATA_FIELD(no_standardize), NULL, NULL},
    CSV_TEXT_OPTIONS,
    {0}};

const option_spec input_option_specs[] = {
    {"data", FASHION_MNIST "[:DIR]",
     "test images of Fashion-MNIST in\n" FASHION_MNIST_DIRECTORY " or DIR",
     parse_text, DATA_FIELD(data), NULL, NULL},
    {"x", "FILE", "inputs: .npy or .csv, one row per example",
     parse_text, DATA_FIELD(x), NULL, NULL},
    {"csv", "FILE", "inputs: a CSV file, plain or gzip, or - for standard input",
     parse_text, DATA_FIELD(csv), NULL, NULL},
    {"target", "COL[,COL...]", "columns of --csv to ignore",
     parse_names, DATA_FIELD(targets), EXPECTS_NAMES, NULL},
    CSV_COLUMN_OPTIONS,
    CSV_TEXT_OPTIONS,
    {0}};

const option_spec validation_option_specs[] = {
    {"test-x", "FILE", "validation inputs, as --x", parse_text, DATA_FIELD(test_x), NULL, NULL},
    {"test-y", "FILE", "targets of --test-x", parse_text, DATA_FIELD(test_y), NULL, NULL},
    {"test-csv", "FILE", "validation rows: a CSV file with the columns of --csv",
     parse_text, DATA_FIELD(test_csv), NULL, NULL},
    {"validation", "FRACTION", "hold out a random FRACTION of --x or --csv for validation",
     parse_fraction, DATA_FIELD(validation_fraction), EXPECTS_FRACTION, NULL},
    {"weight-column", "COL", "column of --csv with row weights, for losses and results",
     parse_text, DATA_FIELD(weight_column), NULL, NULL},
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

/* The option that selects a separate test set, or NULL. */
static const char *data_test_option(const data_options *options)
{
    return options->data != NULL       ? "--data"
           : options->test_x != NULL   ? "--test-x"
           : options->test_csv != NULL ? "--test-csv"
                                       : NULL;
}

int data_options_check(const char *command, const data_options *options, data_need need)
{
    const int sources = (options->data != NULL) + (options->x != NULL) + (options->csv != NULL);
    const int column_options =
        options->targets.count > 0 || options->no_header || options->one_hot.count > 0 ||
        options->ignored.count > 0 || options->numeric.count > 0 || options->standardize.all ||
        options->standardize.columns.count > 0 || options->missing.count > 0 || options->strict ||
        options->separator != 0 || options->decimal != 0 || options->weight_column != NULL;
    const int needs_targets = need != NEED_INPUTS;

    if (sources != 1)
        return usage_error(command, "give the data with exactly one of --data, --x and --csv");
    if (options->data != NULL && fashion_mnist_directory(options->data) == NULL)
        return usage_error(command, "--data: expected %s[:DIR], not '%s'", FASHION_MNIST,
                           options->data);
    if (needs_targets && (options->x == NULL) != (options->y == NULL))
        return usage_error(command, "--x and --y must be given together");
    if (need == NEED_TARGETS && options->csv != NULL && options->targets.count == 0)
        return usage_error(command, "--csv requires --target");
    if (column_options && options->csv == NULL)
        return usage_error(command, "options of columns, such as --target, --one-hot, "
                                    "--standardize and --no-header, require --csv");
    if (options->labels && options->values)
        return usage_error(command, "--labels and --values cannot be combined");
    if (options->no_standardize &&
        (options->standardize.all || options->standardize.columns.count > 0))
        return usage_error(command, "--standardize and --no-standardize cannot be combined");
    if ((options->test_x == NULL) != (options->test_y == NULL))
        return usage_error(command, "--test-x and --test-y must be given together");
    if (options->test_x != NULL && options->x == NULL)
        return usage_error(command, "--test-x requires --x");
    if (options->test_csv != NULL && options->csv == NULL)
        return usage_error(command, "--test-csv requires --csv");
    if (options->validation_fraction > 0.0f && data_test_option(options) != NULL)
        return usage_error(command, "--validation cannot be combined with %s, which has a test set",
                           data_test_option(options));
    return -1;
}

int data_has_validation(const data_options *options)
{
    return data_test_option(options) != NULL || options->validation_fraction > 0.0f;
}

lw_status data_options_set_rank(data_options *options, const rank_group *group)
{
    const char **names[RANK_PATHS] = {&options->data,    &options->x,      &options->y,
                                      &options->csv,     &options->test_x, &options->test_y,
                                      &options->test_csv};
    const int has_own_files =
        has_rank_placeholder(options->data) || has_rank_placeholder(options->x) ||
        has_rank_placeholder(options->y) || has_rank_placeholder(options->csv);
    const int has_own_test_files =
        options->test_x != NULL
            ? has_rank_placeholder(options->test_x) || has_rank_placeholder(options->test_y)
        : options->test_csv != NULL ? has_rank_placeholder(options->test_csv)
                                    : has_own_files;
    for (size_t i = 0; i < RANK_PATHS; i++) {
        const lw_status status = rank_path(names[i], group->rank, &options->rank_paths[i]);
        if (status != LW_OK)
            return status;
    }
    options->has_rank_files = has_own_files;
    if (!has_own_test_files)
        options->validation_shard = lw_ranks_shard(group->ranks, LW_FULL_BATCH);
    return LW_OK;
}

void data_options_set_batch(data_options *options, const rank_group *group, size_t batch)
{
    if (!options->has_rank_files)
        options->training_shard = lw_ranks_shard(group->ranks, batch);
}

void data_options_free(data_options *options)
{
    for (size_t i = 0; i < RANK_PATHS; i++)
        free(options->rank_paths[i]);
}
