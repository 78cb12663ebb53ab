#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity and its masks */
#include <sched.h>
#endif

#include "topology.h"

#include "mpi_status.h"

#include <lanewise/internal/openmp.h>
#include <lanewise/kernels.h>
#include <string.h>

/* The processors that a rank may run on. */
typedef struct affinity {
#if defined(__linux__)
    cpu_set_t mask;
#else
    char unknown;
#endif
} affinity;

/* Affinity of the calling thread. If it is unknown, it overlaps with every other one. */
static affinity find_affinity(void)
{
    affinity mine;
#if defined(__linux__)
    if (sched_getaffinity(0, sizeof mine.mask, &mine.mask) == 0)
        return mine;
#endif
    memset(&mine, 0xff, sizeof mine);
    return mine;
}

static int overlap(const affinity *a, const affinity *b)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    for (size_t i = 0; i < sizeof *a; i++)
        if (x[i] & y[i])
            return 1;
    return 0;
}

/* lw_max_threads without the limits of lw_set_threads and OpenMP: affinity and CPU quota only. */
static int processors(void)
{
    const int setting = lw_set_threads(0), threads = omp_get_max_threads();
    omp_set_num_threads(LW_MAX_THREADS);
    const int count = lw_max_threads();
    omp_set_num_threads(threads);
    lw_set_threads(setting);
    return count;
}

/* Broadcasts the masks one rank at a time, which needs no memory for all of them. */
static lw_status count_overlapping_ranks(lw_mpi_topology *topology, MPI_Comm host)
{
    const affinity mine = find_affinity();
    lw_status status = LW_OK;
    topology->overlapping_ranks = 0;
    for (unsigned rank = 0; rank < topology->ranks_here && status == LW_OK; rank++) {
        affinity other = mine;
        status = lw_mpi_check(MPI_Bcast(&other, sizeof other, MPI_BYTE, (int)rank, host),
                              "affinity of the ranks of a host");
        topology->overlapping_ranks += (unsigned)overlap(&mine, &other);
    }
    return status;
}

static lw_status describe_host(lw_mpi_topology *topology, MPI_Comm host)
{
    int rank, ranks;
    MPI_Comm_rank(host, &rank);
    MPI_Comm_size(host, &ranks);
    topology->hosts = rank == 0; /* summed over all ranks later: 1 per host */
    topology->ranks_here = (unsigned)ranks;
    const lw_status status = count_overlapping_ranks(topology, host);
    if (status != LW_OK)
        return status;
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a rank overlaps with itself */
    const unsigned available = (unsigned)processors() / topology->overlapping_ranks,
                   context = (unsigned)omp_get_max_threads();
    const unsigned threads = available < context ? available : context;
    topology->threads = threads > 1 ? threads : 1;
    return LW_OK;
}

lw_status lw_mpi_find_topology(lw_mpi_topology *topology, MPI_Comm comm)
{
    MPI_Comm host;
    lw_status status =
        lw_mpi_check(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host),
                     "ranks of a host");
    if (status != LW_OK)
        return status;
    MPI_Comm_set_errhandler(host, MPI_ERRORS_RETURN);
    status = describe_host(topology, host);
    MPI_Comm_free(&host);
    if (status == LW_OK)
        status = lw_mpi_check(
            MPI_Allreduce(MPI_IN_PLACE, &topology->hosts, 1, MPI_UNSIGNED, MPI_SUM, comm), "hosts");
    return status;
}
