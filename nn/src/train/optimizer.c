/* Optimizers: options, state in a network, and the parameters of a step. */
#include "optimizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

lw_optimizer lw_sgd(float learning_rate)
{
    return (lw_optimizer){.kind = LW_OPTIMIZER_SGD, .learning_rate = learning_rate};
}

lw_optimizer lw_sgd_momentum(float learning_rate, float momentum)
{
    return (lw_optimizer){
        .kind = LW_OPTIMIZER_SGD, .learning_rate = learning_rate, .momentum = momentum};
}

lw_optimizer lw_adam(float learning_rate)
{
    return (lw_optimizer){.kind = LW_OPTIMIZER_ADAM,
                          .learning_rate = learning_rate,
                          .beta1 = 0.9f,
                          .beta2 = 0.999f,
                          .epsilon = 1e-8f};
}

lw_optimizer lw_adamw(float learning_rate, float weight_decay)
{
    lw_optimizer optimizer = lw_adam(learning_rate);
    optimizer.kind = LW_OPTIMIZER_ADAMW;
    optimizer.weight_decay = weight_decay;
    return optimizer;
}

lw_optimizer lw_optimizer_resolve(const lw_optimizer *optimizer)
{
    return optimizer->kind == LW_OPTIMIZER_DEFAULT ? lw_adam(1e-3f) : *optimizer;
}

static int is_finite_and_not_negative(float x)
{
    return isfinite(x) && x >= 0.0f;
}

static int is_below_one(float x)
{
    return x >= 0.0f && x < 1.0f;
}

lw_status lw_optimizer_check(const lw_optimizer *optimizer)
{
    const lw_optimizer *o = optimizer;
    if (!o)
        return lw_fail(LW_EINVAL, "optimizer is NULL");
    if (o->kind == LW_OPTIMIZER_DEFAULT)
        return LW_OK;
    if (o->kind < LW_OPTIMIZER_SGD || o->kind > LW_OPTIMIZER_ADAMW)
        return lw_fail(LW_EINVAL, "unknown optimizer %d", (int)o->kind);
    if (!is_finite_and_not_negative(o->learning_rate))
        return lw_fail(LW_EINVAL, "learning rate %g is not finite and at least 0",
                       (double)o->learning_rate);
    if (!is_finite_and_not_negative(o->weight_decay))
        return lw_fail(LW_EINVAL, "weight decay %g is not finite and at least 0",
                       (double)o->weight_decay);
    if (o->kind == LW_OPTIMIZER_SGD) {
        if (!is_below_one(o->momentum))
            return lw_fail(LW_EINVAL, "momentum %g is not in [0, 1)", (double)o->momentum);
        if (o->nesterov && o->momentum == 0.0f)
            return lw_fail(LW_EINVAL, "Nesterov momentum needs a momentum above 0");
        return LW_OK;
    }
    if (!is_below_one(o->beta1) || !is_below_one(o->beta2))
        return lw_fail(LW_EINVAL, "betas %g and %g are not in [0, 1)", (double)o->beta1,
                       (double)o->beta2);
    /* A parameter without gradients so far would be updated by 0 / 0. */
    if (!isfinite(o->epsilon) || o->epsilon <= 0.0f)
        return lw_fail(LW_EINVAL, "epsilon %g is not above 0", (double)o->epsilon);
    return LW_OK;
}

void lw_optimizer_reset(lw_net *net)
{
    free(net->optimizer.velocity);
    free(net->optimizer.variance);
    net->optimizer = (lw_optimizer_state){0};
}

/* A copy of a moment; NULL if there is none. Returns 0 without memory. */
static int copy_moment(float **copy, const float *moment, size_t count)
{
    *copy = moment ? lw_alloc_floats(count) : NULL;
    if (*copy)
        memcpy(*copy, moment, count * sizeof *moment);
    return *copy || !moment;
}

lw_status lw_optimizer_copy(lw_net *to, const lw_net *from)
{
    const size_t count = from->padded_count;
    lw_optimizer_state copy = from->optimizer;
    if (!copy_moment(&copy.velocity, from->optimizer.velocity, count))
        return lw_fail(LW_ENOMEM, "no memory for the optimizer's state");
    if (!copy_moment(&copy.variance, from->optimizer.variance, count)) {
        free(copy.velocity);
        return lw_fail(LW_ENOMEM, "no memory for the optimizer's state");
    }
    lw_optimizer_reset(to);
    to->optimizer = copy;
    return LW_OK;
}

lw_status lw_net_reset_optimizer(lw_net *net)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_reset_optimizer: net is NULL");
    lw_optimizer_reset(net);
    return LW_OK;
}

/* Allocates the state. A new kind replaces the old state once its memory is allocated. */
static lw_status reserve_state(lw_net *net, const lw_optimizer *optimizer)
{
    lw_optimizer_state *state = &net->optimizer;
    const int is_new = state->kind != optimizer->kind, adam = optimizer->kind != LW_OPTIMIZER_SGD;
    const int needs_velocity =
        (adam || optimizer->momentum != 0.0f) && (is_new || !state->velocity);
    const int needs_variance = adam && (is_new || !state->variance);
    float *velocity = needs_velocity ? lw_alloc_floats(net->padded_count) : NULL;
    float *variance = needs_variance ? lw_alloc_floats(net->padded_count) : NULL;
    if ((needs_velocity && !velocity) || (needs_variance && !variance)) {
        free(velocity);
        free(variance);
        return lw_fail(LW_ENOMEM, "no memory for the optimizer's state of %zu parameters",
                       net->parameter_count);
    }
    if (is_new)
        lw_optimizer_reset(net);
    state->kind = optimizer->kind;
    if (velocity)
        state->velocity = velocity;
    if (variance)
        state->variance = variance;
    return LW_OK;
}

lw_status lw_optimizer_begin(lw_net *net, const lw_optimizer *optimizer, lw_optimizer_step *step)
{
    const lw_optimizer resolved = lw_optimizer_resolve(optimizer), *o = &resolved;
    const lw_status status = reserve_state(net, o);
    if (status != LW_OK)
        return status;
    *step = (lw_optimizer_step){
        .is_sgd = o->kind == LW_OPTIMIZER_SGD,
        .sgd = {.learning_rate = o->learning_rate,
                .momentum = o->momentum,
                .weight_decay = o->weight_decay,
                .nesterov = o->nesterov},
        .adam = {.learning_rate = o->learning_rate,
                 .beta1 = o->beta1,
                 .beta2 = o->beta2,
                 .epsilon = o->epsilon,
                 .weight_decay = o->weight_decay,
                 .decoupled = o->kind == LW_OPTIMIZER_ADAMW,
                 .step = net->optimizer.steps + 1},
    };
    return LW_OK;
}

lw_update lw_optimizer_update(const lw_optimizer_step *step, const lw_net *net)
{
    return (lw_update){.sgd = step->is_sgd ? &step->sgd : NULL,
                       .adam = step->is_sgd ? NULL : &step->adam,
                       .m = net->optimizer.velocity,
                       .v = net->optimizer.variance};
}
