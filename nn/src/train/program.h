/* The program that runs a network's steps: layer by layer (step.c), or a whole small network at
 * once (small_net.c). Chosen in create.c. */
#ifndef LANEWISE_PROGRAM_H
#define LANEWISE_PROGRAM_H

#include "loss.h"

struct lw_optimizer_step;
struct lw_batch;

typedef struct lw_program {
    /* Allocate memory for batches of `rows` rows: for forward and backward passes, or all memory of
     * a step, so that no step fails between the updates of two layers. */
    lw_status (*reserve)(lw_net *net, size_t rows);
    lw_status (*reserve_step)(lw_net *net, size_t rows, int has_update);

    /* Takes *steps steps on a batch with reserved memory (1 unless the program repeats steps) and
     * stores the number taken. optimizer: of the first step; NULL: gradients only. value receives
     * the loss before the last step. Returns LW_EDIVERGED before an update whose loss is not
     * finite. */
    lw_status (*take_steps)(lw_net *net, const lw_loss_rule *rule,
                            const struct lw_optimizer_step *optimizer, const struct lw_batch *batch,
                            size_t *steps, double *value);

    /* Computes the gradients of all parameters from the last layer's dz after a forward pass; NULL:
     * layer by layer. */
    lw_status (*gradients)(lw_net *net, size_t rows, const float *x);

    int repeats_steps; /* several steps on one batch are cheaper together */
} lw_program;

#endif
