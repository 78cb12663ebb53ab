/* The options of `lanewise train`. */
#ifndef LANEWISE_CLI_TRAIN_OPTIONS_H
#define LANEWISE_CLI_TRAIN_OPTIONS_H

#include "data.h"

typedef enum optimizer_name { SGD, MOMENTUM, NESTEROV, ADAM, ADAMW } optimizer_name;

enum { OUTPUT_UNSET = -1 };

typedef struct train_options {
    size_list layers;
    int activation, output, initializer, precision;
    uint64_t seed;
    const char *init;

    int loss, optimizer;
    float learning_rate;          /* 0: the optimizer's default */
    float momentum, weight_decay; /* below 0: the optimizer's default */
    int schedule;
    size_t step_every;
    float step_factor, clip;
    size_t batch, epochs;
    float until_accuracy; /* 0: all epochs */
    unsigned threads;     /* 0: as many as there are */
    int no_shuffle;
    int gradients; /* the precision in which processes exchange gradients */

    const char *checkpoint, *resume;
    size_t checkpoint_every;

    const char *save, *log, *report;
    int quiet;
} train_options;

/* Names of the options' values. */
extern const choice initializer_names[], precision_names[], optimizer_names[], schedule_names[];

/* -1, or the exit code to end with. Fields that no option names have their defaults. */
int train_options_read(int argc, char **argv, train_options *options, data_options *data);

#endif
