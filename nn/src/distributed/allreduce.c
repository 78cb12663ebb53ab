/*
 * The all-reduce strategy (lanewise/ranks.h): each rank computes the gradients of its rows; their
 * sums over all ranks are the gradients of the batch, and every rank makes the same update.
 */
#include "allreduce.h"

#include "train/step.h"

#include <math.h>

/* Gradients are computed and sent in buckets of about this many floats: communication of a wide
 * layer must start before all its gradients are computed, and MPI progresses only in its calls. */
enum { BUCKET_FLOATS = 1 << 18 };

enum { SUM_LOSS, SUM_STOP_REQUESTS };

static lw_allreduce_state *state_of(const lw_net *net)
{
    return net->exchange_state;
}

/* Offset of the gradients of a layer's shard; for shard == layer->shards, the offset of the next
 * layer. The last shard includes the other tensors of the layer and the padding. */
static size_t gradient_offset(const lw_net *net, size_t layer, size_t shard)
{
    const lw_layer *l = net->layers[layer];
    if (shard < l->shards)
        return l->tensors[0].gradient + shard * (lw_tensor_count(&l->tensors[0]) / l->shards);
    return layer + 1 < net->layer_count ? net->layers[layer + 1]->tensors[0].gradient
                                        : net->gradient_count;
}

/* Computes the gradients of a layer for this rank's rows in buckets. The all-reduce of a bucket
 * runs while the next one is computed. */
static lw_status send_layer(lw_step_job *job, size_t i)
{
    const lw_net *net = job->net;
    const lw_ranks *ranks = &state_of(net)->ranks;
    const lw_layer *layer = net->layers[i];
    const size_t width = lw_tensor_count(&layer->tensors[0]) / layer->shards;
    const size_t max_shards = width < BUCKET_FLOATS ? BUCKET_FLOATS / width : 1;
    lw_status status = LW_OK;
    job->layers = (lw_span){i, 1};
    for (size_t end = layer->shards; end > 0 && status == LW_OK; end = job->shards.first) {
        const size_t first = end > max_shards ? end - max_shards : 0;
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

/* Starts and completes the all-reduce of the loss, the stop requests and the gradients. */
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
    /* Completes the operations that were started, also after a failure. */
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
    if (job->optimizer) {
        job->rule = NULL; /* the loss of all rows is checked here */
        status = isfinite(loss) ? lw_job_update(job) : lw_loss_not_finite("", NULL);
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
