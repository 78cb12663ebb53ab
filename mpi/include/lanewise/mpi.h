/*
 * Lanewise on MPI: the processes of a communicator train one network (lanewise/ranks.h).
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
 * What holds for every function:
 *
 *   MPI        is begun and ended by the caller, with MPI_THREAD_FUNNELED or more. It is called by the thread that calls
 *              Lanewise and by no other, so with MPI_THREAD_FUNNELED that has to be the one that initialised MPI. The
 *              communicator is a copy, so that no message meets one of the caller's. Affinity stays as the launcher gave it.
 *   Collective what is said to be so is called by all ranks of the communicator, in the same order, with equal arguments.
 *   Aliasing   numbers that are on their way are neither read nor written by anyone else, and overlap no others.
 *   Bits       all ranks get the same. They depend on the numbers, the number of ranks, bucket_bytes, the precision and on
 *              the MPI library, but not on threads or time: a run of the same ranks has the same bits. Two things are
 *              relied upon there, which the MPI standard (section 5.9) recommends and does not ask for: that a
 *              reduction of the same operands, in the same places of the ranks, is done in the same order again; and
 *              that all ranks are given one result, not one of their own each. The non-blocking reductions of Open MPI 4 and
 *              MPICH 4 do both; a library that reduces in the order of arrival (some of those in network hardware) does not.
 *   Status     LW_EINVAL for NULL, where nothing else is said; LW_EIO for an error of MPI, with its text. An error in copying
 *              the caller's communicator goes to the error handler of that one. A rank that fails has to end the
 *              others, by MPI_Abort, because they wait for it.
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
 * How gradients travel. Zeros are the defaults.
 *
 * Every sum over r ranks is within g * (the sum of the absolute values) of the exact one, g = (r - 1) * u / (1 - (r - 1) * u),
 * u = 2^-24 for floats and 2^-53 for doubles. In bf16 each number is rounded before it leaves, and each addition after it
 * is done (to nearest, ties to even; below 2^-126 to zero; beyond the largest to infinity): then g = r * u / (1 - r * u), u =
 * 2^-8, and up to 2 * r * 2^-126 more. The loss is always a sum of doubles.
 */
typedef struct lw_mpi_options {
    size_t size; /* sizeof(lw_mpi_options) */
    /* Gradients of neighbouring layers are added up together as soon as they are so many bytes of float; 0 means 1 MiB.
     * With fewer the time goes into messages; with more, less is on its way while layers below are computed. */
    size_t bucket_bytes;
    lw_precision gradients; /* LW_FP32, or LW_BF16: half the bytes */
} lw_mpi_options;

/*
 * Makes the ranks of comm; collective. NULL options are the defaults. *mpi is released with lw_mpi_destroy, before
 * MPI_Finalize. LW_ESTATE before MPI_Init_thread and after MPI_Finalize, with less than MPI_THREAD_FUNNELED, and in another
 * thread than that allows; LW_EINVAL for MPI_COMM_NULL, an intercommunicator, options of an unknown size (see Structs in lanewise/nn.h) or
 * precision: this is found out before other ranks are waited for. LW_EINVAL on all ranks if their options are not the
 * same; LW_ENOMEM, with LW_ERANK on those that have memory.
 */
LW_API lw_status lw_mpi_create(lw_mpi **mpi, MPI_Comm comm, const lw_mpi_options *options);

/*
 * For lw_net_set_ranks; valid until lw_mpi_destroy. NULL for NULL. The sums of floats and doubles are those described with
 * lw_mpi_options: n = 0 adds up nothing, and of one rank the numbers stay as they are. Floats that lie just before those given
 * last join them in one message, as a network's gradients do; so they have to lie so on all ranks or on none. After the
 * first training step of a network nothing is allocated. LW_ENOMEM for want of memory: the sums begun before are still to be
 * waited for, and the ranks can be used afterwards.
 */
LW_API const lw_ranks *lw_mpi_ranks(const lw_mpi *mpi);

/*
 * The threads that are this rank's, at least 1, for lw_net_set_threads: the processors of the calling thread's affinity
 * mask when mpi was created, or what the control group's quota of CPU time is worth if that is less, divided by the number of
 * ranks on this host whose masks overlap with this one's, itself included; and no more than OpenMP's
 * (OMP_NUM_THREADS). So ranks that the launcher bound to cores of their own use these, and others share what there is.
 */
LW_API lw_status lw_mpi_threads(const lw_mpi *mpi, unsigned *threads);

/* How many hosts (that share memory, as MPI sees it) the ranks are on, and how many of the ranks are on this one. */
LW_API lw_status lw_mpi_hosts(const lw_mpi *mpi, unsigned *hosts, unsigned *ranks_here);

/* What adding up has taken since the last call. 1 - waited / begun is the share that hid behind computing. */
typedef struct lw_mpi_times {
    unsigned long long reductions; /* reductions of MPI */
    double bytes;                  /* of their operands, on this rank */
    double wait_seconds;           /* seconds in lw_ranks.wait */
    double
        exchange_seconds; /* seconds from the first sum of a step to the end of its wait, over all steps */
} lw_mpi_times;

/* Tells the times, and sets them to 0. */
LW_API lw_status lw_mpi_take_times(lw_mpi *mpi, lw_mpi_times *times);

/* Releases mpi, of which no network has the ranks any more; collective. After MPI_Finalize it only frees memory. NULL is
 * nothing. */
LW_API void lw_mpi_destroy(lw_mpi *mpi);

#ifdef __cplusplus
}
#endif

#endif
