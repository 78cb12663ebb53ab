#include "guard.h"

#include <stdlib.h>
#include <string.h>

enum { BUFFERS = 3 };

/* The network's buffers; NULL where the optimizer has no such moment. */
static void list_buffers(const lw_net *net, float *buffers[BUFFERS])
{
    buffers[0] = net->parameters;
    buffers[1] = net->optimizer.velocity;
    buffers[2] = net->optimizer.variance;
}

lw_status lw_guard_create(lw_guard *guard, const lw_net *net)
{
    *guard = (lw_guard){.memory = lw_alloc_floats(BUFFERS * net->padded_count)};
    return guard->memory
               ? LW_OK
               : lw_fail(LW_ENOMEM, "no memory for a copy of %zu parameters", net->parameter_count);
}

void lw_guard_destroy(lw_guard *guard)
{
    free(guard->memory);
    *guard = (lw_guard){0};
}

void lw_guard_keep(lw_guard *guard, const lw_net *net, const lw_position *position)
{
    const size_t n = net->padded_count;
    float *buffers[BUFFERS];
    list_buffers(net, buffers);
    for (size_t i = 0; i < BUFFERS; i++)
        if (buffers[i])
            memcpy(guard->memory + i * n, buffers[i], n * sizeof *buffers[i]);
    guard->position = *position;
    guard->random = net->random;
    guard->steps = net->optimizer.steps;
}

void lw_guard_restore(const lw_guard *guard, lw_net *net, lw_position *position)
{
    const size_t n = net->padded_count;
    float *buffers[BUFFERS];
    list_buffers(net, buffers);
    for (size_t i = 0; i < BUFFERS; i++)
        if (buffers[i])
            memcpy(buffers[i], guard->memory + i * n, n * sizeof *buffers[i]);
    *position = guard->position;
    net->random = guard->random;
    net->optimizer.steps = guard->steps;
    lw_parameters_changed(net);
}
