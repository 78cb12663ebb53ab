#include "phases.h"

#include "output_rows.h"
#include "threads/team.h"
#include <string.h>

lw_status lw_layer_forward(const lw_layer *layer, size_t rows, const float *x, float *z, float *y)
{
    const size_t in = layer->in, out = layer->spec.units;
    if (layer->spec.activation != LW_SOFTMAX)
        return lw_weights_forward(&layer->weights, rows, x, in, layer->b, layer->spec.activation, z,
                                  out, y, out);
    const lw_status status =
        lw_weights_forward(&layer->weights, rows, x, in, layer->b, LW_LINEAR, NULL, 0, z, out);
    return status == LW_OK ? lw_softmax(rows, out, z, out, y, out) : status;
}

/* The row after the one that is copied is asked for line by line: the hardware cannot know where it lies. */
static void prefetch_row(const float *x, size_t inputs)
{
    enum { MOST = 2048 };
    for (size_t i = 0; i < inputs && i < MOST; i += LW_SECTION)
        __builtin_prefetch(x + i);
}

static void gather_rows(const lw_batch *batch, size_t first, size_t count)
{
    const lw_gather *to = batch->gather;
    const lw_dataset *data = to->data;
    for (size_t i = first; i < first + count; i++) {
        const size_t row = batch->index[i];
        if (i + 1 < first + count)
            prefetch_row(data->x + batch->index[i + 1] * data->inputs, data->inputs);
        memcpy(to->x + i * data->inputs, data->x + row * data->inputs,
               data->inputs * sizeof *to->x);
    }
    lw_gather_targets(batch, first, count);
}

/* The rows of a layer's input from row first on: of the batch, or of the layer below. */
static const float *layer_input(const lw_step_job *job, size_t layer, size_t first)
{
    const lw_layer *l = &job->net->layers[layer];
    return (layer == 0 ? job->batch->x : l[-1].y) + first * l->in;
}

static lw_status forward_rows(const lw_step_job *job, size_t first, size_t count)
{
    lw_net *net = job->net;
    /* Where the loss starts from the logits, the outputs themselves are not needed. */
    const int logits_suffice = job->rule && job->rule->from_logits;
    lw_status status = LW_OK;
    for (size_t i = 0; i < net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &net->layers[i];
        const size_t at = first * layer->spec.units;
        const float *x = layer_input(job, i, first);
        if (logits_suffice && layer == lw_last_layer(net))
            status = lw_weights_forward(&layer->weights, count, x, layer->in, layer->b, LW_LINEAR,
                                        NULL, 0, layer->z + at, layer->spec.units);
        else
            status =
                lw_layer_forward(layer, count, x, layer->z ? layer->z + at : NULL, layer->y + at);
    }
    return status;
}

static lw_status backward_rows(const lw_step_job *job, size_t first, size_t count)
{
    lw_status status = LW_OK;
    for (size_t i = job->net->layer_count - 1; i > 0 && status == LW_OK; i--) {
        const lw_layer *layer = &job->net->layers[i], *below = layer - 1;
        const size_t in = layer->in, out = layer->spec.units;
        status = lw_weights_backward_input(
            &layer->weights, count, layer->dz + first * out, out, below->spec.activation,
            lw_layer_saved(below) + first * in, in, below->dz + first * in, in);
    }
    return status;
}

static lw_status rows_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    size_t first, count;
    lw_team_share(job->batch->rows, 1, thread, threads, &first, &count);
    if (count == 0)
        return LW_OK;
    lw_status status = LW_OK;
    if (job->batch->gather)
        gather_rows(job->batch, first, count);
    if (job->forward)
        status = forward_rows(job, first, count);
    if (status == LW_OK)
        status = lw_output_rows(job, first, count);
    if (status == LW_OK && job->backward)
        status = backward_rows(job, first, count);
    return status;
}

/* The thread's share of a layer's rows of W, in whole cache lines where they lie as columns. */
static void share_weights(const lw_layer *layer, size_t thread, size_t threads, size_t *first,
                          size_t *count)
{
    const size_t unit = layer->weights.form == LW_WEIGHTS_COLUMNS ? LW_SECTION : 1;
    lw_team_share(layer->in, unit, thread, threads, first, count);
}

float *lw_share_gradients(const lw_step_job *job, const lw_layer *layer, size_t thread,
                          size_t threads, size_t *first, size_t *count)
{
    const size_t end = job->end_row < layer->in ? job->end_row : layer->in;
    lw_team_share(end - job->first_row, 1, thread, threads, first, count);
    *first += job->first_row;
    return *first + *count == layer->in ? layer->db : NULL;
}

static lw_status gradients_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    lw_status status = LW_OK;
    for (size_t i = job->first_layer; i < job->end_layer && status == LW_OK; i++) {
        const lw_layer *layer = &job->net->layers[i];
        const size_t in = layer->in, out = layer->spec.units;
        size_t first, count;
        float *db = lw_share_gradients(job, layer, thread, threads, &first, &count);
        if (count > 0)
            status = lw_linear_backward_weights(job->batch->rows, count, out,
                                                layer_input(job, i, 0) + first, in, layer->dz, out,
                                                0.0f, layer->dw + first * out, out, db);
    }
    return status;
}

static lw_status update_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    lw_status status = lw_check_row_losses(job);
    for (size_t i = 0; i < job->net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &job->net->layers[i];
        size_t first, count;
        share_weights(layer, thread, threads, &first, &count);
        const lw_layer_update update =
            lw_optimizer_of_layer(job->optimizer, job->net, layer, first == 0);
        if (count > 0)
            status =
                lw_weights_update(&layer->weights, first, count, layer->dw, layer->db, &update);
    }
    return status;
}

static lw_status descent_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    lw_ahead ahead = lw_next_rows(job->batch, 1, thread, threads);
    lw_status status = lw_check_row_losses(job);
    for (size_t i = 0; i < job->net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &job->net->layers[i];
        size_t first, count;
        share_weights(layer, thread, threads, &first, &count);
        lw_layer_update update = lw_optimizer_of_layer(job->optimizer, job->net, layer, first == 0);
        update.ahead = &ahead;
        if (count > 0)
            status = lw_weights_backward_update(&layer->weights, first, count, job->batch->rows,
                                                layer_input(job, i, 0), layer->in, layer->dz,
                                                layer->spec.units, &update);
    }
    return status;
}

const lw_phases lw_wide_phases = {rows_phase, gradients_phase, update_phase, descent_phase};
