/* The options of a command that select its data. */
#ifndef LANEWISE_CLI_DATA_OPTIONS_H
#define LANEWISE_CLI_DATA_OPTIONS_H

#include "options.h"
#include "ranks.h"

#include <lanewise/nn.h>

typedef struct standardize_option {
    int all;
    name_list columns;
} standardize_option;

enum { RANK_PATHS = 7 };

typedef struct data_options {
    const char *data; /* "fashion-mnist" or "fashion-mnist:DIR" */
    const char *x, *y;
    const char *csv;
    name_list targets;
    int task; /* lw_task */
    int labels, values, no_header;
    name_list ignored, one_hot, numeric;
    standardize_option standardize;
    int no_standardize, strict;
    char separator, decimal; /* 0: detected */
    name_list missing;
    /* Validation data, for train only. */
    const char *test_x, *test_y, *test_csv;
    float validation_fraction;
    const char *weight_column; /* of --csv; NULL: none */
    /* The rows of this process among several; see data_options_set_rank. */
    int has_rank_files; /* the training data of each process are separate files */
    lw_shard training_shard, validation_shard;
    char *rank_paths[RANK_PATHS]; /* owned */
} data_options;

/* Options with fields in data_options: inputs with targets, inputs alone, validation data. */
extern const option_spec data_option_specs[];
extern const option_spec input_option_specs[];
extern const option_spec validation_option_specs[];

/* What a command needs of the data. */
typedef enum data_need {
    NEED_TARGETS,
    NEED_MODEL_TARGETS, /* of --csv the model may know them */
    NEED_INPUTS
} data_need;

/* Returns -1 if the options are consistent and select data; otherwise EXIT_USAGE after a message.
 */
int data_options_check(const char *command, const data_options *options, data_need need);

/* Whether the options select validation data. */
int data_has_validation(const data_options *options);

/* The directory of "fashion-mnist[:DIR]"; NULL if the text selects other data. */
const char *fashion_mnist_directory(const char *text);

/*
 * Selects the files of this rank, and of shared validation files its rows. A file with "{rank}" in
 * its name belongs to one rank, which reads all its rows. Release with data_options_free, also
 * after a failure.
 */
lw_status data_options_set_rank(data_options *options, const rank_group *group);

/* Selects this rank's part of each batch of shared training files. */
void data_options_set_batch(data_options *options, const rank_group *group, size_t batch);

void data_options_free(data_options *options);

#endif
