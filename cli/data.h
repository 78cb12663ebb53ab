/* The data that the options of a command name: which options there are, and opening it. */
#ifndef LANEWISE_CLI_DATA_H
#define LANEWISE_CLI_DATA_H

#include "options.h"
#include "ranks.h"

#include <lanewise/nn.h>

typedef struct standardize_option {
    int all;
    name_list columns;
} standardize_option;

enum { RANK_PATHS = 6 };

typedef struct data_options {
    const char *data; /* "fashion-mnist" or "fashion-mnist:DIR" */
    const char *x, *y;
    const char *csv, *target;
    int labels, values, no_header;
    name_list one_hot;
    standardize_option standardize;
    /* Validation, for the training command only. */
    const char *test_x, *test_y;
    float validation_fraction;
    /* Of several processes, see data_options_of_rank: the rows of this one. */
    lw_share training_share, validation_share;
    char *rank_paths[RANK_PATHS];
} data_options;

/* Rows with fields in data_options: data with targets, inputs alone, and what to validate on. */
extern const option_spec data_option_specs[];
extern const option_spec input_option_specs[];
extern const option_spec validation_option_specs[];

/* What a command needs of the data. */
typedef enum data_need { NEED_TARGETS, NEED_INPUTS } data_need;

/* -1 if the options go together and name data; otherwise EXIT_USAGE after a message. */
int data_options_check(const char *command, const data_options *options, data_need need);

/* Whether the options name something to validate on. */
int data_has_validation(const data_options *options);

/*
 * Names the files of this process, which "{rank}" stands in: all their rows are its own. Of other files it has the share of
 * batches of so many rows. Released with data_options_free, after a failure too.
 */
lw_status data_options_of_rank(data_options *options, const rank_group *group, size_t batch);
void data_options_free(data_options *options);

/*
 * Opens the data to train on and, if there is some, to validate on. output is the last activation:
 * a CSV target is a class for softmax and sigmoid and a value otherwise, unless options say.
 * Release both with lw_dataset_free.
 */
lw_status data_open_training(const data_options *options, lw_activation output, uint64_t seed,
                             lw_dataset *training, lw_dataset *validation);

/* Opens the data to evaluate or predict: of Fashion-MNIST the test set. */
lw_status data_open(const data_options *options, lw_activation output, lw_dataset *data);

typedef enum data_part { PART_MAIN, PART_VALIDATION } data_part;

/*
 * Whether data fit a network: number of inputs, number of targets, labels in range. If not, the
 * message names the file. A file that lacks the highest classes fits.
 */
lw_status data_check(const data_options *options, data_part part, size_t inputs, size_t outputs,
                     const lw_dataset *data);

#endif
