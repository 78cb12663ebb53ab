#include "host.h"

#include "train/optimizer.h"

#include <stdlib.h>
#include <string.h>

/* Parameters and two moments. */
enum { BUFFERS = 3 };

/* Where number i of the buffers lies. */
static float *buffer_at(const lw_net *net, size_t i)
{
    return (float *)lw_host_memory(net)->memory + i * net->padded_count;
}

/* Points everything that lies in the parameters to where they lie now. */
static void place_parameters(lw_net *net, float *parameters)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        lw_layer *layer = &net->layers[i];
        layer->weights.w = parameters + (layer->weights.w - net->parameters);
        layer->b = parameters + (layer->b - net->parameters);
    }
    net->parameters = parameters;
}

static void copy_buffer(const lw_net *net, float *to, const float *from)
{
    memcpy(to, from, net->padded_count * sizeof *to);
}

/* Copies of one rank serve all. */
static lw_status copy_first(lw_net *net)
{
    const lw_optimizer_state *state = &net->optimizer;
    if (lw_host_ranks(net)->rank == 0) {
        copy_buffer(net, buffer_at(net, 0), net->parameters);
        if (state->velocity)
            copy_buffer(net, buffer_at(net, 1), state->velocity);
        if (state->variance)
            copy_buffer(net, buffer_at(net, 2), state->variance);
    }
    return lw_host_meet(net);
}

lw_status lw_host_enter(lw_net *net)
{
    const lw_host *host = net->shared ? lw_host_ranks(net) : NULL;
    if (!host || host->count < 2 || host->count != net->shared->ranks.count || net->mixed)
        return LW_OK;
    lw_host_net *on_host = lw_host_memory(net);
    const size_t bytes = BUFFERS * net->padded_count * sizeof(float);
    on_host->memory = host->share(host->user, bytes + host->count * sizeof(lw_host_note));
    if (!on_host->memory) /* they do without */
        return LW_OK;
    on_host->notes = (lw_host_note *)(void *)((char *)on_host->memory + bytes);
    const lw_status status = copy_first(net);
    if (status != LW_OK) {
        lw_host_forget(net);
        return status;
    }
    lw_optimizer_state *state = &net->optimizer;
    float *own[BUFFERS] = {net->parameters, state->velocity, state->variance};
    place_parameters(net, buffer_at(net, 0));
    state->velocity = own[1] ? buffer_at(net, 1) : NULL;
    state->variance = own[2] ? buffer_at(net, 2) : NULL;
    for (size_t i = 0; i < BUFFERS; i++)
        free(own[i]);
    return LW_OK;
}

lw_status lw_host_leave(lw_net *net)
{
    lw_host_net *on_host = lw_host_of(net);
    if (!on_host)
        return LW_OK;
    lw_optimizer_state *state = &net->optimizer;
    const float *shared[BUFFERS] = {net->parameters, state->velocity, state->variance};
    float *own[BUFFERS] = {NULL};
    for (size_t i = 0; i < BUFFERS; i++) {
        own[i] = shared[i] ? lw_alloc_floats(net->padded_count) : NULL;
        if (shared[i] && !own[i]) {
            while (i-- > 0)
                free(own[i]);
            return lw_fail(LW_ENOMEM, "no memory for %zu parameters", net->parameter_count);
        }
    }
    for (size_t i = 0; i < BUFFERS; i++)
        if (own[i])
            copy_buffer(net, own[i], shared[i]);
    place_parameters(net, own[0]);
    state->velocity = own[1];
    state->variance = own[2];
    lw_host_forget(net);
    return LW_OK;
}

void lw_host_forget(lw_net *net)
{
    lw_host_net *on_host = lw_host_of(net);
    if (!on_host)
        return;
    const lw_host *host = lw_host_ranks(net);
    if (on_host->rows)
        host->unshare(host->user, on_host->rows);
    host->unshare(host->user, on_host->memory);
    *on_host = (lw_host_net){0};
}

lw_status lw_host_reserve(lw_net *net, size_t rows)
{
    lw_host_net *on_host = lw_host_memory(net);
    const lw_host *host = lw_host_ranks(net);
    size_t inputs, workspace;
    if (rows <= on_host->most_rows)
        return LW_OK;
    if (lw_multiply_overflows(rows, lw_net_inputs(net), &inputs) ||
        lw_lay_out_workspace(net, rows, NULL, 0, &workspace) ||
        inputs > PTRDIFF_MAX / sizeof(float) - workspace - LW_SECTION)
        return lw_fail(LW_EINVAL, "a batch of %zu rows overflows", rows);
    inputs = (inputs + LW_SECTION - 1) / LW_SECTION * LW_SECTION;
    void *memory = host->share(host->user, (inputs + workspace) * sizeof(float));
    if (!memory)
        return lw_fail(LW_ENOMEM, "no shared memory for a batch of %zu rows (%zu floats)", rows,
                       inputs + workspace);
    if (on_host->rows)
        host->unshare(host->user, on_host->rows);
    on_host->rows = memory;
    on_host->most_rows = rows;
    on_host->rows_floats = inputs + workspace;
    on_host->x = memory;
    on_host->workspace = on_host->x + inputs;
    return LW_OK;
}

lw_status lw_host_meet(const lw_net *net)
{
    const lw_host *host = lw_host_of(net) ? lw_host_ranks(net) : NULL;
    return host ? host->meet(host->user) : LW_OK;
}

static lw_status meet_times(const lw_net *net, unsigned times)
{
    lw_status status = LW_OK;
    for (unsigned i = 0; i < times && status == LW_OK; i++)
        status = lw_host_meet(net);
    return status;
}

lw_status lw_host_begin_turn(const lw_net *net)
{
    return lw_host_of(net) ? meet_times(net, lw_host_ranks(net)->rank + 1) : LW_OK;
}

lw_status lw_host_end_turn(const lw_net *net)
{
    const lw_host *host = lw_host_of(net) ? lw_host_ranks(net) : NULL;
    return host ? meet_times(net, host->count - host->rank) : LW_OK;
}

float *lw_host_moment(const lw_net *net, int second)
{
    return buffer_at(net, second ? 2 : 1);
}

float *lw_moment_alloc(const lw_net *net, int second)
{
    if (!lw_host_of(net))
        return lw_alloc_floats(net->padded_count);
    /* Others may still read what is there, and none is to use it before it is cleared. A failure to meet is that of the next
     * meeting too. */
    float *moment = lw_host_moment(net, second);
    lw_host_meet(net);
    if (lw_host_ranks(net)->rank == 0)
        memset(moment, 0, net->padded_count * sizeof *moment);
    lw_host_meet(net);
    return moment;
}

void lw_moment_free(const lw_net *net, float *moment)
{
    if (!lw_host_of(net))
        free(moment);
}
