#include "host_step.h"

#include "host.h"

#include <math.h>
#include <string.h>

/* The rows of all ranks, of which this rank's begin at first. */
typedef struct all_rows {
    size_t count, first;
} all_rows;

static all_rows count_rows(const lw_net *net)
{
    const lw_host *host = lw_host_ranks(net);
    all_rows rows = {0};
    for (unsigned rank = 0; rank < host->count; rank++) {
        if (rank == host->rank)
            rows.first = rows.count;
        rows.count += lw_host_memory(net)->notes[rank].rows;
    }
    return rows;
}

/* Points the layers to the rows from first on. */
static void lay_out(lw_net *net, size_t first)
{
    const lw_host_net *on_host = lw_host_memory(net);
    size_t total;
    lw_lay_out_workspace(net, on_host->most_rows, on_host->workspace, first, &total);
}

/* Back to the workspace of this rank alone. */
static void lay_out_own(lw_net *net)
{
    size_t total;
    if (net->workspace)
        lw_lay_out_workspace(net, net->workspace_rows, net->workspace, 0, &total);
    lw_forget_forward(net);
}

/* Forward and backward pass of this rank's rows. */
static lw_status run_rows(lw_step_job *job, size_t threads, size_t first)
{
    lw_net *net = job->net;
    const lw_batch *given = job->batch;
    float *x = lw_host_memory(net)->x + first * lw_net_inputs(net);
    lw_batch batch = *given;
    lw_gather gather;
    batch.x = x;
    if (given->gather) {
        gather = *given->gather;
        gather.x = x;
        batch.gather = &gather;
    } else if (given->rows > 0) {
        memcpy(x, given->x, given->rows * lw_net_inputs(net) * sizeof *x);
    }
    lay_out(net, first);
    job->batch = &batch;
    const lw_status status = lw_run_rows(job, threads);
    job->batch = given;
    return status;
}

/* What the ranks have said of their rows: whether one failed, the loss of all, wishes to stop. */
static lw_status look_at_rows(lw_step_job *job, size_t rows)
{
    const lw_net *net = job->net;
    const lw_host_note *notes = lw_host_memory(net)->notes;
    lw_shared_net *shared = net->shared;
    double wishes = 0.0;
    for (unsigned rank = 0; rank < lw_host_ranks(net)->count; rank++) {
        if (notes[rank].rows_failed)
            return lw_fail(LW_ERANK, "another rank failed");
        wishes += notes[rank].wishes;
    }
    shared->sums[LW_SUM_LOSS] = lw_loss_value(job->rule, rows, rows, net->row_loss);
    shared->sums[LW_SUM_WISHES] = wishes;
    return isfinite(shared->sums[LW_SUM_LOSS]) ? LW_OK
                                               : lw_fail(LW_EDIVERGED, "the loss is not finite");
}

/* This rank's share of the update by the rows of all. */
static lw_status run_update(lw_step_job *job, size_t threads, size_t rows)
{
    lw_net *net = job->net;
    const lw_batch *given = job->batch;
    lw_batch batch = *given;
    batch.rows = rows;
    batch.x = lw_host_memory(net)->x;
    job->batch = &batch;
    job->end_layer = net->layer_count;
    const lw_status status =
        lw_team_run(threads, LW_FLUSH_DENORMALS, 1, &lw_phases_of(net)->descent, job);
    job->batch = given;
    return status;
}

/* The step with its rows in the memory of the host. */
static lw_status take_step(lw_step_job *job, all_rows rows)
{
    lw_net *net = job->net;
    lw_host_note *note = &lw_host_memory(net)->notes[lw_host_ranks(net)->rank];
    const size_t threads = lw_step_threads(job);
    const lw_status ran = run_rows(job, threads, rows.first);
    note->rows_failed = ran != LW_OK;
    lw_status status = lw_host_meet(net);
    lay_out(net, 0);
    if (ran != LW_OK || status != LW_OK)
        return ran != LW_OK ? ran : status;
    status = look_at_rows(job, rows.count);
    if (status != LW_OK)
        return status;
    const lw_status updated = run_update(job, threads, rows.count);
    note->update_failed = updated != LW_OK;
    status = lw_host_meet(net);
    if (updated != LW_OK)
        return updated;
    for (unsigned rank = 0; rank < lw_host_ranks(net)->count && status == LW_OK; rank++)
        if (lw_host_memory(net)->notes[rank].update_failed)
            status = lw_fail(LW_ERANK, "another rank failed");
    return status;
}

lw_status lw_host_prepare(lw_net *net, size_t rows)
{
    lw_host_note *note = &lw_host_memory(net)->notes[lw_host_ranks(net)->rank];
    note->rows = rows;
    note->wishes = net->shared->wishes;
    lw_status status = lw_host_meet(net);
    if (status != LW_OK)
        return status;
    if (lw_host_takes_step(net))
        return lw_host_reserve(net, count_rows(net).count);
    status = lw_net_reserve_workspace(net, rows);
    return status == LW_OK ? lw_net_reserve_gradients(net) : status;
}

int lw_host_takes_step(const lw_net *net)
{
    return count_rows(net).count <= LW_UPDATE_MAX_BATCH;
}

lw_status lw_host_step(lw_step_job *job, double *value)
{
    const lw_status status = take_step(job, count_rows(job->net));
    lay_out_own(job->net);
    if (status == LW_OK && value)
        *value = job->net->shared->sums[LW_SUM_LOSS];
    return status;
}
