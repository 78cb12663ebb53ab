/*
 * Exchange by sums over all processes (lanewise/ranks.h): each computes the gradients of its rows;
 * their sums are the gradients of all rows, by which every process makes the same update.
 */
#include "allreduce.h"

#include "train/step.h"

#include <math.h>

/* About so many floats of a layer's gradients are computed at a time: those of a wide layer would
 * set out too late, and MPI moves messages on only while it is called. */
enum { PIECE_FLOATS = 1 << 18 };

enum { SUM_LOSS, SUM_STOP_REQUESTS };

static lw_allreduce_state *state_of(const lw_net *net)
{
    return net->exchange_state;
}

/* Where the gradients of a layer's shards begin; for the shard behind the last those of the next
 * layer do. With the last shard go the other tensors, and what pads all. */
static size_t gradient_offset(const lw_net *net, size_t layer, size_t shard)
{
    const lw_layer *l = net->layers[layer];
    if (shard < l->shards)
        return l->tensors[0].gradient + shard * (lw_tensor_count(&l->tensors[0]) / l->shards);
    return layer + 1 < net->layer_count ? net->layers[layer + 1]->tensors[0].gradient
                                        : net->gradient_count;
}

/* The gradients of a layer for this process's rows; each piece is on its way while the next one is
 * computed. */
static lw_status send_layer(lw_step_job *job, size_t i)
{
    const lw_net *net = job->net;
    const lw_ranks *ranks = &state_of(net)->ranks;
    const lw_layer *layer = net->layers[i];
    const size_t width = lw_tensor_count(&layer->tensors[0]) / layer->shards;
    const size_t most = width < PIECE_FLOATS ? PIECE_FLOATS / width : 1;
    lw_status status = LW_OK;
    job->layers = (lw_span){i, 1};
    for (size_t end = layer->shards; end > 0 && status == LW_OK; end = job->shards.first) {
        const size_t first = end > most ? end - most : 0;
        job->shards = (lw_span){first, end - first};
        status = lw_job_gradients(job);
        if (status == LW_OK) {
            const size_t offset = gradient_offset(net, i, first);
            status = ranks->allreduce_f32(ranks->user, gradient_offset(net, i, end) - offset,
                                          net->gradients + offset);
        }
    }
    return status;
}

static lw_status send_gradients(lw_step_job *job)
{
    lw_status status = LW_OK;
    for (size_t i = job->net->layer_count; i-- > 0 && status == LW_OK;)
        status = send_layer(job, i);
    return status;
}

/* Sums of the loss, of stop requests and of gradients over all processes. */
static lw_status exchange(lw_step_job *job)
{
    lw_net *net = job->net;
    lw_allreduce_state *state = state_of(net);
    const lw_ranks *ranks = &state->ranks;
    state->sums[SUM_LOSS] =
        lw_loss_value(job->rule, job->batch->rows, job->batch->all_rows, net->row_loss);
    state->sums[SUM_STOP_REQUESTS] = net->rank.stop_request;
    lw_status status =
        ranks->allreduce_f64(ranks->user, sizeof state->sums / sizeof *state->sums, state->sums);
    if (status == LW_OK)
        status = send_gradients(job);
    /* For what was begun, whatever has happened since. */
    const lw_status waited = ranks->wait(ranks->user);
    status = status == LW_OK ? waited : status;
    if (status == LW_OK)
        net->rank.stop_requests = state->sums[SUM_STOP_REQUESTS];
    return status;
}

static lw_status step(lw_step_job *job, double *value)
{
    lw_net *net = job->net;
    if (!lw_has_other_ranks(net))
        return lw_local_exchange.step(job, value);
    lw_status status = lw_job_rows(job);
    if (status == LW_OK)
        status = exchange(job);
    if (status != LW_OK)
        return status;
    const double loss = state_of(net)->sums[SUM_LOSS];
    if (job->optimizer && !isfinite(loss))
        return lw_fail(LW_EDIVERGED, "the loss is not finite");
    if (job->optimizer) {
        job->rule = NULL; /* the losses of all rows have been checked */
        status = lw_job_update(job);
    }
    if (status == LW_OK && value)
        *value = loss;
    return status;
}

static lw_status sum(const lw_net *net, lw_status status, size_t n, double *x)
{
    const lw_ranks *ranks = &state_of(net)->ranks;
    x[n] = status != LW_OK;
    lw_status reduced = ranks->allreduce_f64(ranks->user, n + LW_SUM_EXTRA, x);
    if (reduced == LW_OK)
        reduced = ranks->wait(ranks->user);
    if (status == LW_OK && reduced == LW_OK && x[n] > 0.0)
        return lw_fail(LW_ERANK, "another rank failed");
    return status != LW_OK ? status : reduced;
}

const lw_exchange lw_allreduce = {.step = step, .sum = sum};
