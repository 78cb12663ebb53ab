/*
 * The step driver. A job runs in phases with a barrier between them (threads/thread_pool.h):
 *
 *   rows          each thread: its rows of the mini-batch through the forward pass, the loss and
 *                 the backward pass to the inputs of the layers
 *   fused update  each thread: its shards of every layer's gradients over the whole batch; the
 *                 optimizer is applied to each tile in registers
 *
 * Two phases replace the fused update if gradients are needed or the batch is larger than
 * LW_UPDATE_MAX_BATCH: gradients, which stores them, and update, which reads them. Between the two,
 * ranks exchange gradients (exchange.h). No value is summed across threads, so results are
 * bit-identical for any thread count. The calls of a custom training loop run the same phases one
 * at a time and give the same bits.
 */
#include "step.h"

#include "base/arithmetic.h"
#include "flops.h"
#include "forward.h"
#include "output.h"
#include "threads/thread_pool.h"

#include <string.h>

/* ---- Rows --------------------------------------------------------------------------------- */

static lw_status forward_rows(const lw_step_job *job, lw_span rows)
{
    const lw_forward pass = {
        .net = job->net,
        .pass = {.training = 1, .rows = job->batch->rows},
        .rows = rows,
        .x = lw_batch_operand(job->net, job->batch, rows.first),
        .only_logits = job->rule && job->rule->from_logits,
    };
    const lw_status status = lw_gather_rows(job, rows);
    return status == LW_OK ? lw_forward_run(&pass) : status;
}

/* Completes a layer's dz: applies its derivative, unless the layer above has done so, and rounds to
 * bf16 for layers that read it. */
static lw_status complete_dz(const lw_layer *layer, lw_span rows)
{
    lw_status status = LW_OK;
    if (!layer->is_output && !layer->reader_derives && layer->kind->derive)
        status =
            layer->kind->derive(layer, rows, layer->dz.floats + rows.first * layer->dz.ld_floats);
    if (status != LW_OK || !lw_matrix_is_rounded(&layer->dz))
        return status;
    const lw_matrix dz = lw_matrix_from(&layer->dz, rows.first);
    return lw_matrix_round(&dz, rows.count, layer->out);
}

/* Computes the gradient at a layer's inputs, with the derivative of the layer below if this layer
 * applies it. The first layer writes dx. */
static lw_status backward_layer(const lw_step_job *job, const lw_layer *layer, lw_span rows)
{
    const lw_net *net = job->net;
    lw_epilogue below = {.activation = LW_ACTIVATION_LINEAR};
    lw_matrix dx;
    if (layer->input == LW_NET_INPUT) {
        if (!job->dx)
            return LW_OK;
        dx = (lw_matrix){.floats = job->dx + rows.first * layer->in, .ld_floats = layer->in};
    } else {
        const lw_layer *input = net->layers[layer->input];
        if (input->reader_derives)
            below = input->kind->epilogue(input, rows.first);
        dx = lw_matrix_from(&input->dz, rows.first);
    }
    return layer->kind->backward(layer, rows, &below, &dx);
}

static lw_status backward_rows(const lw_step_job *job, lw_span rows)
{
    const lw_net *net = job->net;
    lw_status status = LW_OK;
    for (size_t i = net->layer_count; i-- > 0 && status == LW_OK;) {
        status = complete_dz(net->layers[i], rows);
        if (status == LW_OK)
            status = backward_layer(job, net->layers[i], rows);
    }
    return status;
}

static lw_status rows_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    lw_span rows;
    lw_pool_partition(job->batch->rows, job->net->row_unit, thread, threads, &rows.first,
                      &rows.count);
    if (rows.count == 0)
        return LW_OK;
    lw_status status = LW_OK;
    if (job->forward)
        status = forward_rows(job, rows);
    if (status == LW_OK)
        status = lw_output_rows(job, rows);
    if (status == LW_OK && job->backward)
        status = backward_rows(job, rows);
    return status;
}

/* Copies the outputs after all rows have succeeded: a failure leaves y unchanged. */
static lw_status outputs_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    const size_t out = lw_net_outputs(job->net);
    size_t first, count;
    lw_pool_partition(job->batch->rows, 1, thread, threads, &first, &count);
    if (count > 0)
        memcpy(job->y + first * out, lw_last_layer(job->net)->y.floats + first * out,
               count * out * sizeof *job->y);
    return LW_OK;
}

/* ---- Shards ------------------------------------------------------------------------------- */

/* The shards of a layer that a thread updates, in whole units. */
static lw_span thread_shards(const lw_layer *layer, size_t thread, size_t threads)
{
    lw_span shards;
    lw_pool_partition(layer->shards, layer->shard_unit, thread, threads, &shards.first,
                      &shards.count);
    return shards;
}

static lw_status prepare_phase(void *user, size_t thread, size_t threads)
{
    const lw_net *net = ((const lw_step_job *)user)->net;
    lw_status status = LW_OK;
    for (size_t i = 0; i < net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = net->layers[i];
        const lw_span shards = thread_shards(layer, thread, threads);
        if (layer->kind->prepare && shards.count > 0)
            status = layer->kind->prepare(layer, shards);
    }
    return status;
}

/* The inputs of a layer for the whole batch. */
static lw_operand layer_input(const lw_step_job *job, const lw_layer *layer)
{
    return layer->input == LW_NET_INPUT ? lw_batch_operand(job->net, job->batch, 0)
                                        : lw_operand_from(&job->net->layers[layer->input]->y, 0);
}

/* The shards of a layer, within the job's range, whose gradients a thread computes. */
static lw_span thread_gradients(const lw_step_job *job, const lw_layer *layer, size_t thread,
                                size_t threads)
{
    const size_t count = lw_min_size(job->shards.count, layer->shards - job->shards.first);
    lw_span shards;
    lw_pool_partition(count, 1, thread, threads, &shards.first, &shards.count);
    shards.first += job->shards.first;
    return shards;
}

static lw_status gradients_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    const lw_pass pass = {.training = 1, .rows = job->batch->rows};
    const size_t end = job->layers.first + job->layers.count;
    lw_status status = LW_OK;
    for (size_t i = job->layers.first; i < end && status == LW_OK; i++) {
        const lw_layer *layer = job->net->layers[i];
        const lw_operand x = layer_input(job, layer);
        const lw_span shards = thread_gradients(job, layer, thread, threads);
        if (shards.count > 0)
            status = layer->kind->gradients(layer, &pass, shards, &x);
    }
    return status;
}

static lw_status update_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    const lw_update update = lw_optimizer_update(job->optimizer, job->net);
    lw_status status = lw_check_row_losses(job);
    for (size_t i = 0; i < job->net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = job->net->layers[i];
        const lw_span shards = thread_shards(layer, thread, threads);
        if (shards.count > 0)
            status = layer->kind->update(layer, shards, &update);
    }
    return status;
}

/* Computes the gradients of one thread's shards and updates them. No other thread reads these
 * gradients, so there is no barrier between the two. */
static lw_status update_shards(const lw_layer *layer, const lw_pass *pass, lw_span shards,
                               const lw_operand *x, const lw_update *update)
{
    if (layer->kind->update_fused)
        return layer->kind->update_fused(layer, pass, shards, x, update);
    const lw_status status = layer->kind->gradients(layer, pass, shards, x);
    return status == LW_OK ? layer->kind->update(layer, shards, update) : status;
}

static lw_status fused_update_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    const lw_pass pass = {.training = 1, .rows = job->batch->rows};
    lw_prefetch prefetch = lw_next_rows(job->batch, job->net->row_unit, thread, threads);
    lw_update update = lw_optimizer_update(job->optimizer, job->net);
    update.prefetch = &prefetch;
    lw_status status = lw_check_row_losses(job);
    for (size_t i = 0; i < job->net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = job->net->layers[i];
        const lw_span shards = thread_shards(layer, thread, threads);
        const lw_operand x = layer_input(job, layer);
        if (shards.count > 0)
            status = update_shards(layer, &pass, shards, &x, &update);
    }
    return status;
}

/* ---- Jobs --------------------------------------------------------------------------------- */

/* The phases up to `rows`, including `prepare` if the layers' storage is out of date. Returns their
 * number. */
static size_t rows_phases(const lw_net *net, lw_phase phases[2])
{
    size_t count = 0;
    if (net->storage && !net->is_prepared)
        phases[count++] = prepare_phase;
    phases[count++] = rows_phase;
    return count;
}

static lw_status run(lw_step_job *job, size_t count, const lw_phase *phases)
{
    const size_t threads = lw_pool_threads(job->net->threads, lw_job_flops(job));
    return lw_pool_run(threads, LW_FLUSH_DENORMALS, job->net->isa, count, phases, job);
}

lw_status lw_job_rows(lw_step_job *job)
{
    lw_phase phases[2];
    const lw_status status = run(job, rows_phases(job->net, phases), phases);
    if (status == LW_OK)
        job->net->is_prepared = 1;
    return status;
}

lw_status lw_job_gradients(lw_step_job *job)
{
    static const lw_phase phases[] = {gradients_phase};
    return run(job, 1, phases);
}

lw_status lw_job_update(lw_step_job *job)
{
    static const lw_phase phases[] = {update_phase};
    return run(job, 1, phases);
}

/* 1 if a step with an update stores its gradients. */
static int stores_gradients(const lw_net *net, size_t rows)
{
    return rows > LW_UPDATE_MAX_BATCH || lw_has_other_ranks(net);
}

lw_status lw_job_run(lw_step_job *job)
{
    lw_net *net = job->net;
    const int is_fused =
        job->gradients && job->optimizer && !stores_gradients(net, job->batch->rows);
    const int has_rows = job->forward || job->backward || job->rule || job->dy;
    lw_phase phases[5];
    size_t count = has_rows ? rows_phases(net, phases) : 0;
    job->layers = (lw_span){0, net->layer_count};
    job->shards = (lw_span){0, SIZE_MAX};
    if (job->y)
        phases[count++] = outputs_phase;
    if (is_fused)
        phases[count++] = fused_update_phase;
    if (!is_fused && job->gradients)
        phases[count++] = gradients_phase;
    if (!is_fused && job->optimizer)
        phases[count++] = update_phase;

    lw_status status = LW_OK;
    if (job->gradients && (!is_fused || net->needs_gradients))
        status = lw_net_reserve_gradients(net);
    if (status == LW_OK)
        status = run(job, count, phases);
    if (status == LW_OK && has_rows)
        net->is_prepared = 1;
    return status;
}

static lw_status step_alone(lw_step_job *job, double *value)
{
    const lw_status status = lw_job_run(job);
    if (status == LW_OK && value)
        *value = lw_loss_value(job->rule, job->batch->rows, job->batch->rows, job->net->row_loss);
    return status;
}

static lw_status sum_alone(const lw_net *net, lw_status status, size_t n, double *x)
{
    (void)net;
    (void)n;
    (void)x;
    return status;
}

const lw_exchange lw_local_exchange = {.step = step_alone, .sum = sum_alone};

/* ---- Steps -------------------------------------------------------------------------------- */

static lw_status reserve_step(lw_net *net, size_t rows, int has_update)
{
    lw_status status = lw_net_reserve_workspace(net, rows);
    if (status == LW_OK && (!has_update || net->needs_gradients || stores_gradients(net, rows)))
        status = lw_net_reserve_gradients(net);
    return status == LW_OK ? lw_scratch_reserve() : status;
}

static lw_status step_by_layers(lw_net *net, const lw_loss_rule *rule,
                                const lw_optimizer_step *optimizer, const lw_batch *batch,
                                size_t *steps, double *value)
{
    lw_step_job job = {.net = net,
                       .batch = batch,
                       .forward = 1,
                       .rule = rule,
                       .backward = 1,
                       .gradients = 1,
                       .optimizer = optimizer};
    const lw_status status = net->exchange->step(&job, value);
    *steps = status == LW_OK;
    return status;
}

const lw_program lw_layer_program = {.reserve = lw_net_reserve_workspace,
                                     .reserve_step = reserve_step,
                                     .take_steps = step_by_layers};

/* Programs for whole networks do not weight rows. */
static const lw_program *program_for(const lw_net *net, const lw_batch *batch)
{
    return batch->target.weights ? &lw_layer_program : net->program;
}

/* Takes steps on one batch. All memory is allocated first: a step without memory would end with
 * some layers updated. */
static lw_status take_steps(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                            const lw_batch *batch, size_t *steps, double *value)
{
    const lw_program *program = program_for(net, batch);
    lw_optimizer_step step;
    const size_t requested = *steps;
    *steps = 0;
    lw_status status = program->reserve_step(net, batch->rows, optimizer != NULL);
    if (status == LW_OK && optimizer)
        status = lw_optimizer_begin(net, optimizer, &step);
    if (status != LW_OK)
        return status;
    net->pass.gradients = 0; /* a failure may overwrite some of them */
    lw_invalidate_forward(net);
    *steps = requested;
    status = program->take_steps(net, rule, optimizer ? &step : NULL, batch, steps, value);
    net->optimizer.steps += optimizer ? *steps : 0;
    net->pass.gradients = status == LW_OK && !optimizer;
    return status;
}

lw_status lw_step_run(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                      const lw_batch *batch, double *value)
{
    size_t steps = 1;
    return take_steps(net, rule, optimizer, batch, &steps, value);
}

lw_status lw_step_repeat(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                         const lw_batch *batch, size_t *steps)
{
    return take_steps(net, rule, optimizer, batch, steps, NULL);
}
