/* The curves of a run, collected epoch by epoch and shown at its end. */
#ifndef LANEWISE_CLI_CURVES_H
#define LANEWISE_CLI_CURVES_H

#include "sparkline.h"

#include <lanewise/nn.h>

enum { CURVE_WIDTH = 60, CURVE_BINS = 2 * CURVE_WIDTH };

/* Means of as many epochs each as fit them all into the bins: a run of any length takes this much memory. */
typedef struct curve {
    size_t epochs, epochs_a_bin;
    double sums[CURVE_BINS]; /* of finite values */
    size_t finite[CURVE_BINS];
    double first, last;
    double best; /* of finite ones, with its epoch; 0: there are none */
    size_t best_epoch;
} curve;

/* All zero: empty. */
typedef struct curves {
    curve train_loss, validation_loss, accuracy;
} curves;

void curves_add(curves *c, const lw_epoch_report *report);

/*
 * A line for training loss, validation loss and validation accuracy, as far as there are any:
 *
 *   validation loss  ▇▅▃▂▁▁  0.5123 -> 0.3012 (best 0.2998 in epoch 5)
 *
 * The sparklines are at most CURVE_WIDTH wide and show means of neighbouring epochs where there are more; where the
 * columns are few, the best value is left out. One epoch is no curve: nothing is printed.
 */
void curves_print(FILE *file, const curves *c, sparkline_form form, size_t columns);

/* Columns of the terminal that is standard output; 80 if that does not tell. */
size_t curves_terminal_columns(void);

#endif
