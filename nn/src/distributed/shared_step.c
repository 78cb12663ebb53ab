#include "shared_step.h"

#include "ranks.h"

#include <math.h>

/* About so many floats of a layer's gradients are computed at a time: those of a wide layer would set out too late, and MPI
 * moves messages on only while it is called. */
enum { PIECE_FLOATS = 1 << 18 };

static lw_status run(lw_step_job *job, const lw_phase *phase)
{
    return lw_team_run(lw_step_threads(job), LW_FLUSH_DENORMALS, 1, phase, job);
}

/* What lies from a row of a layer's dW on up to another: with the last one db, and what pads both. */
static size_t floats_between(const lw_net *net, size_t layer, size_t first_row, size_t end_row)
{
    const lw_layer *l = &net->layers[layer];
    const float *end = end_row < l->in                ? l->dw + end_row * l->spec.units
                       : layer + 1 < net->layer_count ? net->layers[layer + 1].dw
                                                      : net->gradients + net->gradient_count;
    return (size_t)(end - (l->dw + first_row * l->spec.units));
}

/* Of this rank's rows the gradients of a layer, each piece of which goes on its way while the one before it is computed. */
static lw_status send_layer(lw_step_job *job, size_t i)
{
    const lw_net *net = job->net;
    const lw_ranks *ranks = &net->rank_state->ranks;
    const lw_layer *layer = &net->layers[i];
    const size_t units = layer->spec.units, rows = units < PIECE_FLOATS ? PIECE_FLOATS / units : 1;
    lw_status status = LW_OK;
    job->first_layer = i;
    job->end_layer = i + 1;
    for (job->end_row = layer->in; job->end_row > 0 && status == LW_OK;
         job->end_row = job->first_row) {
        job->first_row = job->end_row > rows ? job->end_row - rows : 0;
        status = run(job, &lw_phases_of(net)->gradients);
        if (status == LW_OK)
            status = ranks->allreduce_f32(ranks->user,
                                          floats_between(net, i, job->first_row, job->end_row),
                                          layer->dw + job->first_row * units);
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

lw_status lw_allreduce_step(lw_step_job *job, double *value)
{
    lw_net *net = job->net;
    lw_rank_state *rank_state = net->rank_state;
    const lw_ranks *ranks = &rank_state->ranks;
    lw_status status = lw_run_rows(job, lw_step_threads(job));
    if (status != LW_OK)
        return status;
    rank_state->sums[LW_SUM_LOSS] =
        lw_loss_value(job->rule, job->batch->rows, job->batch->all_rows, net->row_loss);
    rank_state->sums[LW_SUM_STOP_REQUESTS] = rank_state->stop_requested;
    status = ranks->allreduce_f64(ranks->user, sizeof rank_state->sums / sizeof *rank_state->sums,
                                  rank_state->sums);
    if (status == LW_OK)
        status = send_gradients(job);
    const lw_status waited =
        ranks->wait(ranks->user); /* for what was begun, whatever has happened since */
    status = status == LW_OK ? waited : status;
    if (status == LW_OK && job->optimizer && !isfinite(rank_state->sums[LW_SUM_LOSS]))
        status = lw_fail(LW_EDIVERGED, "the loss is not finite");
    if (status == LW_OK && job->optimizer) {
        job->rule = NULL; /* its rows have been looked at, those of all ranks */
        status = run(job, &lw_phases_of(net)->update);
    }
    if (status == LW_OK && value)
        *value = rank_state->sums[LW_SUM_LOSS];
    return status;
}
