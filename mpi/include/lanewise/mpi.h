/*
 * Lanewise on MPI: the processes of a communicator train one network (see lanewise/ranks.h).
 *
 *   lw_mpi *mpi;
 *   unsigned threads;
 *   lw_status status = lw_mpi_create(&mpi, MPI_COMM_WORLD, NULL);
 *   if (status == LW_OK)
 *       status = lw_net_set_ranks(net, lw_mpi_ranks(mpi));
 *   if (status == LW_OK)
 *       status = lw_mpi_threads(mpi, &threads);
 *   if (status == LW_OK) {
 *       lw_net_set_threads(net, threads);
 *       status = lw_train_step(net, LW_LOSS_DEFAULT, &optimizer, rows, x, &target, &loss);
 *   }
 *   if (status != LW_OK)
 *       MPI_Abort(MPI_COMM_WORLD, 1);
 *   lw_net_set_ranks(net, NULL);
 *   lw_mpi_destroy(mpi);
 *
 * For all functions:
 *
 *   MPI         The caller initialises and finalises MPI, with MPI_THREAD_FUNNELED or more.
 *               Lanewise calls MPI only from the thread that calls it; with MPI_THREAD_FUNNELED
 * that must be the thread that initialised MPI. The communicator is duplicated, so that messages do
 * not mix with those of the caller. The affinity of processes is not changed. Collective  Functions
 * described as collective are called by all ranks of the communicator, in the same order and with
 * equal arguments. Aliasing    Until wait returns, operands of a reduction are neither read nor
 * written by the caller, and do not overlap other operands. Bits        All ranks get the same
 * bits. They depend on the operands, the number of ranks, bucket_bytes, the precision and the MPI
 * library, not on threads or timing. This relies on two properties that the MPI standard recommends
 * (section 5.9) but does not require: a reduction of the same operands on the same ranks is done in
 * the same order each time, and all ranks receive the same result. The non-blocking reductions of
 * Open MPI 4 and MPICH 4 have both; libraries that reduce in the order of arrival (some of those in
 * network hardware) do not. Status      LW_EINVAL for NULL unless stated otherwise; LW_EIO for an
 * error of MPI, with its text. An error while duplicating the caller's communicator goes to the
 * error handler of that communicator. If a call fails on one rank only, that rank must end the
 * others with MPI_Abort, because they wait for it.
 */
#ifndef LANEWISE_MPI_H
#define LANEWISE_MPI_H

#include <lanewise/ranks.h>
#include <mpi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ranks of a communicator. */
typedef struct lw_mpi lw_mpi;

/*
 * How gradients are exchanged. Zeros are the defaults.
 *
 * A sum over r ranks differs from the exact sum by at most g * (the sum of the absolute values).
 * Floats and doubles: g = (r - 1) * u / (1 - (r - 1) * u), u = 2^-24 and 2^-53. bf16: each operand
 * is rounded before it is sent, and each partial sum after the addition (to nearest, ties to even;
 * below 2^-126 to zero; overflow to infinity); g = r * u / (1 - r * u), u = 2^-8, plus at most
 * 2 * r * 2^-126. The loss is always a sum of doubles.
 */
typedef struct lw_mpi_options {
    size_t size; /* sizeof(lw_mpi_options) */
    /* Gradients of adjacent layers are reduced together once they have this many bytes as floats;
     * 0 means 1 MiB. Small buckets cost more messages; large ones overlap less with computing. */
    size_t bucket_bytes;
    lw_precision
        gradients; /* LW_PRECISION_FP32, or LW_PRECISION_BF16, which sends half the bytes */
} lw_mpi_options;

/*
 * Collective: creates *mpi for the ranks of comm. NULL options are the defaults. Released with
 * lw_mpi_destroy, before MPI_Finalize.
 *
 * Returns, before waiting for other ranks: LW_ESTATE if MPI is not initialised or already
 * finalised, with less than MPI_THREAD_FUNNELED, or in a thread that may not call MPI; LW_EINVAL
 * for MPI_COMM_NULL, an intercommunicator, an unknown precision, or options of an unknown size (see
 * "Structs" in lanewise/nn.h).
 * Returns on all ranks: LW_EINVAL if the options differ between ranks; LW_ENOMEM if memory is
 * lacking, and LW_ERANK on the ranks that have memory.
 */
LW_API LW_CHECKED lw_status lw_mpi_create(lw_mpi **mpi, MPI_Comm comm,
                                          const lw_mpi_options *options);

/*
 * The ranks for lw_net_set_ranks, valid until lw_mpi_destroy; NULL for NULL.
 *
 * Sums have the bounds stated at lw_mpi_options. n = 0 does nothing, and a single rank leaves its
 * operands as they are. Floats directly before the previous operand join its message, as the
 * gradients of a network do, so operands must be adjacent on all ranks or on none. Allocates only
 * during the first training step of a network. After LW_ENOMEM the reductions started before must
 * be waited for; then the ranks can be used again.
 */
LW_API const lw_ranks *lw_mpi_ranks(const lw_mpi *mpi);

/*
 * The number of threads for this rank, at least 1, for lw_net_set_threads: the processors in the
 * affinity mask of the thread that called lw_mpi_create, or in the CPU quota of the control group
 * if that is less, divided by the number of ranks on this host whose masks overlap this rank's
 * (itself included); at most OpenMP's maximum (OMP_NUM_THREADS). So ranks that the launcher bound
 * to disjoint cores use all of their cores, and other ranks divide what they share.
 */
LW_API LW_CHECKED lw_status lw_mpi_threads(const lw_mpi *mpi, unsigned *threads);

/* The number of hosts (as MPI sees shared memory) of all ranks, and of ranks on this host. */
LW_API LW_CHECKED lw_status lw_mpi_hosts(const lw_mpi *mpi, unsigned *hosts, unsigned *ranks_here);

/* Cost of the exchange. 1 - wait_seconds / exchange_seconds is the part hidden behind computing. */
typedef struct lw_mpi_times {
    unsigned long long reductions; /* number of MPI reductions */
    double bytes;                  /* of their operands on this rank */
    double wait_seconds;           /* in lw_ranks.wait */
    double exchange_seconds; /* from the first reduction of a step to the end of wait, all steps */
} lw_mpi_times;

/* Returns the times since the last call in *times, and resets them. */
LW_API LW_CHECKED lw_status lw_mpi_take_times(lw_mpi *mpi, lw_mpi_times *times);

/* Collective: releases mpi, whose ranks no network may have any more. After MPI_Finalize it only
 * frees memory. NULL does nothing. */
LW_API void lw_mpi_destroy(lw_mpi *mpi);

#ifdef __cplusplus
}
#endif

#endif
