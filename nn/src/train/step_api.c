/* Public training functions: whole steps, or single phases for a custom loop. Arguments are
 * checked here. */
#include "base/message.h"
#include "diverged.h"
#include "step.h"

lw_status lw_net_reserve(lw_net *net, size_t rows)
{
    lw_status status = lw_check_net(net);
    if (status == LW_OK)
        status = lw_check_rows("a batch", rows, lw_net_inputs(net));
    if (status == LW_OK)
        status = net->program->reserve(net, rows);
    return lw_fail_in("lw_net_reserve", status);
}

static lw_status check_batch(const lw_net *net, size_t rows, const float *x)
{
    lw_status status = lw_check_net(net);
    if (status != LW_OK)
        return status;
    if (!x)
        return lw_fail(LW_EINVAL, "x is NULL");
    if (rows == 0)
        return lw_fail(LW_EINVAL, "a batch of no rows");
    status = lw_check_rows("x", rows, lw_net_inputs(net));
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

static lw_status train_step(lw_net *net, lw_loss loss, const lw_optimizer *optimizer, size_t rows,
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
    const lw_batch batch = {
        .rows = rows, .all_rows = rows * net->rank.count, .x = x, .target = *target};
    status = lw_step_run(net, &rule, optimizer, &batch, value);
    return status == LW_EDIVERGED ? lw_fail_loss(net, &batch, "") : status;
}

lw_status lw_train_step(lw_net *net, lw_loss loss, const lw_optimizer *optimizer, size_t rows,
                        const float *x, const lw_target *target, double *value)
{
    return lw_fail_in("lw_train_step", train_step(net, loss, optimizer, rows, x, target, value));
}

static lw_status forward(lw_net *net, size_t rows, const float *x, float *y)
{
    lw_status status = check_batch(net, rows, x);
    if (status == LW_OK)
        status = lw_net_reserve_workspace(net, rows);
    if (status != LW_OK)
        return status;
    lw_invalidate_forward(net);
    const lw_batch batch = {.rows = rows, .x = x};
    lw_step_job job = {.net = net, .batch = &batch, .forward = 1, .y = y};
    status = lw_job_run(&job);
    if (status == LW_OK) {
        net->pass.rows = rows;
        net->pass.x = x;
    }
    return status;
}

lw_status lw_net_forward(lw_net *net, size_t rows, const float *x, float *y)
{
    return lw_fail_in("lw_net_forward", forward(net, rows, x, y));
}

static lw_status check_forward(const lw_net *net)
{
    const lw_status status = lw_check_net(net);
    if (status == LW_OK && net->pass.rows == 0)
        return lw_fail(LW_ESTATE, "no forward pass with the current parameters");
    return status;
}

static lw_status compute_loss(lw_net *net, lw_loss loss, const lw_target *target, double *value)
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
    status = lw_job_run(&job);
    if (status != LW_OK)
        return status;
    net->pass.loss_gradient = 1;
    if (value)
        *value = lw_loss_value(&rule, batch.rows, batch.rows, net->row_loss);
    return LW_OK;
}

lw_status lw_net_loss(lw_net *net, lw_loss loss, const lw_target *target, double *value)
{
    return lw_fail_in("lw_net_loss", compute_loss(net, loss, target, value));
}

static lw_status check_backward(const lw_net *net, const float *dy, const float *dx)
{
    const lw_status status = check_forward(net);
    if (status != LW_OK)
        return status;
    if (!dy && !net->pass.loss_gradient)
        return lw_fail(LW_ESTATE, "no loss since the last forward pass, and dy is NULL");
    const size_t rows = net->pass.rows, inputs = rows * lw_net_inputs(net);
    if (lw_overlap(dx, inputs, net->pass.x, inputs) ||
        lw_overlap(dx, inputs, dy, rows * lw_net_outputs(net)))
        return lw_fail(LW_EOVERLAP, "dx shares memory with the inputs or dy");
    return LW_OK;
}

static lw_status backward(lw_net *net, const float *dy, float *dx)
{
    lw_status status = check_backward(net, dy, dx);
    /* All that could fail half way. */
    if (status == LW_OK && dx)
        status = lw_net_reserve_input_gradient(net);
    if (status == LW_OK && dx)
        status = lw_scratch_reserve();
    if (status != LW_OK)
        return status;
    const lw_program *program = net->program;
    const int by_layers = !program->gradients;
    const lw_batch batch = {.rows = net->pass.rows, .x = net->pass.x};
    lw_step_job job = {.net = net,
                       .batch = &batch,
                       .dy = dy,
                       .backward = by_layers || dx,
                       .dx = dx,
                       .gradients = by_layers};
    if (dy)
        net->pass.loss_gradient = 0; /* overwritten */
    net->pass.gradients = 0;
    if (!by_layers)
        status = program->reserve_step(net, batch.rows, 0);
    if (status == LW_OK)
        status = lw_job_run(&job);
    if (status == LW_OK && !by_layers)
        status = program->gradients(net, batch.rows, batch.x);
    net->pass.gradients = status == LW_OK;
    return status;
}

lw_status lw_net_backward(lw_net *net, const float *dy, float *dx)
{
    return lw_fail_in("lw_net_backward", backward(net, dy, dx));
}

static lw_status update(lw_net *net, const lw_optimizer *optimizer)
{
    lw_status status = lw_check_net(net);
    if (status == LW_OK)
        status = lw_optimizer_check(optimizer);
    if (status != LW_OK)
        return status;
    if (!net->pass.gradients)
        return lw_fail(LW_ESTATE, "no gradients to step with");
    lw_optimizer_step step;
    status = lw_scratch_reserve(); /* which several threads would ask for too late */
    if (status == LW_OK)
        status = lw_optimizer_begin(net, optimizer, &step);
    if (status != LW_OK)
        return status;
    const lw_batch none = {0};
    lw_step_job job = {.net = net, .batch = &none, .optimizer = &step};
    status = lw_job_run(&job);
    if (status == LW_OK) {
        net->optimizer.steps++;
        lw_invalidate_forward(net);
    }
    return status;
}

lw_status lw_net_step(lw_net *net, const lw_optimizer *optimizer)
{
    return lw_fail_in("lw_net_step", update(net, optimizer));
}
