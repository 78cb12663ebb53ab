/*
 * usage: test_mpi_topology unbound|bound
 * Numbers of hosts and threads, with ranks on all processors, or each bound to one.
 */
#define _GNU_SOURCE
#include "mpi_suite.h"
#include "topology.h"

#include <lanewise/internal/openmp.h>
#include <lanewise/kernels.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

static int is_bound;

/* Ranks that may use a processor of this one (itself included), and processors of this rank. */
static int overlapping_ranks, processors;

/* Sets the affinity of this rank. */
static void bind_rank(void)
{
    cpu_set_t all, mask;
    memset(&all, 0xff, sizeof all);
    sched_setaffinity(0, sizeof all, &all);
    ck_assert_int_eq(sched_getaffinity(0, sizeof all, &all), 0);
    processors = CPU_COUNT(&all);
    overlapping_ranks = rank_count;
    if (!is_bound)
        return;
    const int mine = rank % processors;
    CPU_ZERO(&mask);
    int number = 0;
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all) && number++ == mine)
            CPU_SET(cpu, &mask);
    ck_assert_int_eq(sched_setaffinity(0, sizeof mask, &mask), 0);
    overlapping_ranks = (rank_count - mine + processors - 1) / processors;
    processors = 1;
}

/* The limit of OpenMP counts, that of lw_set_threads does not; neither is changed. */
START_TEST(ranks_divide_their_processors)
{
    static const int openmp[] = {1, 2, LW_MAX_THREADS};
    bind_rank();
    for (size_t i = 0; i < sizeof openmp / sizeof *openmp; i++)
        for (int setting = 0; setting <= 2; setting++) {
            omp_set_num_threads(LW_MAX_THREADS);
            lw_set_threads(0);
            const int share = lw_max_threads() / overlapping_ranks; /* a CPU quota may reduce it */
            ck_assert_int_le(share, processors);

            omp_set_num_threads(openmp[i]);
            const int context = omp_get_max_threads(), want = share < context ? share : context;
            lw_set_threads(setting);
            lw_mpi *mpi = make_mpi(0, LW_PRECISION_FP32);
            unsigned threads, hosts, ranks_here;
            ASSERT_OK(lw_mpi_threads(mpi, &threads));
            ASSERT_OK(lw_mpi_hosts(mpi, &hosts, &ranks_here));
            ck_assert_int_eq((int)threads, want > 1 ? want : 1);
            ck_assert_uint_eq(hosts, 1);
            ck_assert_uint_eq(ranks_here, (unsigned)rank_count);
            lw_mpi_destroy(mpi);
            ck_assert_int_eq(lw_set_threads(0), setting);
            ck_assert_int_eq(omp_get_max_threads(), context);
        }
}
END_TEST

START_TEST(overlapping_ranks_are_counted)
{
    lw_mpi_topology topology;
    ASSERT_OK(lw_mpi_find_topology(&topology, MPI_COMM_WORLD));
    ck_assert_uint_eq(topology.overlapping_ranks, (unsigned)overlapping_ranks);
    /* A communicator of this rank only. */
    ASSERT_OK(lw_mpi_find_topology(&topology, MPI_COMM_SELF));
    ck_assert_uint_eq(topology.overlapping_ranks, 1);
    ck_assert_uint_eq(topology.ranks_here, 1);
    ck_assert_uint_eq(topology.hosts, 1);
    ck_assert_int_eq((int)topology.threads, lw_max_threads());
}
END_TEST

int main(int argc, char **argv)
{
    begin_suite(&argc, &argv);
    if (argc != 2)
        return EXIT_FAILURE;
    is_bound = strcmp(argv[1], "bound") == 0;
    run_test("threads", ranks_divide_their_processors, 1);
    run_test("overlapping ranks", overlapping_ranks_are_counted, 1);
    return end_suite();
}
