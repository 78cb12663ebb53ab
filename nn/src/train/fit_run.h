/* A run of lw_fit or lw_fit_source with checked options and open batches. */
#ifndef LANEWISE_FIT_RUN_H
#define LANEWISE_FIT_RUN_H

#include "batches.h"
#include "patience.h"

typedef struct lw_fit_run {
    lw_net *net;
    lw_fit_options options; /* with the defaults resolved */
    lw_loss_rule rule;
    lw_batches batches;
    lw_position position; /* after the last step */
    double steps_total;   /* of the whole run; 0: unknown */
    double steps_done;
    int needs_losses; /* losses are reported */
    int needs_time;   /* times are reported; reading the clock takes as long as a small step */
    int stopped;
    lw_history history;
    lw_best best;
} lw_fit_run;

/* Trains from run->position to the end or until the run is stopped, and updates run->position.
 * Returns LW_EDIVERGED, with the position, layer and element, if a value is not finite. */
lw_status lw_fit_run_train(lw_fit_run *run);

#endif
