/*
 * A network as the training layer sees it: layers, and the buffers that they share.
 *
 * All parameters are in one buffer, each tensor in the layout of its layer and padded with zeros to
 * whole cache lines. Moments of the optimizer are in buffers of the same layout. Gradients, which
 * most steps never store, have a separate buffer, allocated when first needed, with tensors
 * row-major.
 */
#ifndef LANEWISE_NET_H
#define LANEWISE_NET_H

#include "base/partition.h"
#include "exchange.h"
#include "layers/layer.h"

#include <lanewise/internal/isa.h>
#include <lanewise/schema.h>

struct lw_program;
struct lw_small_net_state;

/* What the last pass left for the next call. */
typedef struct lw_pass_record {
    size_t rows;       /* of the last forward pass; 0: there is none to go back through */
    const float *x;    /* its inputs, the caller's */
    int loss_gradient; /* the last layer's dz holds the gradient of a loss */
    int gradients;     /* the gradient buffer holds gradients */
} lw_pass_record;

typedef struct lw_optimizer_state {
    lw_optimizer_kind kind;
    unsigned long long steps;
    float *velocity; /* of SGD, or the first moment of Adam; NULL until needed */
    float *variance; /* second moment of Adam; NULL until needed */
} lw_optimizer_state;

#define LW_DEFAULT_THRESHOLD 0.5f

struct lw_net {
    lw_random random;
    uint64_t seed; /* of random */
    unsigned threads;
    lw_precision precision;
    const lw_isa *isa; /* of all work of the network, whichever set is selected for the process */

    size_t inputs;
    size_t layer_count;
    lw_layer **layers; /* in order of their passes; one block of memory with the layers behind it */
    int has_float_reader; /* layers that read the inputs, by what they read in training */
    int has_bf16_reader;
    size_t row_unit;     /* rows of a batch are distributed to threads in multiples of it */
    int needs_gradients; /* a layer stores its gradients in every step */
    double row_flops;    /* operations of the forward pass of a row */

    size_t parameter_count; /* without padding: the length of a flat view */
    size_t padded_count;    /* length of the buffer of parameters */
    size_t gradient_count;  /* length of the buffer of gradients */
    float *parameters;
    float *gradients; /* NULL until needed */

    float
        *storage; /* of layers, whatever the batch: what they derive from parameters; NULL: none */
    size_t storage_count;
    int is_prepared; /* it is derived from the current parameters */

    size_t workspace_rows; /* largest batch that fits */
    size_t workspace_count;
    float *workspace;
    lw_matrix x;     /* inputs in bf16 where a layer reads them so */
    float *row_loss; /* rows */
    float *targets;  /* rows x outputs: labels as target values */

    const struct lw_program *program;     /* how it takes steps */
    struct lw_small_net_state *small_net; /* NULL: too large to be one, see small_net.h */
    const lw_exchange *exchange;
    void *exchange_state; /* released with free */
    lw_rank rank;

    lw_pass_record pass;
    lw_optimizer_state optimizer;
    lw_schema *schema; /* of the data; NULL: none */
    float threshold;   /* a single output above it is class 1 */
};

/* LW_EINVAL for NULL, LW_ESTATE for a network without layers. */
lw_status lw_check_net(const lw_net *net);

/* Of a network with layers. */
static inline const lw_layer *lw_last_layer(const lw_net *net)
{
    return net->layers[net->layer_count - 1];
}

/* The outputs of a forward pass belong to the parameters and the workspace that it ran with. */
static inline void lw_invalidate_forward(lw_net *net)
{
    net->pass.rows = 0;
    net->pass.loss_gradient = 0;
}

/* Invalidates state derived from the parameters. */
static inline void lw_parameters_changed(lw_net *net)
{
    lw_invalidate_forward(net);
    net->is_prepared = 0;
}

/* Operations of passes through a network: forward 1, backward 1 and gradients 1. */
static inline double lw_net_flops(const lw_net *net, double passes, size_t rows)
{
    return passes * (double)rows * net->row_flops;
}

/* Units of the widest layer. */
size_t lw_net_widest(const lw_net *net);

/* ---- Tensors ------------------------------------------------------------------------------ */

/* A trainable tensor of a network; a loop over all of them is
 * for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);) */
typedef struct lw_tensor_at {
    const lw_tensor *tensor;
    size_t layer; /* that it belongs to */
    size_t next;  /* number of the next tensor of layer */
} lw_tensor_at;

static inline int lw_next_tensor(const lw_net *net, lw_tensor_at *at)
{
    while (at->layer < net->layer_count && at->next == net->layers[at->layer]->tensor_count) {
        at->layer++;
        at->next = 0;
    }
    if (at->layer == net->layer_count)
        return 0;
    at->tensor = &net->layers[at->layer]->tensors[at->next++];
    return 1;
}

/* ---- Memory ------------------------------------------------------------------------------- */

/* Makes room for gradients, for a batch in the workspace, and for the layers' storage. */
lw_status lw_net_reserve_gradients(lw_net *net);
lw_status lw_net_reserve_workspace(lw_net *net, size_t rows);
lw_status lw_net_reserve_storage(lw_net *net);

/* Makes room for the gradient at the inputs. */
lw_status lw_net_reserve_input_gradient(lw_net *net);

/* ---- Processes ---------------------------------------------------------------------------- */

/* Whether the network has a strategy of exchange, if only with itself. */
int lw_is_distributed(const lw_net *net);

/* Whether other processes train the network too. */
static inline int lw_has_other_ranks(const lw_net *net)
{
    return net->rank.count > 1;
}

/* The number of this process's rows in a batch of the given number of rows. */
static inline size_t lw_ranks_rows(const lw_net *net, size_t rows)
{
    const lw_range part = lw_partition_range(rows, net->rank.rank, net->rank.count);
    return part.end - part.begin;
}

/*
 * Replaces n numbers by their sums over the processes and reports to each whether all have come so
 * far: the result is status, or LW_ERANK where that is LW_OK and another process's is not. x has
 * room for LW_SUM_EXTRA numbers more. Collective; in a network without others it leaves the
 * numbers.
 */
static inline lw_status lw_exchange_sum(const lw_net *net, lw_status status, size_t n, double *x)
{
    return net->exchange->sum(net, status, n, x);
}

#endif
