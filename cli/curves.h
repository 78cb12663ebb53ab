/* The learning curves of a run, collected epoch by epoch and printed as sparklines. */
#ifndef LANEWISE_CLI_CURVES_H
#define LANEWISE_CLI_CURVES_H

#include "sparkline.h"

#include <lanewise/nn.h>

enum { CURVE_WIDTH = 60, CURVE_BINS = 2 * CURVE_WIDTH };

/* Each bin holds the sum of epochs_per_bin epochs; bins are merged when they are full. */
typedef struct curve {
    size_t epochs, epochs_per_bin;
    double sums[CURVE_BINS];   /* of finite values */
    size_t finite[CURVE_BINS]; /* number of finite values */
    double first, last;
    double best;       /* among finite values */
    size_t best_epoch; /* 0: no finite value */
} curve;

/* All zero: empty. */
typedef struct curves {
    curve train_loss, validation_loss, accuracy;
} curves;

void curves_add(curves *c, const lw_epoch_report *report);

/*
 * Prints one line each for training loss, validation loss and validation accuracy, if present:
 *
 *   validation loss  ▇▅▃▂▁▁  0.5123 -> 0.3012 (best 0.2998 in epoch 5)
 *
 * Sparklines have at most CURVE_WIDTH columns, with means of consecutive epochs if there are more.
 * The best value is omitted if columns are few. Prints nothing for a single epoch.
 */
void curves_print(FILE *file, const curves *c, sparkline_form form, size_t columns);

/* The width of the terminal at standard output; 80 if unknown. */
size_t curves_terminal_columns(void);

#endif
