/* Early stopping: the best parameters of a run so far. */
#ifndef LANEWISE_PATIENCE_H
#define LANEWISE_PATIENCE_H

#include "net.h"

#include <lanewise/train.h>

typedef struct lw_best {
    size_t patience; /* epochs without a better loss that end a run; 0: nothing is kept */
    size_t epoch;    /* of the best loss; 0: none yet */
    double loss;
    float *parameters; /* after that epoch */
} lw_best;

/* Allocates the memory for the parameters. Release with lw_best_close. */
lw_status lw_best_open(lw_best *best, size_t patience, const lw_net *net);
void lw_best_close(lw_best *best);

/* Keeps the parameters if the validation loss is the lowest so far. Returns 1 if there was none for
 * `patience` epochs. */
int lw_best_update(lw_best *best, const lw_net *net, const lw_epoch_report *report);

/* Restores the best parameters. Does nothing without patience or before the first epoch. */
void lw_best_restore(const lw_best *best, lw_net *net);

#endif
