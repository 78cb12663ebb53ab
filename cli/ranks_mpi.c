/* The command on MPI. */
#define _XOPEN_SOURCE 700
#include "ranks.h"

#include <fcntl.h>
#include <lanewise/mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Whether a launcher started this process: initialising MPI takes a tenth of a second, which nobody else should wait for. */
static int is_launched(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]) != NULL)
            return 1;
    return 0;
}

/* What is written to a descriptor goes nowhere. */
static void silence(int descriptor)
{
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
        dup2(nowhere, descriptor);
        close(nowhere);
    }
}

lw_status rank_group_begin(rank_group *group)
{
    *group = (rank_group){.count = 1, .hosts = 1, .messages = -1};
    if (!is_launched())
        return LW_OK;
    int level, rank, count;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
        return lw_fail(LW_ESTATE, "MPI cannot be initialised");
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    group->mpi_begun = 1;
    group->rank = (unsigned)rank;
    group->count = (unsigned)count;
    if (!is_first_rank(group)) {
        group->messages = dup(STDERR_FILENO);
        silence(STDOUT_FILENO);
        silence(STDERR_FILENO);
    }
    return LW_OK;
}

lw_status rank_group_join(rank_group *group, const lw_precision *gradients)
{
    if (group->messages >= 0) {
        dup2(group->messages, STDERR_FILENO);
        close(group->messages);
        group->messages = -1;
    }
    if (!group->mpi_begun)
        return LW_OK;
    const lw_mpi_options options = {.size = sizeof options,
                                    .gradients = gradients != NULL ? *gradients : LW_FP32,
                                    .apart = gradients != NULL};
    lw_mpi *mpi;
    unsigned here;
    lw_status status = lw_mpi_create(&mpi, MPI_COMM_WORLD, &options);
    if (status != LW_OK)
        return status;
    group->mpi = mpi;
    group->ranks = lw_mpi_ranks(mpi);
    status = lw_mpi_threads(mpi, &group->threads);
    return status == LW_OK ? lw_mpi_hosts(mpi, &group->hosts, &here) : status;
}

void rank_group_end(rank_group *group)
{
    lw_mpi_destroy(group->mpi);
    if (group->mpi_begun)
        MPI_Finalize();
    *group = (rank_group){.count = 1, .messages = -1};
}

void rank_group_abort(const rank_group *group)
{
    if (group->mpi_begun)
        MPI_Abort(MPI_COMM_WORLD, 1);
}
