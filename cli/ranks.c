#include "options.h"
#include "rank_backend.h"

#include <stdio.h>
#include <stdlib.h>

enum { COUNT_UNKNOWN = -1 };

/*
 * The number of processes that a launcher started; 0: no launcher. MPI is initialised, which takes
 * 0.1 s, only after a launcher.
 */
static int launched_processes(void)
{
    /* Open MPI, and MPICH and its derivatives. PMIX_RANK is set by any PMIx launcher. */
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *processes = getenv(names[i]);
        if (processes != NULL)
            return atoi(processes);
    }
    return getenv("PMIX_RANK") != NULL ? COUNT_UNKNOWN : 0;
}

lw_status rank_group_begin(rank_group *group)
{
    const int processes = launched_processes();
    *group = (rank_group){.count = 1, .hosts = 1, .messages = -1};
    if (processes == 0)
        return LW_OK;
    const rank_backend *backend = rank_backend_find();
    if (backend == NULL)
        return processes == 1 ? LW_OK : LW_ESTATE;
    const lw_status status = backend->begin(group);
    if (status != LW_OK)
        return status;
    group->backend = backend;
    if (processes <= 1 || group->count > 1)
        return LW_OK;
    rank_group_end(group);
    return lw_fail(
        LW_ESTATE,
        "started as one of %d processes, but MPI reports a single one; use the mpirun of "
        "the MPI library that lanewise was built with",
        processes);
}

lw_status rank_group_join(rank_group *group, lw_precision gradients)
{
    return group->backend != NULL ? group->backend->join(group, gradients) : LW_OK;
}

void rank_group_end(rank_group *group)
{
    if (group->backend != NULL)
        group->backend->end(group);
    *group = (rank_group){.count = 1, .messages = -1};
}

void rank_group_abort(const rank_group *group)
{
    if (group->backend != NULL)
        group->backend->abort_all();
}

int is_first_rank(const rank_group *group)
{
    return group->rank == 0;
}

lw_status rank_group_sum(const rank_group *group, size_t n, double *x)
{
    if (group->ranks == NULL)
        return LW_OK;
    const lw_status status = group->ranks->allreduce_f64(group->ranks->user, n, x);
    const lw_status waited = group->ranks->wait(group->ranks->user);
    return status == LW_OK ? waited : status;
}

lw_status rank_group_max(const rank_group *group, double *x)
{
    double *all = calloc(group->count, sizeof *all);
    if (all == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the numbers of %u processes", group->count);
    all[group->rank] = *x;
    const lw_status status = rank_group_sum(group, group->count, all);
    for (unsigned i = 0; i < group->count; i++)
        *x = all[i] > *x ? all[i] : *x;
    free(all);
    return status;
}

lw_status rank_group_consensus(const rank_group *group, lw_status status)
{
    enum { FAILED, HAS_MESSAGE, SUMS };
    const int has_message = status != LW_OK && status != LW_ERANK;
    double sums[SUMS] = {status != LW_OK, has_message};
    const lw_status added = rank_group_sum(group, SUMS, sums);
    if (added != LW_OK) {
        rank_group_abort(group);
        return added;
    }
    const int all_have_message = sums[HAS_MESSAGE] == (double)group->count;
    if (has_message && !all_have_message)
        fprintf(stderr, "lanewise: rank %u: %s\n", group->rank, failure_message());
    else if (has_message && is_first_rank(group))
        fprintf(stderr, "lanewise: %s\n", failure_message());
    return status == LW_OK && sums[FAILED] > 0.0 ? LW_ERANK : status;
}
