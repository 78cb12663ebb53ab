/* Networks in mixed precision (lanewise/bf16.h): working copies of the weights and activations in bf16. */
#ifndef LANEWISE_MIXED_H
#define LANEWISE_MIXED_H

#include "phases.h"
#include <lanewise/bf16.h>

/* A matrix of a batch as its products read it. */
typedef struct lw_mixed_matrix {
    lw_bf16 *rows, *pairs;
    size_t ld, ld_pairs;
} lw_mixed_matrix;

typedef struct lw_mixed_layer {
    lw_bf16 *forward, *backward; /* packed copies of W; the first layer has no backward one */
    lw_mixed_matrix x, dz;       /* its input, and the gradient at its pre-activation */
    lw_mixed_matrix
        z; /* rows only, where the derivative needs it; else NULL. Not of the last layer,
                                    whose z, y and dz are floats, as those of all layers otherwise */
} lw_mixed_layer;

typedef struct lw_mixed_net {
    int stale;            /* the copies are not those of the weights */
    size_t weights_count; /* of both memories, in floats */
    size_t workspace_count;
    float *weights, *workspace;
    lw_mixed_layer layers[];
} lw_mixed_net;

/* Gives a network whose weights lie as lw_bf16_weights_of has them room for their copies. */
lw_status lw_mixed_create(lw_net *net);
void lw_mixed_destroy(lw_net *net);

/* Makes room for the matrices of a batch. */
lw_status lw_mixed_reserve(lw_net *net, size_t rows);

/* As the phases of other networks; before them, if the copies are stale, lw_mixed_pack_phase. */
extern const lw_phases lw_mixed_phases;
lw_status lw_mixed_pack_phase(void *user, size_t thread, size_t threads);

#endif
