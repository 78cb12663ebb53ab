/* Inputs and targets of a mini-batch before the first layer, losses and gradients after the last.
 */
#include "output.h"

#include "base/finite.h"
#include "threads/thread_pool.h"

#include <string.h>

/* Prefetches a row in random order, which hardware prefetchers cannot predict. */
static void prefetch_row(const float *x, size_t inputs)
{
    enum { MAX_FLOATS = 2048 };
    for (size_t i = 0; i < inputs && i < MAX_FLOATS; i += LW_SECTION)
        __builtin_prefetch(x + i);
}

static void copy_rows(const lw_batch *batch, lw_span rows)
{
    const lw_gather *to = batch->gather;
    const lw_dataset *data = to->data;
    const size_t end = rows.first + rows.count;
    for (size_t i = rows.first; i < end; i++) {
        const size_t row = batch->index[i];
        if (i + 1 < end)
            prefetch_row(data->x + batch->index[i + 1] * data->inputs, data->inputs);
        memcpy(to->x + i * data->inputs, data->x + row * data->inputs,
               data->inputs * sizeof *to->x);
    }
}

static void copy_targets(const lw_batch *batch, lw_span rows)
{
    const lw_gather *to = batch->gather;
    const lw_dataset *data = to->data;
    for (size_t i = rows.first; i < rows.first + rows.count; i++) {
        const size_t row = batch->index[i];
        if (data->target.labels)
            to->labels[i] = data->target.labels[row];
        else
            memcpy(to->values + i * data->outputs, data->target.values + row * data->outputs,
                   data->outputs * sizeof *to->values);
        if (data->target.weights)
            to->weights[i] = data->target.weights[row];
    }
}

static lw_status round_inputs(const lw_step_job *job, lw_span rows)
{
    const lw_batch *batch = job->batch;
    const size_t inputs = lw_net_inputs(job->net);
    const lw_matrix x = lw_matrix_from(&job->net->x, rows.first);
    if (!batch->gather)
        return lw_bf16_gather(rows.count, inputs, batch->x + rows.first * inputs, inputs, NULL, &x);
    return lw_bf16_gather(rows.count, inputs, batch->gather->data->x, inputs,
                          batch->index + rows.first, &x);
}

lw_status lw_gather_rows(const lw_step_job *job, lw_span rows)
{
    const lw_net *net = job->net;
    if (job->batch->gather) {
        if (net->has_float_reader)
            copy_rows(job->batch, rows);
        copy_targets(job->batch, rows);
    }
    return net->has_bf16_reader ? round_inputs(job, rows) : LW_OK;
}

lw_operand lw_batch_operand(const lw_net *net, const lw_batch *batch, size_t first)
{
    const size_t inputs = lw_net_inputs(net);
    lw_operand x = lw_operand_from(&net->x, first);
    x.floats = batch->x + first * inputs;
    x.ld_floats = inputs;
    return x;
}

lw_prefetch lw_next_rows(const lw_batch *batch, size_t unit, size_t thread, size_t threads)
{
    if (!batch->gather || batch->next_rows == 0)
        return (lw_prefetch){0};
    size_t first, count;
    lw_pool_partition(batch->next_rows, unit, thread, threads, &first, &count);
    const lw_dataset *data = batch->gather->data;
    return (lw_prefetch){
        .x = data->x, .index = batch->next_index + first, .rows = count, .cols = data->inputs};
}

/* Computes the last layer's dz from dy, the gradient at its outputs; dy may be dz. */
static lw_status derive_rows(const lw_layer *last, lw_span rows, const float *dy)
{
    if (last->kind->derive)
        return last->kind->derive(last, rows, dy);
    float *dz = last->dz.floats + rows.first * last->out;
    if (dy != dz)
        memcpy(dz, dy, rows.count * last->out * sizeof *dz);
    return LW_OK;
}

static lw_status loss_rows(const lw_step_job *job, lw_span rows)
{
    const lw_net *net = job->net;
    const lw_layer *last = lw_last_layer(net);
    const lw_loss_rule *rule = job->rule;
    const size_t at = rows.first * rule->outputs;
    const lw_target target = lw_target_from(&job->batch->target, rows.first, rule->outputs);
    const float *scored = rule->from_logits ? last->z : last->y.floats;
    const lw_status status =
        lw_loss_rows(rule, rows.count, scored + at, &target, net->targets + at,
                     job->batch->all_rows, net->row_loss + rows.first, last->dz.floats + at);
    return status == LW_OK && !rule->from_logits ? derive_rows(last, rows, last->dz.floats + at)
                                                 : status;
}

lw_status lw_output_rows(const lw_step_job *job, lw_span rows)
{
    if (job->rule)
        return loss_rows(job, rows);
    if (job->dy)
        return derive_rows(lw_last_layer(job->net), rows,
                           job->dy + rows.first * lw_net_outputs(job->net));
    return LW_OK;
}

lw_status lw_check_row_losses(const lw_step_job *job)
{
    return !job->rule || lw_are_finite(job->batch->rows, job->net->row_loss)
               ? LW_OK
               : lw_loss_not_finite("", NULL);
}
