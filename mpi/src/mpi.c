#include <lanewise/mpi.h>

#include "allreduce.h"
#include "base/message.h"
#include "base/options.h"
#include "bf16_sum.h"
#include "mpi_status.h"
#include "topology.h"

#include <stdlib.h>

enum { DEFAULT_BUCKET_BYTES = 1 << 20 };

struct lw_mpi {
    lw_ranks ranks;
    lw_mpi_topology topology;
    lw_mpi_allreduce allreduce;
};

/* ---- A single rank exchanges nothing ---- */

static lw_status keep_f32(void *user, size_t n, float *x)
{
    (void)user;
    (void)n;
    (void)x;
    return LW_OK;
}

static lw_status keep_f64(void *user, size_t n, double *x)
{
    (void)user;
    (void)n;
    (void)x;
    return LW_OK;
}

static lw_status wait_for_none(void *user)
{
    (void)user;
    return LW_OK;
}

/* ---- Checks ---- */

/* Checks that the calling thread may call MPI. */
static lw_status check_state(void)
{
    int initialised = 0, finalized = 0, level = MPI_THREAD_SINGLE, is_main = 0;
    MPI_Initialized(&initialised);
    MPI_Finalized(&finalized);
    if (!initialised || finalized)
        return lw_fail(LW_ESTATE,
                       finalized ? "MPI has been finalised" : "MPI has not been initialised");
    MPI_Query_thread(&level);
    if (level < MPI_THREAD_FUNNELED)
        return lw_fail(LW_ESTATE, "MPI has been initialised without MPI_THREAD_FUNNELED");
    MPI_Is_thread_main(&is_main);
    if (level == MPI_THREAD_FUNNELED && !is_main)
        return lw_fail(LW_ESTATE,
                       "MPI_THREAD_FUNNELED allows only the thread that initialised MPI");
    return LW_OK;
}

static lw_status check_comm(MPI_Comm comm)
{
    int is_inter = 0;
    if (comm == MPI_COMM_NULL)
        return lw_fail(LW_EINVAL, "the communicator is MPI_COMM_NULL");
    MPI_Comm_test_inter(comm, &is_inter);
    return is_inter ? lw_fail(LW_EINVAL, "the communicator is an intercommunicator") : LW_OK;
}

static lw_status check_options(const lw_mpi_options *options)
{
    if (options->gradients != LW_PRECISION_FP32 && options->gradients != LW_PRECISION_BF16)
        return lw_fail(LW_EINVAL, "unknown precision %d of gradients", (int)options->gradients);
    return LW_OK;
}

/* ---- Creation ---- */

static size_t bucket_bytes(const lw_mpi_options *options)
{
    return options->bucket_bytes ? options->bucket_bytes : DEFAULT_BUCKET_BYTES;
}

/* Collective: checks that all ranks have memory and the same options. With different options, ranks
 * would start reductions of different sizes and wait forever. */
static lw_status check_consensus(MPI_Comm comm, const lw_mpi_options *options, int has_memory)
{
    enum { OPTIONS = 2 };
    static const char *const names[OPTIONS] = {"bucket_bytes", "gradients"};
    const unsigned long long mine[OPTIONS] = {bucket_bytes(options),
                                              (unsigned long long)options->gradients};
    /* Maxima over the ranks: each option, its complement (so the minimum), and "has no memory". */
    unsigned long long maxima[2 * OPTIONS + 1];
    for (size_t i = 0; i < OPTIONS; i++) {
        maxima[i] = mine[i];
        maxima[OPTIONS + i] = ~mine[i];
    }
    maxima[2 * OPTIONS] = !has_memory;
    const lw_status status = lw_mpi_check(
        MPI_Allreduce(MPI_IN_PLACE, maxima, 2 * OPTIONS + 1, MPI_UNSIGNED_LONG_LONG, MPI_MAX, comm),
        "options of the ranks");
    if (status != LW_OK)
        return status;
    if (!has_memory)
        return lw_fail(LW_ENOMEM, "no memory for the ranks of MPI");
    for (size_t i = 0; i < OPTIONS; i++)
        if (maxima[i] != ~maxima[OPTIONS + i])
            return lw_fail(LW_EINVAL, "%s is not the same on all ranks", names[i]);
    return maxima[2 * OPTIONS] ? lw_fail(LW_ERANK, "another rank has no memory") : LW_OK;
}

/* Duplicates comm with MPI_ERRORS_RETURN. */
static lw_status join(lw_mpi *mpi, MPI_Comm comm)
{
    int rank, count;
    const lw_status status =
        lw_mpi_check(MPI_Comm_dup(comm, &mpi->allreduce.comm), "duplicate of the communicator");
    if (status != LW_OK)
        return status;
    MPI_Comm_set_errhandler(mpi->allreduce.comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(mpi->allreduce.comm, &rank);
    MPI_Comm_size(mpi->allreduce.comm, &count);
    mpi->allreduce.count = count;
    const int is_alone = count == 1;
    mpi->ranks = (lw_ranks){.size = sizeof(lw_ranks),
                            .rank = (unsigned)rank,
                            .count = (unsigned)count,
                            .user = &mpi->allreduce,
                            .allreduce_f32 = is_alone ? keep_f32 : lw_mpi_allreduce_f32,
                            .allreduce_f64 = is_alone ? keep_f64 : lw_mpi_allreduce_f64,
                            .wait = is_alone ? wait_for_none : lw_mpi_wait};
    return lw_mpi_find_topology(&mpi->topology, mpi->allreduce.comm);
}

static lw_status initialize(lw_mpi *mpi, MPI_Comm comm, const lw_mpi_options *options)
{
    mpi->allreduce.comm = MPI_COMM_NULL;
    mpi->allreduce.op_bf16 = MPI_OP_NULL;
    mpi->allreduce.bucket_floats = bucket_bytes(options) / sizeof(float);
    const lw_status status = join(mpi, comm);
    if (status != LW_OK || options->gradients == LW_PRECISION_FP32)
        return status;
    return lw_mpi_check(MPI_Op_create(lw_mpi_bf16_sum, /* commutes */ 1, &mpi->allreduce.op_bf16),
                        "operation on bf16");
}

static lw_status create(lw_mpi **mpi, MPI_Comm comm, const lw_mpi_options *options)
{
    lw_mpi_options known = {.size = sizeof known};
    if (!mpi)
        return lw_fail(LW_EINVAL, "mpi is NULL");
    lw_status status = LW_OK;
    if (options)
        status = lw_read_options("lw_mpi_create", LW_OPTIONS_TYPE(lw_mpi_options, gradients),
                                 &known, options);
    options = &known;
    if (status == LW_OK)
        status = check_options(options);
    if (status == LW_OK)
        status = check_state();
    if (status == LW_OK)
        status = check_comm(comm);
    if (status != LW_OK)
        return status;
    lw_mpi *created = calloc(1, sizeof *created);
    status = check_consensus(comm, options, created != NULL);
    if (status != LW_OK) {
        free(created);
        return status;
    }
    status = initialize(created, comm, options);
    if (status != LW_OK) {
        lw_mpi_destroy(created);
        return status;
    }
    *mpi = created;
    return LW_OK;
}

lw_status lw_mpi_create(lw_mpi **mpi, MPI_Comm comm, const lw_mpi_options *options)
{
    return lw_fail_in("lw_mpi_create", create(mpi, comm, options));
}

/* ---- Use ---- */

const lw_ranks *lw_mpi_ranks(const lw_mpi *mpi)
{
    return mpi ? &mpi->ranks : NULL;
}

lw_status lw_mpi_threads(const lw_mpi *mpi, unsigned *threads)
{
    if (!mpi || !threads)
        return lw_fail(LW_EINVAL, "lw_mpi_threads: %s is NULL", mpi ? "threads" : "mpi");
    *threads = mpi->topology.threads;
    return LW_OK;
}

lw_status lw_mpi_hosts(const lw_mpi *mpi, unsigned *hosts, unsigned *ranks_here)
{
    if (!mpi || !hosts || !ranks_here)
        return lw_fail(LW_EINVAL, "lw_mpi_hosts: %s is NULL",
                       !mpi ? "mpi" : (!hosts ? "hosts" : "ranks_here"));
    *hosts = mpi->topology.hosts;
    *ranks_here = mpi->topology.ranks_here;
    return LW_OK;
}

lw_status lw_mpi_take_times(lw_mpi *mpi, lw_mpi_times *times)
{
    if (!mpi || !times)
        return lw_fail(LW_EINVAL, "lw_mpi_take_times: %s is NULL", mpi ? "times" : "mpi");
    *times = mpi->allreduce.times;
    mpi->allreduce.times = (lw_mpi_times){0};
    return LW_OK;
}

void lw_mpi_destroy(lw_mpi *mpi)
{
    if (!mpi)
        return;
    int has_ended = 0;
    MPI_Finalized(&has_ended);
    if (!has_ended && mpi->allreduce.op_bf16 != MPI_OP_NULL)
        MPI_Op_free(&mpi->allreduce.op_bf16);
    if (!has_ended && mpi->allreduce.comm != MPI_COMM_NULL)
        MPI_Comm_free(&mpi->allreduce.comm);
    lw_mpi_allreduce_free(&mpi->allreduce);
    free(mpi);
}
