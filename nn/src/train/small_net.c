/*
 * Steps of small networks: kernels that run whole blocks of a mini-batch through all layers
 * (lanewise/internal/small_net.h). No other file uses these kernels: custom training loops run the
 * forward pass layer by layer, and so do prediction and evaluation.
 */
#include "small_net.h"

#include "base/arithmetic.h"
#include "flops.h"
#include "layers/dense.h"
#include "step.h"
#include "threads/thread_pool.h"

#include <lanewise/internal/small_net.h>
#include <stdlib.h>

/* The memory of a step. */
typedef struct small_workspace {
    size_t rows, threads; /* capacity: largest batch and number of threads */
    size_t count;         /* floats of memory */
    float *memory;
    float *sums;    /* blocks x padded_count; empty for a single block */
    float *scratch; /* threads x plan.workspace */
    float *row_loss;
} small_workspace;

struct lw_small_net_state {
    lw_small_net plan;
    small_workspace workspace;
};

typedef struct small_job {
    lw_net *net;
    const lw_small_net_batch *batch;
    const lw_small_net_update *update; /* NULL: gradients only */
    size_t blocks;
} small_job;

lw_status lw_small_net_create(lw_net *net)
{
    lw_small_net_layer layers[LW_SMALL_NET_MAX_LAYERS];
    if (net->layer_count > LW_SMALL_NET_MAX_LAYERS)
        return LW_OK;
    for (size_t i = 0; i < net->layer_count; i++) {
        if (net->layers[i]->kind != &lw_dense_kind)
            return LW_OK;
        layers[i] = (lw_small_net_layer){net->layers[i]->out, net->layers[i]->spec.activation};
    }
    if (!lw_small_net_fits(lw_net_inputs(net), net->layer_count, layers))
        return LW_OK;
    net->small_net = calloc(1, sizeof *net->small_net);
    if (!net->small_net)
        return lw_fail(LW_ENOMEM, "no memory for a network of %zu layers", net->layer_count);
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);)
        if (at.tensor->layout)
            at.tensor->layout->layout = LW_WEIGHTS_ROW_MAJOR;
    return lw_small_net_plan(&net->small_net->plan, lw_net_inputs(net), net->layer_count, layers);
}

lw_status lw_small_net_check(const lw_net *net)
{
    if (!net->small_net)
        return LW_OK;
    const lw_small_net *plan = &net->small_net->plan;
    int matches =
        plan->parameter_count == net->padded_count && plan->parameter_count == net->gradient_count;
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);) {
        const size_t offset = at.tensor->is_matrix ? plan->w[at.layer] : plan->b[at.layer];
        matches &= at.tensor->offset == offset && at.tensor->gradient == offset;
    }
    return matches ? LW_OK
                   : lw_fail(LW_ESTATE,
                             "liblanewise_kernels and liblanewise_nn are different versions: the "
                             "layouts of small networks differ");
}

void lw_small_net_destroy(lw_net *net)
{
    if (!net->small_net)
        return;
    free(net->small_net->workspace.memory);
    free(net->small_net);
    net->small_net = NULL;
}

size_t lw_small_net_memory(const lw_net *net)
{
    const struct lw_small_net_state *small = net->small_net;
    return small ? small->workspace.count * sizeof(float) + sizeof *small : 0;
}

static size_t step_threads(const lw_net *net, size_t rows)
{
    const size_t blocks = lw_small_net_blocks(rows);
    if (blocks <= 1)
        return 1;
    const size_t threads = lw_pool_threads(net->threads, lw_step_flops(net, rows));
    return lw_min_size(threads, blocks);
}

static void place_workspace(small_workspace *workspace, lw_arena *arena, const lw_small_net *plan)
{
    const size_t blocks = lw_small_net_blocks(workspace->rows);
    workspace->scratch = lw_arena_floats(arena, workspace->threads, plan->workspace);
    workspace->sums = lw_arena_floats(arena, blocks > 1 ? blocks : 0, plan->parameter_count);
    workspace->row_loss = lw_arena_floats(arena, 1, workspace->rows);
}

static lw_status reserve_workspace(lw_net *net, size_t rows, size_t threads)
{
    small_workspace *workspace = &net->small_net->workspace;
    if (rows <= workspace->rows && threads <= workspace->threads)
        return LW_OK;
    small_workspace larger = {
        .rows = rows > workspace->rows ? rows : workspace->rows,
        .threads = threads > workspace->threads ? threads : workspace->threads,
    };
    lw_arena arena = {0};
    place_workspace(&larger, &arena, &net->small_net->plan);
    larger.count = arena.count;
    larger.memory = arena.overflow ? NULL : lw_alloc_floats(arena.count);
    if (!larger.memory)
        return lw_fail(LW_ENOMEM, "no memory for a batch of %zu rows", larger.rows);
    arena = (lw_arena){.memory = larger.memory};
    place_workspace(&larger, &arena, &net->small_net->plan);
    free(workspace->memory);
    *workspace = larger;
    return LW_OK;
}

static lw_status reserve(lw_net *net, size_t rows)
{
    const lw_status status = lw_net_reserve_gradients(net);
    return status == LW_OK ? reserve_workspace(net, rows, step_threads(net, rows)) : status;
}

static lw_status blocks_phase(void *user, size_t thread, size_t threads)
{
    const small_job *job = user;
    const lw_small_net *plan = &job->net->small_net->plan;
    const small_workspace *workspace = &job->net->small_net->workspace;
    size_t first, count;
    lw_pool_partition(job->blocks, 1, thread, threads, &first, &count);
    return lw_small_net_pass(plan, job->batch, first, count, job->net->parameters,
                             workspace->sums + first * plan->parameter_count,
                             workspace->scratch + thread * plan->workspace);
}

/* Sums the gradients of the blocks and updates, on one thread: these are a few thousand additions.
 */
static lw_status sums_phase(void *user, size_t thread, size_t threads)
{
    (void)threads;
    const small_job *job = user;
    lw_net *net = job->net;
    if (thread > 0)
        return LW_OK;
    const size_t n = net->padded_count;
    lw_status status =
        lw_column_sums(job->blocks, n, net->small_net->workspace.sums, n, 0.0f, net->gradients);
    const lw_small_net_update *update = job->update;
    /* As lw_small_net_step does for a single block. */
    if (status == LW_OK && update && lw_small_net_diverged(&net->small_net->plan, net->gradients))
        return lw_loss_not_finite("", NULL);
    const lw_optimizer_state *state = &net->optimizer;
    if (status == LW_OK && update && update->sgd)
        status = lw_sgd_update(n, update->sgd, net->gradients, net->parameters, state->velocity);
    if (status == LW_OK && update && update->adam)
        status = lw_adam_update(n, update->adam, net->gradients, net->parameters, state->velocity,
                                state->variance);
    return status;
}

/* The floating-point mode to set around repeated steps. A single block runs on the calling thread;
 * otherwise lw_pool_run sets the mode on each thread. */
static lw_denormals caller_mode(size_t rows)
{
    return lw_small_net_blocks(rows) > 1 ? LW_CALLERS_DENORMALS : LW_FLUSH_DENORMALS;
}

static lw_status run_blocks(lw_net *net, const lw_small_net_batch *batch,
                            const lw_small_net_update *update)
{
    static const lw_phase phases[] = {blocks_phase, sums_phase};
    small_job job = {net, batch, update, lw_small_net_blocks(batch->rows)};
    const lw_small_net *plan = &net->small_net->plan;
    const small_workspace *workspace = &net->small_net->workspace;
    if (job.blocks > 1)
        return lw_pool_run(step_threads(net, batch->rows), LW_FLUSH_DENORMALS, net->isa, 2, phases,
                           &job);
    return update ? lw_small_net_step(plan, batch, update, net->parameters, net->gradients,
                                      net->optimizer.velocity, net->optimizer.variance,
                                      workspace->scratch)
                  : lw_small_net_pass(plan, batch, 0, 1, net->parameters, net->gradients,
                                      workspace->scratch);
}

static lw_small_net_loss loss_of(const lw_loss_rule *rule)
{
    switch (rule->loss) {
    case LW_LOSS_CROSS_ENTROPY:
        return LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY;
    case LW_LOSS_BINARY_CROSS_ENTROPY:
        return LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY;
    default:
        return LW_SMALL_NET_LOSS_SQUARED_ERROR;
    }
}

static lw_status take_steps(lw_net *net, const lw_loss_rule *rule,
                            const lw_optimizer_step *optimizer, const lw_batch *batch,
                            size_t *steps, double *value)
{
    const lw_dataset *data = batch->gather ? batch->gather->data : NULL;
    const lw_target *target = data ? &data->target : &batch->target;
    const lw_small_net_batch small = {.rows = batch->rows,
                                      .x = data ? data->x : batch->x,
                                      .index = data ? batch->index : NULL,
                                      .loss = loss_of(rule),
                                      .values = target->values,
                                      .labels = target->labels,
                                      .scale = lw_loss_scale(rule, batch->rows),
                                      .row_loss =
                                          value ? net->small_net->workspace.row_loss : NULL};
    lw_adam_update_params adam = {0};
    lw_small_net_update update = {0};
    if (optimizer && optimizer->is_sgd) {
        update.sgd = &optimizer->sgd;
    } else if (optimizer) {
        adam = optimizer->adam;
        update.adam = &adam;
    }
    const size_t max_steps = *steps;
    lw_status status = LW_OK;
    const unsigned long mode = lw_begin_denormals(caller_mode(batch->rows));
    for (*steps = 0; *steps < max_steps && status == LW_OK; *steps += status == LW_OK, adam.step++)
        status = run_blocks(net, &small, optimizer ? &update : NULL);
    lw_end_denormals(mode);
    if (status == LW_OK && value)
        *value = lw_loss_value(rule, batch->rows, batch->rows, net->small_net->workspace.row_loss);
    return status;
}

static lw_status gradients(lw_net *net, size_t rows, const float *x)
{
    const lw_small_net_batch batch = {.rows = rows,
                                      .x = x,
                                      .loss = LW_SMALL_NET_LOSS_LOGIT_GRADIENT,
                                      .gradient = lw_last_layer(net)->dz.floats};
    const unsigned long mode = lw_begin_denormals(caller_mode(rows));
    const lw_status status = run_blocks(net, &batch, NULL);
    lw_end_denormals(mode);
    return status;
}

static lw_status reserve_step(lw_net *net, size_t rows, int has_update)
{
    (void)has_update; /* gradients are always stored */
    return reserve(net, rows);
}

const lw_program lw_small_net_program = {.reserve = reserve,
                                         .reserve_step = reserve_step,
                                         .take_steps = take_steps,
                                         .gradients = gradients,
                                         .repeats_steps = 1};
