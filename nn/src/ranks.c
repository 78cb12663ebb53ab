#include "ranks.h"

#include "struct_size.h"
#include "team.h"

#include <stdlib.h>

lw_status lw_net_set_ranks(lw_net *net, const lw_ranks *ranks)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_set_ranks: net is NULL");
    if (!ranks) {
        free(net->shared);
        net->shared = NULL;
        return LW_OK;
    }
    const lw_status status = lw_check_struct_size("lw_ranks", ranks->size, sizeof *ranks);
    if (status != LW_OK)
        return status;
    if (ranks->rank >= ranks->count)
        return lw_fail(LW_EINVAL, "rank %u of %u", ranks->rank, ranks->count);
    if (!ranks->add_floats || !ranks->add_doubles || !ranks->wait)
        return lw_fail(LW_EINVAL, "a function of the ranks is NULL");
    if (!net->shared)
        net->shared = calloc(1, sizeof *net->shared);
    if (!net->shared)
        return lw_fail(LW_ENOMEM, "no memory for the ranks of a network");
    *net->shared = (lw_shared_net){.ranks = *ranks};
    return LW_OK;
}

void lw_ranks_share(const lw_net *net, size_t rows, size_t *first, size_t *count)
{
    *first = 0;
    *count = rows;
    if (net->shared)
        lw_team_share(rows, 1, net->shared->ranks.rank, net->shared->ranks.count, first, count);
}

lw_status lw_ranks_sum(const lw_net *net, size_t n, double *x)
{
    if (!net->shared)
        return LW_OK;
    const lw_ranks *ranks = &net->shared->ranks;
    const lw_status status = ranks->add_doubles(ranks->user, n, x);
    return status == LW_OK ? ranks->wait(ranks->user) : status;
}
