/*
 * The training step. A job runs in phases with a barrier between them (see team.h and phases.h):
 *
 *   rows     each thread takes its share of the mini-batch's rows through forward pass, loss and
 *            backward pass to the inputs of the layers
 *   descent  each thread computes its share of the rows of every dW over the whole batch, and
 *            applies the optimizer to each tile of it
 *
 * Where the gradients are wanted, or a batch is larger than a tile takes at once, two phases stand in
 * the place of descent: gradients, which stores them, and update, which uses them; between the two a network with
 * ranks adds them up (shared_step.c). Nothing is ever
 * summed over threads, so the bits do not depend on their number; and the calls of the user's own loop
 * run the same phases one by one, so they give the same bits.
 */
#include "step.h"

#include "distributed/ranks.h"
#include "distributed/shared_step.h"
#include "finite.h"
#include "layers/mixed.h"
#include "layers/phases.h"
#include "narrow_step.h"
#include "threads/team.h"
#include <string.h>

/* Estimated operations per output of a loss and per parameter of an update. */
enum { LOSS_FLOPS = 50, UPDATE_FLOPS = 15 };

static double job_flops(const lw_step_job *job)
{
    const double parameters = (double)job->net->parameter_count, rows = (double)job->batch->rows;
    const int passes = job->forward + 2 * job->backward;
    double flops = 2.0 * passes * rows * parameters;
    if (job->rule)
        flops += LOSS_FLOPS * rows * (double)job->rule->outputs;
    if (job->optimizer)
        flops += UPDATE_FLOPS * parameters;
    return flops;
}

/* Copies the outputs only once all rows have succeeded: a failure leaves y as it was. */
static lw_status outputs_phase(void *user, size_t thread, size_t threads)
{
    const lw_step_job *job = user;
    const size_t out = lw_net_outputs(job->net);
    size_t first, count;
    lw_team_share(job->batch->rows, 1, thread, threads, &first, &count);
    if (count > 0)
        memcpy(job->y + first * out, lw_last_layer(job->net)->y + first * out,
               count * out * sizeof *job->y);
    return LW_OK;
}

const lw_phases *lw_phases_of(const lw_net *net)
{
    return net->mixed ? &lw_mixed_phases : &lw_wide_phases;
}

/* The phases up to rows: before it, the copies of the weights, where they are stale. Returns how many there are. */
static size_t rows_phases(const lw_net *net, lw_phase phases[2])
{
    size_t count = 0;
    if (net->mixed && net->mixed->stale)
        phases[count++] = lw_mixed_pack_phase;
    phases[count++] = lw_phases_of(net)->rows;
    return count;
}

size_t lw_step_threads(const lw_step_job *job)
{
    return lw_team_size(job->net->threads, job_flops(job));
}

/* Which copies of the weights there are now. */
static lw_status finish_rows(lw_net *net, lw_status status)
{
    if (net->mixed && status == LW_OK)
        net->mixed->stale = 0;
    return status;
}

lw_status lw_run_rows(lw_step_job *job, size_t threads)
{
    lw_phase phases[2];
    const size_t count = rows_phases(job->net, phases);
    return finish_rows(job->net, lw_team_run(threads, LW_FLUSH_DENORMALS, count, phases, job));
}

/* Whether a step that updates stores its gradients all the same. */
static int stores_gradients(const lw_net *net, size_t rows)
{
    return rows > LW_UPDATE_MAX_BATCH || lw_has_other_ranks(net);
}

static lw_status run(lw_step_job *job)
{
    lw_net *net = job->net;
    const lw_phases *of = lw_phases_of(net);
    const int descent = job->backward && job->optimizer && !stores_gradients(net, job->batch->rows);
    const int has_rows = job->forward || job->backward || job->rule || job->dy;
    lw_phase phases[5];
    size_t count = has_rows ? rows_phases(net, phases) : 0;
    job->end_layer = net->layer_count;
    job->end_row = SIZE_MAX;
    if (job->y)
        phases[count++] = outputs_phase;
    if (descent)
        phases[count++] = of->descent;
    if (!descent && job->backward)
        phases[count++] = of->gradients;
    if (!descent && job->optimizer)
        phases[count++] = of->update;

    lw_status status = LW_OK;
    if (job->backward && !descent)
        status = lw_net_reserve_gradients(net);
    if (status != LW_OK)
        return status;
    return finish_rows(net,
                       lw_team_run(lw_step_threads(job), LW_FLUSH_DENORMALS, count, phases, job));
}

static lw_status wide_step(lw_net *net, const lw_loss_rule *rule,
                           const lw_optimizer_step *optimizer, const lw_batch *batch, double *value)
{
    lw_step_job job = {.net = net,
                       .batch = batch,
                       .forward = 1,
                       .backward = 1,
                       .rule = rule,
                       .optimizer = optimizer};
    if (lw_has_other_ranks(net))
        return lw_allreduce_step(&job, value);
    const lw_status status = run(&job);
    if (status == LW_OK && value)
        *value = lw_loss_value(rule, batch->rows, batch->rows, net->row_loss);
    return status;
}

/* What a step leaves behind. Whether it could leave gradients is not the caller's business. */
static void finish_steps(lw_net *net, size_t updates)
{
    net->pass.gradients = updates == 0;
    net->optimizer.steps += updates;
}

/* Whether a step is one call: with ranks it stops in the middle. */
static int is_narrow_step(const lw_net *net)
{
    return net->narrow && !net->rank_state;
}

/* All the memory that a step takes, before it changes anything: it would otherwise end with some layers updated. */
static lw_status reserve_step(lw_net *net, size_t rows, int updates)
{
    if (is_narrow_step(net))
        return lw_narrow_reserve(net, rows);
    lw_status status = lw_net_reserve_workspace(net, rows);
    if (status == LW_OK && (!updates || stores_gradients(net, rows)))
        status = lw_net_reserve_gradients(net);
    return status == LW_OK ? lw_scratch_reserve() : status;
}

/* Steps on one batch, which only narrow networks take more than one of at a time. */
static lw_status take_steps(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                            const lw_batch *batch, size_t steps, double *value)
{
    lw_optimizer_step step;
    lw_status status = reserve_step(net, batch->rows, optimizer != NULL);
    if (status == LW_OK && optimizer)
        status = lw_optimizer_begin(net, optimizer, &step);
    if (status != LW_OK)
        return status;
    net->pass.gradients = 0; /* a failure can leave half of them behind, which are then nobody's */
    lw_forget_forward(net);
    if (is_narrow_step(net))
        status = lw_narrow_steps(net, rule, optimizer ? &step : NULL, batch, steps, value);
    else
        status = wide_step(net, rule, optimizer ? &step : NULL, batch, value);
    if (status == LW_OK)
        finish_steps(net, optimizer ? steps : 0);
    return status;
}

lw_status lw_step_run(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                      const lw_batch *batch, double *value)
{
    return take_steps(net, rule, optimizer, batch, 1, value);
}

lw_status lw_step_repeat(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                         const lw_batch *batch, size_t steps)
{
    return take_steps(net, rule, optimizer, batch, steps, NULL);
}

static lw_status check_batch(const lw_net *net, size_t rows, const float *x)
{
    if (!net || !x)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "x" : "net");
    if (rows == 0)
        return lw_fail(LW_EINVAL, "a batch of no rows");
    const lw_status status = lw_check_rows("x", rows, lw_net_inputs(net));
    return status == LW_OK ? lw_check_rows("y", rows, lw_net_outputs(net)) : status;
}

static lw_status check_loss(const lw_net *net, lw_loss loss, const lw_target *target, size_t rows,
                            lw_loss_rule *rule)
{
    lw_status status = lw_loss_resolve(net, loss, rule);
    if (status == LW_OK)
        status = lw_loss_check_target(rule, target);
    if (status == LW_OK && target->labels)
        status = lw_loss_check_labels(rule, rows, target->labels);
    return status;
}

lw_status lw_train_step(lw_net *net, lw_loss loss, const lw_optimizer *optimizer, size_t rows,
                        const float *x, const lw_target *target, double *value)
{
    lw_loss_rule rule;
    lw_status status = check_batch(net, rows, x);
    if (status == LW_OK)
        status = check_loss(net, loss, target, rows, &rule);
    if (status == LW_OK)
        status = lw_optimizer_check(optimizer);
    if (status != LW_OK)
        return status;
    const size_t ranks = net->rank_state ? net->rank_state->ranks.count : 1;
    const lw_batch batch = {.rows = rows, .all_rows = rows * ranks, .x = x, .target = *target};
    status = lw_step_run(net, &rule, optimizer, &batch, value);
    return status == LW_EDIVERGED ? lw_fail_loss(net, &batch, "") : status;
}

lw_status lw_net_forward(lw_net *net, size_t rows, const float *x, float *y)
{
    lw_status status = check_batch(net, rows, x);
    if (status == LW_OK)
        status = lw_net_reserve_workspace(net, rows);
    if (status != LW_OK)
        return status;
    lw_forget_forward(net);
    const lw_batch batch = {.rows = rows, .x = x};
    lw_step_job job = {.net = net, .batch = &batch, .forward = 1, .y = y};
    status = run(&job);
    if (status == LW_OK) {
        net->pass.rows = rows;
        net->pass.x = x;
    }
    return status;
}

static lw_status check_forward(const lw_net *net)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    if (net->pass.rows == 0)
        return lw_fail(LW_ESTATE, "no forward pass with the parameters at hand");
    return LW_OK;
}

lw_status lw_net_loss(lw_net *net, lw_loss loss, const lw_target *target, double *value)
{
    lw_loss_rule rule;
    lw_status status = check_forward(net);
    if (status == LW_OK)
        status = check_loss(net, loss, target, net->pass.rows, &rule);
    if (status != LW_OK)
        return status;
    const lw_batch batch = {
        .rows = net->pass.rows, .all_rows = net->pass.rows, .x = net->pass.x, .target = *target};
    lw_step_job job = {.net = net, .batch = &batch, .rule = &rule};
    net->pass.loss_gradient = 0;
    status = run(&job);
    if (status != LW_OK)
        return status;
    net->pass.loss_gradient = 1;
    if (value)
        *value = lw_loss_value(&rule, batch.rows, batch.rows, net->row_loss);
    return LW_OK;
}

lw_status lw_net_backward(lw_net *net, const float *dy)
{
    const lw_status status = check_forward(net);
    if (status != LW_OK)
        return status;
    if (!dy && !net->pass.loss_gradient)
        return lw_fail(LW_ESTATE, "no loss since the last forward pass, and dy is NULL");
    const lw_batch batch = {.rows = net->pass.rows, .x = net->pass.x};
    lw_step_job job = {.net = net, .batch = &batch, .backward = !net->narrow, .dy = dy};
    if (dy)
        net->pass.loss_gradient = 0; /* overwritten */
    net->pass.gradients = 0;
    lw_status done = run(&job);
    if (done == LW_OK && net->narrow)
        done = lw_narrow_backward(net, batch.rows, batch.x);
    net->pass.gradients = done == LW_OK;
    return done;
}

lw_status lw_net_step(lw_net *net, const lw_optimizer *optimizer)
{
    if (!net)
        return lw_fail(LW_EINVAL, "net is NULL");
    lw_status status = lw_optimizer_check(optimizer);
    if (status != LW_OK)
        return status;
    if (!net->pass.gradients)
        return lw_fail(LW_ESTATE, "no gradients to step with");
    lw_optimizer_step step;
    status = lw_scratch_reserve(); /* which a team of threads would ask for too late */
    if (status == LW_OK)
        status = lw_optimizer_begin(net, optimizer, &step);
    if (status != LW_OK)
        return status;
    const lw_batch none = {0};
    lw_step_job job = {.net = net, .batch = &none, .optimizer = &step};
    status = run(&job);
    if (status == LW_OK) {
        net->optimizer.steps++;
        lw_forget_forward(net);
    }
    return status;
}
