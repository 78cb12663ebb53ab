/* How a network takes its steps: layer by layer (step.c), or as one program for a whole small
 * network (small_net.c). Chosen in create.c. */
#ifndef LANEWISE_PROGRAM_H
#define LANEWISE_PROGRAM_H

#include "loss.h"

struct lw_optimizer_step;
struct lw_batch;

typedef struct lw_program {
    /* Makes room for batches of some rows; for steps, all the memory that they take, so that they
     * do not fail between the updates of two layers. */
    lw_status (*reserve)(lw_net *net, size_t rows);
    lw_status (*reserve_step)(lw_net *net, size_t rows, int has_update);

    /* Takes *steps steps on a batch that there is room for, one unless the program repeats steps, and stores how many were
     * taken. optimizer is that of the first one; NULL: gradients only. value receives the loss before the last step.
     * LW_EDIVERGED before the update of a loss that is not finite. */
    lw_status (*take_steps)(lw_net *net, const lw_loss_rule *rule,
                            const struct lw_optimizer_step *optimizer, const struct lw_batch *batch,
                            size_t *steps, double *value);

    /* The gradients of all parameters from the last layer's dz, of a batch that has been forward;
     * NULL: layer by layer. */
    lw_status (*gradients)(lw_net *net, size_t rows, const float *x);

    int repeats_steps; /* several steps on one batch cost less together */
} lw_program;

#endif
