/* Bad arguments of mpi.h, run under MPI. */
#include "bad_arguments.h"

#include <lanewise/mpi.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

static struct {
    lw_mpi *handle;
    lw_mpi_times times;
    unsigned threads, hosts, ranks_here;
} s;

/* All cases run in one process, so regions of the previous one are removed. */
static void watch_operands(void)
{
    unwatch_memory();
    watch_memory(&s, sizeof s);
}

static void create(void)
{
    const lw_mpi_options good = {.size = sizeof good};
    lw_mpi_options bad;
    watch_operands();
#define WITH(field, value) (bad = good, bad.field = (value), &bad)
#define CREATE(options)    lw_mpi_create(&s.handle, MPI_COMM_WORLD, options)
    REFUSES(LW_EINVAL, "mpi", lw_mpi_create(NULL, MPI_COMM_WORLD, &good));
    REFUSES(LW_EINVAL, "MPI_COMM_NULL", lw_mpi_create(&s.handle, MPI_COMM_NULL, &good));
    REFUSES(LW_EINVAL, "size", CREATE(WITH(size, 0)));
    REFUSES(LW_EINVAL, "size", CREATE(WITH(size, sizeof(size_t))));
    REFUSES(LW_EINVAL, "size", CREATE(WITH(size, SIZE_MAX)));
    for (int i = 0; i < BAD_ENUMS; i++)
        REFUSES(LW_EINVAL, "precision",
                CREATE(WITH(gradients, (lw_precision)BAD_ENUM(LW_PRECISION_BF16, i))));
    /* A bucket that never fills is sent at the end of the step. */
    ck_assert_int_eq(CREATE(WITH(bucket_bytes, SIZE_MAX)), LW_OK);
    lw_mpi_destroy(s.handle);
#undef WITH
#undef CREATE
}

static void between_groups(void)
{
    /* An intercommunicator between two groups of one rank each; it needs exactly two ranks. */
    int count, rank;
    MPI_Comm inter;
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (count != 2)
        return;
    MPI_Intercomm_create(MPI_COMM_SELF, 0, MPI_COMM_WORLD, 1 - rank, 0, &inter);
    REFUSES(LW_EINVAL, "intercommunicator", lw_mpi_create(&s.handle, inter, NULL));
    MPI_Comm_free(&inter);
}

static void create_and_groups(void)
{
    create();
    between_groups();
}

static lw_mpi *watched_mpi(void)
{
    ck_assert_int_eq(lw_mpi_create(&s.handle, MPI_COMM_WORLD, NULL), LW_OK);
    watch_operands();
    return s.handle;
}

static void destroy(void)
{
    HARMLESS(lw_mpi_destroy(NULL));
}

static void ranks(void)
{
    HOLDS(lw_mpi_ranks(NULL) == NULL);
}

static void threads(void)
{
    lw_mpi *mpi = watched_mpi();
    REFUSES(LW_EINVAL, "mpi", lw_mpi_threads(NULL, &s.threads));
    REFUSES(LW_EINVAL, "threads", lw_mpi_threads(mpi, NULL));
    ACCEPTS(lw_mpi_threads(mpi, &s.threads));
    lw_mpi_destroy(mpi);
}

static void hosts(void)
{
    lw_mpi *mpi = watched_mpi();
    REFUSES(LW_EINVAL, "mpi", lw_mpi_hosts(NULL, &s.hosts, &s.ranks_here));
    REFUSES(LW_EINVAL, "hosts", lw_mpi_hosts(mpi, NULL, &s.ranks_here));
    REFUSES(LW_EINVAL, "ranks_here", lw_mpi_hosts(mpi, &s.hosts, NULL));
    ACCEPTS(lw_mpi_hosts(mpi, &s.hosts, &s.ranks_here));
    lw_mpi_destroy(mpi);
}

static void take_times(void)
{
    lw_mpi *mpi = watched_mpi();
    REFUSES(LW_EINVAL, "mpi", lw_mpi_take_times(NULL, &s.times));
    REFUSES(LW_EINVAL, "times", lw_mpi_take_times(mpi, NULL));
    ACCEPTS(lw_mpi_take_times(mpi, &s.times));
    lw_mpi_destroy(mpi);
}

int main(int argc, char **argv)
{
    static const struct function_cases table[] = {
        {"lw_mpi_create", create_and_groups},
        {"lw_mpi_destroy", destroy},
        {"lw_mpi_hosts", hosts},
        {"lw_mpi_ranks", ranks},
        {"lw_mpi_take_times", take_times},
        {"lw_mpi_threads", threads},
    };
    int level;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    const int result = argc == 2
                           ? run_function_cases(argv[1], table, sizeof table / sizeof *table, NULL)
                           : EXIT_FAILURE;
    if (result != EXIT_SUCCESS)
        MPI_Abort(MPI_COMM_WORLD, result); /* the other ranks may be blocked in a collective call */
    MPI_Finalize();
    return result;
}
