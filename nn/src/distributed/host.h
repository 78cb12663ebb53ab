/*
 * The memory that the ranks of one host share (lw_host in lanewise/ranks.h): parameters and moments of their one network, the
 * layers' rows of a step, and what they tell each other in it.
 */
#ifndef LANEWISE_HOST_H
#define LANEWISE_HOST_H

#include "ranks.h"

/* NULL unless the parameters lie in such memory. */
static inline lw_host_net *lw_host_of(const lw_net *net)
{
    return net->shared && net->shared->on_host.memory ? &net->shared->on_host : NULL;
}

/* The memory of a network that has some, and the ranks that share it. */
static inline lw_host_net *lw_host_memory(const lw_net *net)
{
    return &net->shared->on_host;
}
static inline const lw_host *lw_host_ranks(const lw_net *net)
{
    return net->shared->ranks.host;
}

/*
 * Collective: moves the parameters and moments of a network to memory that its ranks share, where they do share some, all are
 * on one host, and the network is not in mixed precision; the first rank's are kept. And back, to memory of each rank's
 * own. LW_ENOMEM leaves them where they are.
 */
lw_status lw_host_enter(lw_net *net);
lw_status lw_host_leave(lw_net *net);

/* Collective: gives the shared memory back, of a network that is destroyed. */
void lw_host_forget(lw_net *net);

/* Collective: room for the rows of a batch. */
lw_status lw_host_reserve(lw_net *net, size_t rows);

/* LW_OK when all ranks of the host have come here; without any, at once. */
lw_status lw_host_meet(const lw_net *net);

/*
 * Collective: between the two a rank has the parameters and moments for itself, to change them as all ranks do, one after the
 * other: at first others may still read what was there, and nobody is to see or to undo half a change. LW_OK at once without
 * any ranks.
 */
lw_status lw_host_begin_turn(const lw_net *net);
lw_status lw_host_end_turn(const lw_net *net);

/* Where the first or the second moment lies in the memory of a host. */
float *lw_host_moment(const lw_net *net, int second);

/* A zeroed buffer as long as parameters, for the first or the second moment, and releasing it; collective. */
float *lw_moment_alloc(const lw_net *net, int second);
void lw_moment_free(const lw_net *net, float *moment);

#endif
