/* The command without MPI. */
#include "ranks.h"

#include <stdlib.h>

lw_status rank_group_begin(rank_group *group)
{
    /* What the launchers of Open MPI, and of MPICH and its kin, tell the processes that they start. */
    static const char *const counts[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
    *group = (rank_group){.count = 1, .hosts = 1, .messages = -1};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const char *count = getenv(counts[i]);
        if (count != NULL && atoi(count) > 1)
            return lw_fail(LW_ESTATE, "started as one of %.20s processes, but built without MPI",
                           count);
    }
    return LW_OK;
}

lw_status rank_group_join(rank_group *group, const lw_precision *gradients)
{
    (void)group;
    (void)gradients;
    return LW_OK;
}

void rank_group_end(rank_group *group)
{
    (void)group;
}

void rank_group_abort(const rank_group *group)
{
    (void)group;
}
