/* A run of lw_fit or lw_fit_source, whose options are checked and whose batches are open. */
#ifndef LANEWISE_FIT_RUN_H
#define LANEWISE_FIT_RUN_H

#include "batches.h"

typedef struct lw_fit_run {
    lw_net *net;
    lw_fit_options options; /* with the defaults resolved */
    lw_loss_rule rule;
    lw_batches batches;
    lw_position at;     /* between the steps */
    double steps_total; /* of the whole run; 0: not known */
    double steps_done;
    int needs_losses; /* callers receive losses */
    int needs_time; /* callers receive seconds: reading the clock takes as long as the step of a small network */
    int stopped;
    lw_history history;
} lw_fit_run;

/* Trains from run->at to the end or until the run is stopped, and leaves there where it came to. LW_EDIVERGED, with the
 * place, where a number is not finite. */
lw_status lw_fit_run_train(lw_fit_run *run);

#endif
