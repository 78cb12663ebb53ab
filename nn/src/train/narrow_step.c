#include "narrow_step.h"

#include "finite.h"
#include "threads/team.h"
#include <stdlib.h>

typedef struct narrow_job {
    lw_net *net;
    const lw_narrow_batch *batch;
    const lw_narrow_update *update; /* NULL: gradients only */
    size_t blocks;
} narrow_job;

lw_status lw_narrow_create(lw_net *net)
{
    lw_narrow_layer layers[LW_NARROW_LAYERS];
    if (net->layer_count > LW_NARROW_LAYERS)
        return LW_OK;
    for (size_t i = 0; i < net->layer_count; i++)
        layers[i] = (lw_narrow_layer){net->layers[i].spec.units, net->layers[i].spec.activation};
    if (!lw_narrow_fits(lw_net_inputs(net), net->layer_count, layers))
        return LW_OK;
    net->narrow = calloc(1, sizeof *net->narrow);
    if (!net->narrow)
        return lw_fail(LW_ENOMEM, "no memory for a network of %zu layers", net->layer_count);
    for (size_t i = 0; i < net->layer_count; i++)
        net->layers[i].weights.form = LW_WEIGHTS_ROWS;
    return lw_narrow_plan(&net->narrow->plan, lw_net_inputs(net), net->layer_count, layers);
}

void lw_narrow_destroy(lw_net *net)
{
    if (net->narrow)
        free(net->narrow->room.memory);
    free(net->narrow);
}

/* Operations of a batch: forward, and twice as many backward. */
static double batch_flops(const lw_net *net, size_t rows)
{
    return 6.0 * (double)rows * (double)net->parameter_count;
}

static size_t team_size(const lw_net *net, size_t rows)
{
    const size_t blocks = lw_narrow_blocks(rows);
    if (blocks <= 1)
        return 1;
    const size_t threads = lw_team_size(net->threads, batch_flops(net, rows));
    return threads < blocks ? threads : blocks;
}

static lw_status make_room(lw_net *net, size_t rows, size_t threads)
{
    lw_narrow_room *room = &net->narrow->room;
    if (rows <= room->rows && threads <= room->threads)
        return LW_OK;
    rows = rows > room->rows ? rows : room->rows;
    threads = threads > room->threads ? threads : room->threads;
    const size_t blocks = lw_narrow_blocks(rows), floats = net->narrow->plan.parameter_count;
    size_t sums, scratch, count;
    int overflow = __builtin_mul_overflow(blocks > 1 ? blocks : 0, floats, &sums);
    overflow |= __builtin_mul_overflow(threads, net->narrow->plan.workspace, &scratch);
    overflow |= __builtin_add_overflow(sums, scratch, &count);
    overflow |= __builtin_add_overflow(count, rows, &count);
    float *memory = overflow ? NULL : lw_alloc_floats(count);
    if (!memory)
        return lw_fail(LW_ENOMEM, "no memory for a batch of %zu rows", rows);
    free(room->memory);
    *room = (lw_narrow_room){.rows = rows,
                             .threads = threads,
                             .count = count,
                             .memory = memory,
                             .sums = memory + scratch,
                             .scratch = memory,
                             .row_loss = memory + scratch + sums};
    return LW_OK;
}

lw_status lw_narrow_reserve(lw_net *net, size_t rows)
{
    const lw_status status = lw_net_reserve_gradients(net);
    return status == LW_OK ? make_room(net, rows, team_size(net, rows)) : status;
}

static lw_status blocks_phase(void *user, size_t thread, size_t threads)
{
    const narrow_job *job = user;
    const lw_narrow *plan = &job->net->narrow->plan;
    const lw_narrow_room *room = &job->net->narrow->room;
    size_t first, count;
    lw_team_share(job->blocks, 1, thread, threads, &first, &count);
    return lw_narrow_pass(plan, job->batch, first, count, job->net->parameters,
                          room->sums + first * plan->parameter_count,
                          room->scratch + thread * plan->workspace);
}

/* The blocks of a batch added up; by one thread, since it is a few thousand additions. */
static lw_status sums_phase(void *user, size_t thread, size_t threads)
{
    (void)threads;
    const narrow_job *job = user;
    lw_net *net = job->net;
    if (thread > 0)
        return LW_OK;
    /* As lw_narrow_step does for a single block. */
    const lw_narrow_batch *batch = job->batch;
    if (job->update && batch->row_loss && !lw_are_finite(batch->rows, batch->row_loss))
        return lw_fail(LW_EDIVERGED, "the loss is not finite");
    const size_t n = net->padded_count;
    lw_status status =
        lw_column_sums(job->blocks, n, net->narrow->room.sums, n, 0.0f, net->gradients);
    const lw_narrow_update *update = job->update;
    const lw_optimizer_state *state = &net->optimizer;
    if (status == LW_OK && update && update->sgd)
        status = lw_sgd_update(n, update->sgd, net->gradients, net->parameters, state->velocity);
    if (status == LW_OK && update && update->adam)
        status = lw_adam_update(n, update->adam, net->gradients, net->parameters, state->velocity,
                                state->variance);
    return status;
}

static lw_status run_blocks(lw_net *net, const lw_narrow_batch *batch,
                            const lw_narrow_update *update)
{
    static const lw_phase phases[] = {blocks_phase, sums_phase};
    narrow_job job = {net, batch, update, lw_narrow_blocks(batch->rows)};
    const lw_narrow *plan = &net->narrow->plan;
    const lw_narrow_room *room = &net->narrow->room;
    if (job.blocks > 1)
        return lw_team_run(team_size(net, batch->rows), LW_FLUSH_DENORMALS, 2, phases, &job);
    const unsigned long mode = lw_begin_denormals(LW_FLUSH_DENORMALS);
    const lw_status status =
        update ? lw_narrow_step(plan, batch, update, net->parameters, net->gradients,
                                net->optimizer.velocity, net->optimizer.variance, room->scratch)
               : lw_narrow_pass(plan, batch, 0, 1, net->parameters, net->gradients, room->scratch);
    lw_end_denormals(mode);
    return status;
}

static lw_narrow_loss loss_of(const lw_loss_rule *rule)
{
    switch (rule->loss) {
    case LW_CROSS_ENTROPY:
        return LW_NARROW_SOFTMAX_ENTROPY;
    case LW_BINARY_CROSS_ENTROPY:
        return LW_NARROW_SIGMOID_ENTROPY;
    default:
        return LW_NARROW_SQUARED_ERROR;
    }
}

lw_status lw_narrow_steps(lw_net *net, const lw_loss_rule *rule, const lw_optimizer_step *optimizer,
                          const lw_batch *batch, size_t steps, double *value)
{
    const lw_dataset *data = batch->gather ? batch->gather->data : NULL;
    const lw_target *target = data ? &data->target : &batch->target;
    const lw_narrow_batch narrow = {.rows = batch->rows,
                                    .x = data ? data->x : batch->x,
                                    .index = data ? batch->index : NULL,
                                    .loss = loss_of(rule),
                                    .values = target->values,
                                    .labels = target->labels,
                                    .scale = lw_loss_scale(rule, batch->rows),
                                    .row_loss = value ? net->narrow->room.row_loss : NULL};
    lw_adam_update_params adam = {0};
    lw_narrow_update update = {0};
    if (optimizer && optimizer->is_sgd) {
        update.sgd = &optimizer->sgd;
    } else if (optimizer) {
        adam = optimizer->adam;
        update.adam = &adam;
    }
    lw_status status = LW_OK;
    for (size_t i = 0; i < steps && status == LW_OK; i++, adam.step++)
        status = run_blocks(net, &narrow, optimizer ? &update : NULL);
    if (status == LW_OK && value)
        *value = lw_loss_value(rule, batch->rows, batch->rows, net->narrow->room.row_loss);
    return status;
}

lw_status lw_narrow_backward(lw_net *net, size_t rows, const float *x)
{
    lw_status status = lw_narrow_reserve(net, rows);
    if (status != LW_OK)
        return status;
    const lw_narrow_batch batch = {.rows = rows,
                                   .x = x,
                                   .loss = LW_NARROW_ACTIVATION_GRADIENT,
                                   .gradient = lw_last_layer(net)->dz};
    return run_blocks(net, &batch, NULL);
}
