/* The MPI backend. A module, so that only processes started by mpirun load MPI. */
#define _XOPEN_SOURCE 700
#include "rank_backend.h"

#include <fcntl.h>
#include <lanewise/mpi.h>
#include <stdio.h>
#include <unistd.h>

/* Redirects a descriptor to /dev/null. */
static void silence(int descriptor)
{
    const int null = open("/dev/null", O_WRONLY);
    if (null >= 0) {
        dup2(null, descriptor);
        close(null);
    }
}

static lw_status begin(rank_group *group)
{
    int level, rank, count;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
        return lw_fail(LW_ESTATE, "MPI cannot be initialised");
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    group->rank = (unsigned)rank;
    group->count = (unsigned)count;
    if (rank > 0) {
        group->messages = dup(STDERR_FILENO);
        silence(STDOUT_FILENO);
        silence(STDERR_FILENO);
    }
    return LW_OK;
}

static lw_status join(rank_group *group, lw_precision gradients)
{
    if (group->messages >= 0) {
        dup2(group->messages, STDERR_FILENO);
        close(group->messages);
        group->messages = -1;
    }
    const lw_mpi_options options = {.size = sizeof options, .gradients = gradients};
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

static void end(rank_group *group)
{
    lw_mpi_destroy(group->mpi);
    MPI_Finalize();
}

static void abort_all(void)
{
    MPI_Abort(MPI_COMM_WORLD, 1);
}

const rank_backend rank_backend_mpi = {begin, join, end, abort_all};
