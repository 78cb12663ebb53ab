/*
 * A network as the training layer sees it. All parameters lie in one buffer: for each layer its W, in
 * the form that its products like best (lanewise/weights.h), and its b, every section padded with
 * zeros to whole cache lines, so that no two share one. The optimizer's moments lie in buffers of the
 * same layout.
 *
 * Gradients, which most steps never store, have a buffer of their own, made when they are first
 * wanted: sections of the same kind, with dW row-major.
 */
#ifndef LANEWISE_NET_H
#define LANEWISE_NET_H

#include "base/memory.h"
#include "base/random.h"
#include <lanewise/nn.h>
#include <lanewise/weights.h>

/* Floats in whole multiples of which sections are padded. */
enum { LW_SECTION = LW_ALIGNMENT / sizeof(float) };

typedef struct lw_layer {
    lw_layer_spec spec;
    size_t in;
    lw_weights weights; /* inside parameters, as b */
    float *b;
    float *dw, *db; /* inside gradients; NULL without them */

    /* Inside the workspace, rows x units. z is the pre-activation, NULL where neither the
     * activation's derivative nor a loss on logits needs it. */
    float *z, *y, *dz;
} lw_layer;

/* What a pass has left behind for the next call. */
typedef struct lw_pass {
    size_t rows;       /* of the last forward pass; 0: there is none to go back through */
    const float *x;    /* its inputs, the caller's */
    int loss_gradient; /* the last layer's dz holds the gradient of a loss */
    int gradients;     /* the gradient buffer holds gradients */
} lw_pass;

typedef struct lw_optimizer_state {
    lw_optimizer_kind kind;
    unsigned long long steps;
    float *velocity; /* of SGD, or the first moment of Adam; NULL until needed */
    float *variance; /* second moment of Adam; NULL until needed */
} lw_optimizer_state;

struct lw_net {
    lw_random random;
    uint64_t seed; /* of random */
    unsigned threads;
    size_t parameter_count; /* without padding: the length of the flat view */
    size_t padded_count;    /* length of the buffer of parameters */
    size_t gradient_count;  /* and of that of gradients */
    float *parameters;
    float *gradients; /* NULL until needed */

    size_t workspace_rows; /* largest batch that fits */
    size_t workspace_count;
    float *workspace;
    float *row_loss; /* rows, inside the workspace */
    float *targets;  /* rows x outputs, inside the workspace: labels as target values */

    struct lw_narrow_net *narrow;     /* NULL: not a narrow one, see narrow_step.h */
    struct lw_mixed_net *mixed;       /* NULL: not in mixed precision, see mixed.h */
    struct lw_rank_state *rank_state; /* NULL: no ranks, see ranks.h */
    lw_pass pass;
    lw_optimizer_state optimizer;
    size_t layer_count;
    lw_layer layers[];
};

static inline const lw_layer *lw_last_layer(const lw_net *net)
{
    return &net->layers[net->layer_count - 1];
}

/* What the derivative of a layer's activation is computed from. */
static inline const float *lw_layer_saved(const lw_layer *layer)
{
    return lw_activation_saves_input(layer->spec.activation) ? layer->z : layer->y;
}

/* What a forward pass left belongs to the parameters and the workspace that it ran with. */
static inline void lw_forget_forward(lw_net *net)
{
    net->pass.rows = 0;
    net->pass.loss_gradient = 0;
}

/* What follows from new parameters. */
void lw_parameters_changed(lw_net *net);

/* The flat view of a buffer of the network, weights row-major, and back. The buffer is there. */
typedef enum lw_view {
    LW_VIEW_PARAMETERS,
    LW_VIEW_GRADIENTS,
    LW_VIEW_VELOCITY,
    LW_VIEW_VARIANCE
} lw_view;
void lw_view_get(const lw_net *net, lw_view view, float *flat);
void lw_view_set(lw_net *net, lw_view view, const float *flat);

/* Makes room for gradients, and for the layers' z, y and dz of batches of so many rows. */
lw_status lw_net_reserve_gradients(lw_net *net);
lw_status lw_net_reserve_workspace(lw_net *net, size_t rows);

/* *product = a * b; non-zero if it overflows. */
int lw_multiply_overflows(size_t a, size_t b, size_t *product);

#endif
