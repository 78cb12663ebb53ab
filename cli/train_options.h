/* The options of `lanewise train`. */
#ifndef LANEWISE_CLI_TRAIN_OPTIONS_H
#define LANEWISE_CLI_TRAIN_OPTIONS_H

#include "data_options.h"

typedef enum optimizer_name { SGD, MOMENTUM, NESTEROV, ADAM, ADAMW } optimizer_name;

enum { OUTPUT_UNSET = -1 };

typedef struct train_options {
    size_list layers;
    int activation, output, initializer, precision;
    uint64_t seed;
    const char *init;

    int loss, optimizer;
    float learning_rate;          /* 0: default of the optimizer */
    float momentum, weight_decay; /* negative: default of the optimizer */
    int schedule;
    size_t step_every;
    float step_factor, clip;
    size_t batch, epochs; /* 0: default for the number of training rows */
    size_t folds;         /* 0: no cross-validation */
    float until_accuracy; /* 0: not given */
    size_t patience;      /* 0: not given */
    const char *class_weights;
    unsigned threads; /* 0: all available processors */
    int no_shuffle;
    int gradients; /* the precision in which processes exchange gradients */

    const char *checkpoint, *resume;
    size_t checkpoint_every;

    const char *save, *log, *report;
    int quiet, dry_run;
} train_options;

/* Names of option values. */
extern const choice initializer_names[], precision_names[], optimizer_names[], schedule_names[];

/* Returns -1 if training should run, otherwise the exit code. Sets options that are not given to
 * their defaults. */
int train_options_read(int argc, char **argv, train_options *options, data_options *data);

/* The optimizer that the options select, with its default values where an option is not given. */
lw_optimizer train_optimizer(const train_options *options);

#endif
