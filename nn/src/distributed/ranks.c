/* The ranks of a network: set by callers, and their shards. */
#include "allreduce.h"
#include "base/options.h"
#include "base/partition.h"
#include "train/batches.h"
#include "train/create.h"

#include <stdlib.h>

static lw_status check_ranks(const lw_ranks *ranks)
{
    if (ranks->rank >= ranks->count)
        return lw_fail(LW_EINVAL, "lw_net_set_ranks: rank %u of %u", ranks->rank, ranks->count);
    if (!ranks->allreduce_f32 || !ranks->allreduce_f64 || !ranks->wait)
        return lw_fail(LW_EINVAL, "lw_net_set_ranks: a callback function in ranks is NULL");
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
    lw_allreduce_state *state = NULL;
    if (ranks && !(state = calloc(1, sizeof *state)))
        return lw_fail(LW_ENOMEM, "lw_net_set_ranks: no memory for the ranks of a network");
    free(net->exchange_state);
    net->exchange_state = state;
    net->exchange = &lw_local_exchange;
    net->rank = (lw_rank){.count = 1};
    if (ranks) {
        state->ranks = known;
        net->exchange = &lw_allreduce;
        net->rank = (lw_rank){.rank = known.rank, .count = known.count};
    }
    lw_choose_program(net);
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
    const lw_range slots = lw_partition_range(batch_size, ranks->rank, ranks->count);
    return (lw_shard){slots.begin, slots.end, batch_size};
}
