/* One run of `lanewise train`, shared by the train_*.c files. */
#ifndef LANEWISE_CLI_TRAIN_RUN_H
#define LANEWISE_CLI_TRAIN_RUN_H

#include "curves.h"
#include "describe_schema.h"
#include "progress.h"
#include "ranks.h"
#include "train_options.h"
#include "training_log.h"

#include <lanewise/nn.h>
#include <time.h>

typedef struct train_run {
    char *command; /* the command line, quoted for a shell */
    struct timespec started;
    train_options options;
    data_options source;
    rank_group group;
    size_t rows, threads; /* totals over all processes: training rows, threads */
    lw_dataset training, validation;
    float *class_weights;     /* row weights with --class-weights, in use during training */
    const float *row_weights; /* those of the data, or NULL */
    table_facts facts;        /* of --csv */
    lw_schema *schema;        /* of the data, or NULL */
    lw_net *net;
    lw_position resumed; /* position of the checkpoint of --resume */
    lw_position start;   /* where this run starts: resumed, or the end if nothing is left to do */
    lw_position end;     /* where this run ended */
    lw_position saved;   /* position of the last checkpoint written; zero if none */
    lw_history history;
    training_log log;
    int chose_batch, chose_epochs; /* the options were not given */
    int reached_accuracy;          /* the last epoch reached --until-accuracy */
    progress progress;
    curves curves;
    lw_status callback_status; /* first failure in a callback of lw_fit */
} train_run;

/* The validation data; NULL if there are none. */
const lw_dataset *train_run_validation(const train_run *run);

#endif
