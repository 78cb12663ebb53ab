#include "shared_step.h"

#include "host.h"
#include "host_step.h"
#include "mixed.h"
#include "ranks.h"

#include <math.h>

/* Floats of a layer's gradients with what pads them; those of the next layer follow. */
static size_t gradient_floats(const lw_net *net, size_t layer)
{
    const float *end = layer + 1 < net->layer_count ? net->layers[layer + 1].dw
                                                    : net->gradients + net->gradient_count;
    return (size_t)(end - net->layers[layer].dw);
}

static lw_status run(lw_step_job *job, size_t count, const lw_phase *phases)
{
    return lw_team_run(lw_step_threads(job), LW_FLUSH_DENORMALS, count, phases, job);
}

/* Forward pass, loss, and backward pass to the inputs of the layers, of this rank's rows. */
static lw_status run_rows(lw_step_job *job)
{
    lw_phase phases[2];
    const size_t count = lw_rows_phases(job->net, phases);
    const lw_status status = run(job, count, phases);
    if (status == LW_OK && job->net->mixed)
        job->net->mixed->stale = 0;
    return status;
}

/* The gradients of this rank's rows: each layer's go on their way while those of the one below are computed. */
static lw_status send_gradients(lw_step_job *job)
{
    const lw_net *net = job->net;
    const lw_ranks *ranks = &net->shared->ranks;
    lw_status status = LW_OK;
    for (size_t i = net->layer_count; i-- > 0 && status == LW_OK;) {
        job->first_layer = i;
        job->end_layer = i + 1;
        status = run(job, 1, &lw_phases_of(net)->gradients);
        if (status == LW_OK)
            status = ranks->add_floats(ranks->user, gradient_floats(net, i), net->layers[i].dw);
    }
    return status;
}

lw_status lw_shared_step(lw_step_job *job, double *value)
{
    lw_net *net = job->net;
    lw_shared_net *shared = net->shared;
    const lw_ranks *ranks = &shared->ranks;
    if (lw_host_of(net) && job->optimizer && lw_host_takes_step(net))
        return lw_host_step(job, value);
    lw_status status = run_rows(job);
    if (status != LW_OK)
        return status;
    shared->sums[LW_SUM_LOSS] =
        lw_loss_value(job->rule, job->batch->rows, job->batch->all_rows, net->row_loss);
    shared->sums[LW_SUM_WISHES] = shared->wishes;
    status =
        ranks->add_doubles(ranks->user, sizeof shared->sums / sizeof *shared->sums, shared->sums);
    if (status == LW_OK)
        status = send_gradients(job);
    const lw_status waited =
        ranks->wait(ranks->user); /* for what was begun, whatever has happened since */
    status = status == LW_OK ? waited : status;
    if (status == LW_OK && job->optimizer && !isfinite(shared->sums[LW_SUM_LOSS]))
        status = lw_fail(LW_EDIVERGED, "the loss is not finite");
    if (status == LW_OK && job->optimizer) {
        job->rule = NULL; /* its rows have been looked at, those of all ranks */
        status = run(job, 1, &lw_phases_of(net)->update);
        if (status == LW_OK)
            status = lw_host_meet(net);
    }
    if (status == LW_OK && value)
        *value = shared->sums[LW_SUM_LOSS];
    return status;
}
