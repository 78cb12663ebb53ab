#include "ranks.h"

#include <stdio.h>
#include <stdlib.h>

int is_first_rank(const rank_group *group)
{
    return group->rank == 0;
}

lw_status rank_group_sum(const rank_group *group, size_t n, double *x)
{
    if (group->ranks == NULL)
        return LW_OK;
    const lw_status status = group->ranks->add_doubles(group->ranks->user, n, x);
    const lw_status waited = group->ranks->wait(group->ranks->user);
    return status == LW_OK ? waited : status;
}

lw_status rank_group_max(const rank_group *group, double *x)
{
    double *all = calloc(group->count, sizeof *all);
    if (all == NULL)
        return lw_fail(LW_ENOMEM, "no memory for a number of each of %u processes", group->count);
    all[group->rank] = *x;
    const lw_status status = rank_group_sum(group, group->count, all);
    for (unsigned i = 0; i < group->count; i++)
        *x = all[i] > *x ? all[i] : *x;
    free(all);
    return status;
}

lw_status rank_group_agree(const rank_group *group, lw_status status)
{
    enum { FAILED, KNOWING_WHY, SUMS };
    const int knows_why = status != LW_OK && status != LW_ERANK;
    double sums[SUMS] = {status != LW_OK, knows_why};
    const lw_status added = rank_group_sum(group, SUMS, sums);
    if (added != LW_OK) {
        rank_group_abort(group);
        return added;
    }
    const int is_of_all = sums[KNOWING_WHY] == (double)group->count;
    if (knows_why && !is_of_all)
        fprintf(stderr, "lanewise: rank %u: %s\n", group->rank, lw_last_error());
    else if (knows_why && is_first_rank(group))
        fprintf(stderr, "lanewise: %s\n", lw_last_error());
    return status == LW_OK && sums[FAILED] > 0.0 ? LW_ERANK : status;
}
