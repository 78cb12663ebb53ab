#include "output_rows.h"

#include "train/finite.h"
#include <string.h>

void lw_gather_targets(const lw_batch *batch, size_t first, size_t count)
{
    const lw_gather *to = batch->gather;
    const lw_dataset *data = to->data;
    for (size_t i = first; i < first + count; i++) {
        const size_t row = batch->index[i];
        if (data->target.labels)
            to->labels[i] = data->target.labels[row];
        else
            memcpy(to->values + i * data->outputs, data->target.values + row * data->outputs,
                   data->outputs * sizeof *to->values);
    }
}

lw_ahead lw_next_rows(const lw_batch *batch, size_t unit, size_t thread, size_t threads)
{
    if (!batch->gather || batch->next_rows == 0)
        return (lw_ahead){0};
    size_t first, count;
    lw_team_share(batch->next_rows, unit, thread, threads, &first, &count);
    const lw_dataset *data = batch->gather->data;
    return (lw_ahead){
        .x = data->x, .index = batch->next_index + first, .rows = count, .cols = data->inputs};
}

/* The last layer's dz from the gradient dy at its outputs; dy may be dz itself. */
static lw_status gradient_rows(const lw_net *net, const float *dy, size_t first, size_t count)
{
    const lw_layer *last = lw_last_layer(net);
    const size_t out = last->spec.units, at = first * out;
    if (last->spec.activation == LW_SOFTMAX)
        return lw_softmax_backward(count, out, last->y + at, out, dy, out, last->dz + at, out);
    return lw_activate_backward(last->spec.activation, count * out, lw_layer_saved(last) + at, dy,
                                last->dz + at);
}

static lw_status loss_rows(const lw_step_job *job, size_t first, size_t count)
{
    lw_net *net = job->net;
    const lw_layer *last = lw_last_layer(net);
    const lw_loss_rule *rule = job->rule;
    const size_t at = first * rule->outputs;
    const lw_target target = lw_target_from(&job->batch->target, first, rule->outputs);
    const lw_status status =
        lw_loss_rows(rule, count, (rule->from_logits ? last->z : last->y) + at, &target,
                     net->targets + at, job->batch->all_rows, net->row_loss + first, last->dz + at);
    if (status != LW_OK || rule->from_logits)
        return status;
    return gradient_rows(net, last->dz + at, first, count);
}

lw_status lw_output_rows(const lw_step_job *job, size_t first, size_t count)
{
    lw_status status = LW_OK;
    if (job->rule)
        status = loss_rows(job, first, count);
    if (status == LW_OK && job->dy)
        status = gradient_rows(job->net, job->dy + first * lw_net_outputs(job->net), first, count);
    return status;
}

lw_status lw_check_row_losses(const lw_step_job *job)
{
    return !job->rule || lw_are_finite(job->batch->rows, job->net->row_loss)
               ? LW_OK
               : lw_fail(LW_EDIVERGED, "the loss is not finite");
}
