/*
 * The training step. A job runs in phases with a barrier between them (see team.h and phases.h):
 *
 *   rows     each thread takes its share of the mini-batch's rows through forward pass, loss and
 *            backward pass to the inputs of the layers
 *   descent  each thread computes its share of the rows of every dW over the whole batch, and
 *            applies the optimizer to each tile of it
 *
 * Where the gradients are wanted, or a batch is larger than a tile takes at once, two phases stand in
 * the place of descent: gradients, which stores them, and update, which uses them. Nothing is ever
 * summed over threads, so the bits do not depend on their number; and the calls of the user's own loop
 * run the same phases one by one, so they give the same bits.
 */
#include "step.h"

#include "phases.h"
#include "team.h"

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

static lw_status run(lw_step_job *job)
{
    lw_net *net = job->net;
    const int descent =
        job->backward && job->optimizer && job->batch->rows <= LW_UPDATE_MAX_BATCH;
    lw_phase phases[4];
    size_t count = 0;
    if (job->forward || job->backward || job->rule)
        phases[count++] = lw_rows_phase;
    if (job->y)
        phases[count++] = lw_outputs_phase;
    if (descent)
        phases[count++] = lw_descent_phase;
    if (!descent && job->backward)
        phases[count++] = lw_gradients_phase;
    if (!descent && job->optimizer)
        phases[count++] = lw_update_phase;

    lw_status status = LW_OK;
    if (job->backward && !descent)
        status = lw_net_reserve_gradients(net);
    if (status != LW_OK)
        return status;
    /* A failure can leave half of the new gradients behind; they are then nobody's. */
    if (job->backward)
        net->pass.gradients = 0;
    status = lw_team_run(lw_team_size(net->threads, job_flops(job)), count, phases, job);
    if (status != LW_OK)
        return status;
    if (job->backward && !job->optimizer)
        net->pass.gradients = 1;
    if (job->optimizer) {
        net->optimizer.steps++;
        lw_forget_forward(net);
    }
    return LW_OK;
}

lw_status lw_step_run(lw_net *net, const lw_loss_rule *rule, const lw_optimizer *optimizer,
                      const lw_batch *batch, double *value)
{
    lw_status status = lw_net_reserve(net, batch->rows);
    lw_optimizer_step step;
    if (status == LW_OK && optimizer)
        status = lw_optimizer_begin(net, optimizer, &step);
    if (status != LW_OK)
        return status;
    lw_forget_forward(net);
    lw_step_job job = {.net = net,
                    .batch = batch,
                    .forward = 1,
                    .backward = 1,
                    .rule = rule,
                    .optimizer = optimizer ? &step : NULL};
    status = run(&job);
    if (status == LW_OK && value)
        *value = lw_loss_value(rule, batch->rows, net->row_loss);
    return status;
}

static lw_status check_batch(const lw_net *net, size_t rows, const float *x)
{
    if (!net || !x)
        return lw_fail(LW_EINVAL, "%s is NULL", net ? "x" : "net");
    if (rows == 0)
        return lw_fail(LW_EINVAL, "a batch of no rows");
    return LW_OK;
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
    const lw_batch batch = {.rows = rows, .x = x, .target = *target};
    return lw_step_run(net, &rule, optimizer, &batch, value);
}

lw_status lw_net_forward(lw_net *net, size_t rows, const float *x, float *y)
{
    lw_status status = check_batch(net, rows, x);
    if (status == LW_OK)
        status = lw_net_reserve(net, rows);
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
    const lw_batch batch = {.rows = net->pass.rows, .x = net->pass.x, .target = *target};
    lw_step_job job = {.net = net, .batch = &batch, .rule = &rule};
    net->pass.loss_gradient = 0;
    status = run(&job);
    if (status != LW_OK)
        return status;
    net->pass.loss_gradient = 1;
    if (value)
        *value = lw_loss_value(&rule, batch.rows, net->row_loss);
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
    lw_step_job job = {.net = net, .batch = &batch, .backward = 1, .dy = dy};
    if (dy)
        net->pass.loss_gradient = 0; /* overwritten */
    return run(&job);
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
    status = lw_optimizer_begin(net, optimizer, &step);
    if (status != LW_OK)
        return status;
    const lw_batch none = {0};
    lw_step_job job = {.net = net, .batch = &none, .optimizer = &step};
    return run(&job);
}
