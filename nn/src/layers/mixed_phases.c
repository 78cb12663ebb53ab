/* The phases of a step in mixed precision. */
#include "mixed.h"
#include "output_rows.h"

/* A matrix from an even row on, as an output. */
static lw_bf16_output output_from(const lw_mixed_matrix *matrix, size_t first)
{
    return (lw_bf16_output){.rows = matrix->rows + first * matrix->ld,
                            .ld = matrix->ld,
                            .pairs = matrix->pairs + first * matrix->ld_pairs,
                            .ld_pairs = matrix->ld_pairs};
}

static lw_bf16 *rows_from(const lw_mixed_matrix *matrix, size_t first)
{
    return matrix->rows ? matrix->rows + first * matrix->ld : NULL;
}

/* The inputs of some rows, rounded; by index, if the batch is gathered. */
static lw_status gather_rows(const lw_step_job *job, size_t first, size_t count)
{
    const lw_batch *batch = job->batch;
    const size_t inputs = lw_net_inputs(job->net);
    const lw_bf16_output x = output_from(&job->net->mixed->layers[0].x, first);
    if (!batch->gather)
        return lw_bf16_gather(count, inputs, batch->x + first * inputs, inputs, NULL, &x);
    lw_gather_targets(batch, first, count);
    return lw_bf16_gather(count, inputs, batch->gather->data->x, inputs, batch->index + first, &x);
}

/* The last layer, from its logits on in floats. */
static lw_status forward_last(const lw_step_job *job, size_t first, size_t count)
{
    const lw_net *net = job->net;
    const lw_layer *last = lw_last_layer(net);
    const lw_mixed_layer *mixed = &net->mixed->layers[net->layer_count - 1];
    const size_t out = last->spec.units, at = first * out;
    const lw_bf16_output logits = {.floats = last->z + at, .ld_floats = out};
    const lw_status status =
        lw_bf16_linear_forward(count, last->in, out, rows_from(&mixed->x, first), mixed->x.ld,
                               mixed->forward, last->b, LW_LINEAR, NULL, 0, &logits);
    if (status != LW_OK || (job->rule && job->rule->from_logits))
        return status;
    if (last->spec.activation == LW_SOFTMAX)
        return lw_softmax(count, out, last->z + at, out, last->y + at, out);
    return lw_activate(last->spec.activation, count * out, last->z + at, last->y + at);
}

static lw_status forward_rows(const lw_step_job *job, size_t first, size_t count)
{
    const lw_net *net = job->net;
    lw_status status = gather_rows(job, first, count);
    for (size_t i = 0; i + 1 < net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &net->layers[i];
        const lw_mixed_layer *mixed = &net->mixed->layers[i];
        const lw_bf16_output y = output_from(&mixed[1].x, first);
        status =
            lw_bf16_linear_forward(count, layer->in, layer->spec.units, rows_from(&mixed->x, first),
                                   mixed->x.ld, mixed->forward, layer->b, layer->spec.activation,
                                   rows_from(&mixed->z, first), mixed->z.ld, &y);
    }
    return status == LW_OK ? forward_last(job, first, count) : status;
}

static lw_status backward_rows(const lw_step_job *job, size_t first, size_t count)
{
    const lw_net *net = job->net;
    const size_t outputs = lw_net_outputs(net);
    const lw_bf16_output last = output_from(&net->mixed->layers[net->layer_count - 1].dz, first);
    lw_status status = lw_bf16_gather(count, outputs, lw_last_layer(net)->dz + first * outputs,
                                      outputs, NULL, &last);
    for (size_t i = net->layer_count - 1; i > 0 && status == LW_OK; i--) {
        const lw_layer *layer = &net->layers[i];
        const lw_mixed_layer *mixed = &net->mixed->layers[i], *below = mixed - 1;
        const lw_mixed_matrix *saved = below->z.rows ? &below->z : &mixed->x;
        const lw_bf16_output dx = output_from(&below->dz, first);
        status = lw_bf16_linear_backward_input(
            count, layer->in, layer->spec.units, rows_from(&mixed->dz, first), mixed->dz.ld,
            mixed->backward, layer[-1].spec.activation, rows_from(saved, first), saved->ld, &dx);
    }
    return status;
}

static lw_status rows_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    size_t first, count;
    lw_team_share(job->batch->rows, 2, thread, threads, &first, &count); /* pairs stay together */
    if (count == 0)
        return LW_OK;
    lw_status status = LW_OK;
    if (job->forward)
        status = forward_rows(job, first, count);
    if (status == LW_OK)
        status = lw_output_rows(job, first, count);
    if (status == LW_OK && job->backward)
        status = backward_rows(job, first, count);
    return status;
}

static lw_status gradients_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    lw_status status = LW_OK;
    for (size_t i = job->first_layer; i < job->end_layer && status == LW_OK; i++) {
        const lw_layer *layer = &job->net->layers[i];
        const lw_mixed_layer *mixed = &job->net->mixed->layers[i];
        const size_t out = layer->spec.units;
        size_t first, count;
        float *db = lw_share_gradients(job, layer, thread, threads, &first, &count);
        if (count > 0)
            status = lw_bf16_linear_backward_weights(
                job->batch->rows, count, out, mixed->x.pairs + 2 * first, mixed->x.ld_pairs,
                mixed->dz.pairs, mixed->dz.ld_pairs, 0.0f, layer->dw + first * out, out, db);
    }
    return status;
}

/* The thread's share of a layer's rows of W, in whole panels of the copies. */
static void share_weights(const lw_layer *layer, size_t thread, size_t threads, size_t *first,
                          size_t *count)
{
    lw_team_share(layer->in, LW_BF16_PANEL, thread, threads, first, count);
}

/* The copies of some rows of a layer's weights. */
static lw_status pack_rows(const lw_net *net, size_t layer, size_t first, size_t count)
{
    const lw_mixed_layer *mixed = &net->mixed->layers[layer];
    return lw_bf16_weights_pack(&net->layers[layer].weights, first, count, mixed->forward,
                                mixed->backward);
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
        if (count == 0)
            continue;
        status = lw_weights_update(&layer->weights, first, count, layer->dw, layer->db, &update);
        if (status == LW_OK)
            status = pack_rows(job->net, i, first, count);
    }
    return status;
}

static lw_status descent_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    lw_ahead ahead = lw_next_rows(job->batch, 2, thread, threads);
    lw_status status = lw_check_row_losses(job);
    for (size_t i = 0; i < job->net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &job->net->layers[i];
        const lw_mixed_layer *mixed = &job->net->mixed->layers[i];
        size_t first, count;
        share_weights(layer, thread, threads, &first, &count);
        lw_layer_update update = lw_optimizer_of_layer(job->optimizer, job->net, layer, first == 0);
        update.ahead = &ahead;
        if (count > 0)
            status = lw_bf16_weights_update(
                &layer->weights, first, count, job->batch->rows, mixed->x.pairs, mixed->x.ld_pairs,
                mixed->dz.pairs, mixed->dz.ld_pairs, &update, mixed->forward, mixed->backward);
    }
    return status;
}

lw_status lw_mixed_pack_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    lw_status status = LW_OK;
    for (size_t i = 0; i < job->net->layer_count && status == LW_OK; i++) {
        size_t first, count;
        share_weights(&job->net->layers[i], thread, threads, &first, &count);
        if (count > 0)
            status = pack_rows(job->net, i, first, count);
    }
    return status;
}

const lw_phases lw_mixed_phases = {rows_phase, gradients_phase, update_phase, descent_phase};
