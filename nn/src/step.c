/*
 * The training step. A job runs in phases with a barrier between them (see team.h):
 *
 *   rows        each thread takes its share of the mini-batch's rows through forward pass, loss
 *               and backward pass to the inputs of the layers
 *   parameters  each thread computes its share of the rows of every dW over the whole batch
 *   update      each thread applies the optimizer to its share of the parameters
 *
 * Nothing is ever summed over threads, so the bits do not depend on their number; and the calls of
 * the user's own loop run the same phases one by one, so they give the same bits.
 */
#include "step.h"

#include "optimizer.h"
#include "team.h"
#include <string.h>

typedef struct step_job {
    lw_net *net;
    const lw_batch *batch;
    int forward, backward;
    const lw_loss_rule *rule;      /* NULL: no loss */
    const float *dy;               /* the caller's gradient at the outputs; NULL: none */
    const lw_optimizer *optimizer; /* NULL: no update */
    float *y;                      /* receives the outputs; NULL: not wanted */
} step_job;

/* Estimated operations per output of a loss and per parameter of an update. */
enum { LOSS_FLOPS = 50, UPDATE_FLOPS = 15 };

lw_status lw_layer_forward(const lw_layer *layer, size_t rows, const float *x, float *z, float *y)
{
    const size_t in = layer->in, out = layer->spec.units;
    if (layer->spec.activation != LW_SOFTMAX)
        return lw_linear_forward(rows, in, out, x, in, layer->w, out, layer->b,
                                 layer->spec.activation, z, out, y, out);
    const lw_status status = lw_linear_forward(rows, in, out, x, in, layer->w, out, layer->b,
                                               LW_LINEAR, NULL, 0, z, out);
    return status == LW_OK ? lw_softmax(rows, out, z, out, y, out) : status;
}

static void gather_rows(const lw_batch *batch, size_t first, size_t count)
{
    const lw_gather *to = batch->gather;
    const lw_dataset *data = to->data;
    for (size_t i = first; i < first + count; i++) {
        const size_t row = batch->index[i];
        memcpy(to->x + i * data->inputs, data->x + row * data->inputs,
               data->inputs * sizeof *to->x);
        if (data->target.labels)
            to->labels[i] = data->target.labels[row];
        else
            memcpy(to->values + i * data->outputs, data->target.values + row * data->outputs,
                   data->outputs * sizeof *to->values);
    }
}

/* The rows of a layer's input from row first on: of the batch, or of the layer below. */
static const float *layer_input(const step_job *job, size_t layer, size_t first)
{
    const lw_layer *l = &job->net->layers[layer];
    return (layer == 0 ? job->batch->x : l[-1].y) + first * l->in;
}

static lw_status forward_rows(const step_job *job, size_t first, size_t count)
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
            status = lw_linear_forward(count, layer->in, layer->spec.units, x, layer->in, layer->w,
                                       layer->spec.units, layer->b, LW_LINEAR, NULL, 0,
                                       layer->z + at, layer->spec.units);
        else
            status =
                lw_layer_forward(layer, count, x, layer->z ? layer->z + at : NULL, layer->y + at);
    }
    return status;
}

/* The last layer's dz from the gradient dy at its outputs; dy may be dz itself. */
static lw_status output_gradient_rows(const lw_net *net, const float *dy, size_t first,
                                      size_t count)
{
    const lw_layer *last = lw_last_layer(net);
    const size_t out = last->spec.units, at = first * out;
    if (last->spec.activation == LW_SOFTMAX)
        return lw_softmax_backward(count, out, last->y + at, out, dy, out, last->dz + at, out);
    return lw_activate_backward(last->spec.activation, count * out, lw_layer_saved(last) + at, dy,
                                last->dz + at);
}

static lw_status loss_rows(const step_job *job, size_t first, size_t count)
{
    lw_net *net = job->net;
    const lw_layer *last = lw_last_layer(net);
    const lw_loss_rule *rule = job->rule;
    const size_t at = first * rule->outputs;
    const lw_target target = lw_target_from(&job->batch->target, first, rule->outputs);
    const lw_status status =
        lw_loss_rows(rule, count, (rule->from_logits ? last->z : last->y) + at, &target,
                     net->targets + at, job->batch->rows, net->row_loss + first, last->dz + at);
    if (status != LW_OK || rule->from_logits)
        return status;
    return output_gradient_rows(net, last->dz + at, first, count);
}

static lw_status backward_rows(const step_job *job, size_t first, size_t count)
{
    lw_status status = LW_OK;
    for (size_t i = job->net->layer_count - 1; i > 0 && status == LW_OK; i--) {
        const lw_layer *layer = &job->net->layers[i], *below = layer - 1;
        const size_t in = layer->in, out = layer->spec.units;
        status = lw_linear_backward_input(
            count, in, out, layer->dz + first * out, out, layer->w, out, below->spec.activation,
            lw_layer_saved(below) + first * in, in, below->dz + first * in, in);
    }
    return status;
}

static lw_status rows_phase(void *user, size_t thread, size_t threads)
{
    const step_job *job = user;
    size_t first, count;
    lw_team_share(job->batch->rows, 1, thread, threads, &first, &count);
    if (count == 0)
        return LW_OK;
    lw_status status = LW_OK;
    if (job->batch->gather)
        gather_rows(job->batch, first, count);
    if (job->forward)
        status = forward_rows(job, first, count);
    if (status == LW_OK && job->rule)
        status = loss_rows(job, first, count);
    if (status == LW_OK && job->dy)
        status = output_gradient_rows(job->net, job->dy + first * lw_net_outputs(job->net), first,
                                      count);
    if (status == LW_OK && job->backward)
        status = backward_rows(job, first, count);
    return status;
}

/* Copies the outputs only once all rows have succeeded: a failure leaves y as it was. */
static lw_status outputs_phase(void *user, size_t thread, size_t threads)
{
    const step_job *job = user;
    const size_t out = lw_net_outputs(job->net);
    size_t first, count;
    lw_team_share(job->batch->rows, 1, thread, threads, &first, &count);
    if (count > 0)
        memcpy(job->y + first * out, lw_last_layer(job->net)->y + first * out,
               count * out * sizeof *job->y);
    return LW_OK;
}

static lw_status parameters_phase(void *user, size_t thread, size_t threads)
{
    const step_job *job = user;
    lw_status status = LW_OK;
    for (size_t i = 0; i < job->net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &job->net->layers[i];
        const size_t in = layer->in, out = layer->spec.units;
        size_t first, count;
        lw_team_share(in, 1, thread, threads, &first, &count);
        if (count > 0)
            status = lw_linear_backward_weights(
                job->batch->rows, count, out, layer_input(job, i, 0) + first, in, layer->dz, out,
                0.0f, layer->dw + first * out, out, first == 0 ? layer->db : NULL);
    }
    return status;
}

static float *from(float *buffer, size_t first)
{
    return buffer ? buffer + first : NULL;
}

static lw_status fused_phase(void *user, size_t thread, size_t threads)
{
    const step_job *job = user;
    const lw_net *net = job->net;
    const lw_optimizer *o = job->optimizer;
    const lw_sgd_update_params sgd = {.learning_rate = o->learning_rate,
                                          .momentum = o->momentum,
                                          .weight_decay = o->weight_decay,
                                          .nesterov = o->nesterov};
    const lw_adam_update_params adam = {.learning_rate = o->learning_rate,
                                        .beta1 = o->beta1,
                                        .beta2 = o->beta2,
                                        .epsilon = o->epsilon,
                                        .weight_decay = o->weight_decay,
                                        .decoupled = o->kind == LW_ADAMW,
                                        .step = net->optimizer.steps + 1};
    lw_status status = LW_OK;
    for (size_t i = 0; i < net->layer_count && status == LW_OK; i++) {
        const lw_layer *layer = &net->layers[i];
        const size_t in = layer->in, out = layer->spec.units;
        const size_t w_at = (size_t)(layer->w - net->parameters), b_at = (size_t)(layer->b - net->parameters);
        size_t first, count;
        lw_team_share(in, 1, thread, threads, &first, &count);
        const size_t at = w_at + first * out;
        const lw_layer_update update = {
            .sgd = o->kind == LW_SGD ? &sgd : NULL, .adam = o->kind == LW_SGD ? NULL : &adam,
            .w = layer->w + first * out, .ldw = out, .b = first == 0 ? layer->b : NULL,
            .w_m = from(net->optimizer.velocity, at), .w_v = from(net->optimizer.variance, at),
            .b_m = from(net->optimizer.velocity, b_at), .b_v = from(net->optimizer.variance, b_at)};
        if (count > 0)
            status = lw_linear_backward_update(job->batch->rows, count, out, layer_input(job, i, 0) + first, in, layer->dz, out, &update);
    }
    return status;
}

static lw_status update_phase(void *user, size_t thread, size_t threads)
{
    const step_job *job = user;
    size_t first, count;
    lw_team_share(job->net->padded_count, LW_SECTION, thread, threads, &first, &count);
    return count > 0 ? lw_optimizer_update(job->net, job->optimizer, first, count) : LW_OK;
}

static double job_flops(const step_job *job)
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

static lw_status run(step_job *job)
{
    lw_phase phases[4];
    size_t count = 0;
    if (job->forward || job->backward || job->rule)
        phases[count++] = rows_phase;
    if (job->y)
        phases[count++] = outputs_phase;
    if (job->backward && job->optimizer) {
        phases[count++] = fused_phase;
    } else {
    if (job->backward)
        phases[count++] = parameters_phase;
    if (job->optimizer)
        phases[count++] = update_phase;
    }

    lw_net *net = job->net;
    /* A failure can leave half of the new gradients behind; they are then nobody's. */
    if (job->backward)
        net->pass.gradients = 0;
    const lw_status status =
        lw_team_run(lw_team_size(net->threads, job_flops(job)), count, phases, job);
    if (status != LW_OK)
        return status;
    if (job->backward)
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
    lw_optimizer resolved;
    if (status == LW_OK && optimizer) {
        resolved = lw_optimizer_resolve(optimizer);
        optimizer = &resolved;
        status = lw_optimizer_prepare(net, optimizer);
    }
    if (status != LW_OK)
        return status;
    lw_forget_forward(net);
    step_job job = {.net = net,
                    .batch = batch,
                    .forward = 1,
                    .backward = 1,
                    .rule = rule,
                    .optimizer = optimizer};
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
    step_job job = {.net = net, .batch = &batch, .forward = 1, .y = y};
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
    step_job job = {.net = net, .batch = &batch, .rule = &rule};
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
    step_job job = {.net = net, .batch = &batch, .backward = 1, .dy = dy};
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
    const lw_optimizer resolved = lw_optimizer_resolve(optimizer);
    status = lw_optimizer_prepare(net, &resolved);
    if (status != LW_OK)
        return status;
    const lw_batch none = {0};
    step_job job = {.net = net, .batch = &none, .optimizer = &resolved};
    return run(&job);
}
