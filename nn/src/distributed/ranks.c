#include "ranks.h"

#include "base/options.h"
#include "base/part.h"
#include "train/batches.h"

#include <stdlib.h>

static lw_status check_ranks(const lw_ranks *ranks)
{
    if (ranks->rank >= ranks->count)
        return lw_fail(LW_EINVAL, "lw_net_set_ranks: rank %u of %u", ranks->rank, ranks->count);
    if (!ranks->allreduce_f32 || !ranks->allreduce_f64 || !ranks->wait)
        return lw_fail(LW_EINVAL, "lw_net_set_ranks: a function in ranks is NULL");
    return LW_OK;
}

lw_status lw_net_set_ranks(lw_net *net, const lw_ranks *ranks)
{
    static const char name[] = "lw_net_set_ranks";
    if (!net)
        return lw_fail(LW_EINVAL, "%s: net is NULL", name);
    lw_ranks known;
    lw_status status = LW_OK;
    if (ranks)
        status = lw_read_options(name, LW_OPTIONS_TYPE(lw_ranks, wait), &known, ranks);
    if (status == LW_OK && ranks)
        status = check_ranks(&known);
    if (status != LW_OK)
        return status;
    if (!ranks) {
        free(net->rank_state);
        net->rank_state = NULL;
        return LW_OK;
    }
    if (!net->rank_state)
        net->rank_state = calloc(1, sizeof *net->rank_state);
    if (!net->rank_state)
        return lw_fail(LW_ENOMEM, "no memory for the ranks of a network");
    *net->rank_state = (lw_rank_state){.ranks = known};
    return LW_OK;
}

lw_shard lw_ranks_shard(const lw_ranks *ranks, size_t batch_size)
{
    if (!ranks || ranks->rank >= ranks->count)
        return (lw_shard){0, 1, 1};
    if (batch_size == 0)
        batch_size = LW_DEFAULT_BATCH_SIZE;
    if (batch_size > UINT32_MAX)
        batch_size = ranks->count;
    const lw_range slots = lw_part_range(batch_size, ranks->rank, ranks->count);
    return (lw_shard){slots.begin, slots.end, batch_size};
}

size_t lw_ranks_rows(const lw_net *net, size_t rows)
{
    if (!net->rank_state)
        return rows;
    const lw_ranks *ranks = &net->rank_state->ranks;
    const lw_range part = lw_part_range(rows, ranks->rank, ranks->count);
    return part.end - part.begin;
}

lw_status lw_ranks_allreduce(const lw_net *net, lw_status status, size_t n, double *x)
{
    if (!net->rank_state)
        return status;
    const lw_ranks *ranks = &net->rank_state->ranks;
    x[n] = status != LW_OK;
    lw_status reduced = ranks->allreduce_f64(ranks->user, n + LW_RANKS_EXTRA, x);
    if (reduced == LW_OK)
        reduced = ranks->wait(ranks->user);
    if (status == LW_OK && reduced == LW_OK && x[n] > 0.0)
        return lw_fail(LW_ERANK, "another rank failed");
    return status != LW_OK ? status : reduced;
}
