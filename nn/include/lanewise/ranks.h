/*
 * Lanewise ranks: several processes train one network (synchronous data parallelism).
 *
 * Each process, a rank, has a copy of the network and computes its part of every mini-batch. Before
 * each update the gradients are summed over all ranks, so that all copies take the same step.
 * Communication is delegated to three functions of the caller; lanewise/mpi.h has them for MPI.
 */
#ifndef LANEWISE_RANKS_H
#define LANEWISE_RANKS_H

#include <lanewise/nn.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * This rank, and the functions that sum numbers over all ranks.
 *
 * All ranks call the functions in the same order and with the same n, from the thread that trains,
 * possibly inside an OpenMP parallel region. A status other than LW_OK ends the step or the run and
 * is returned from it. The sums must have the same bits on all ranks. Runs are reproducible if the
 * sums depend on nothing but the numbers.
 */
typedef struct lw_ranks {
    size_t size;    /* sizeof(lw_ranks) */
    unsigned rank;  /* number of this rank, from 0 */
    unsigned count; /* number of ranks */
    void *user;     /* passed to the functions */
    /* Starts to replace n numbers by their sums over all ranks. May return before that is done: the
     * caller neither reads nor writes x until wait returns. */
    lw_status (*allreduce_f32)(void *user, size_t n, float *x);
    /* The same for doubles. */
    lw_status (*allreduce_f64)(void *user, size_t n, double *x);
    /* Waits for everything that was started, also after a failure. */
    lw_status (*wait)(void *user);
} lw_ranks;

/*
 * Makes net the network of one rank; NULL makes it a network of this process alone again. Copies
 * the struct. The copies of the network on all ranks must have the same parameters, optimizer state
 * and generator, as they have after lw_net_create_mlp with one seed.
 *
 * Collective from then on (called by all ranks, in the same order):
 *
 *   lw_fit         Takes the same options on all ranks, and as data and validation data this rank's
 *                  rows only; a rank may have none. batch_size is that of all ranks together. See
 *                  "Batches" below. Losses and validation results are those of all ranks. A request
 *                  to stop on one rank stops all: after the next step for *stop and on_batch, at
 *                  once for on_epoch. If options or data are wrong on one rank, the others return
 *                  LW_ERANK. Returns LW_EINVAL if batch_size is below the number of ranks.
 *   lw_fit_source  Each rank's source delivers this rank's rows of a mini-batch, at most as many as
 *                  requested. An epoch ends with the first mini-batch that is empty on all ranks.
 *   lw_train_step  Takes the same number of rows on each rank. The loss is that of all rows.
 *   lw_evaluate    Takes this rank's rows only. Results are those of all rows, except
 *                  misclassified, which lists rows of this rank.
 *
 * lw_net_forward, lw_net_loss, lw_net_backward and prediction are local to a rank.
 *
 * Batches: a mini-batch has batch_size slots, which are divided evenly between the ranks. Each slot
 * owns a contiguous block of its rank's rows, about one row for each mini-batch of an epoch, and
 * takes them in an order drawn for each epoch from the network's generator and the number of the
 * slot, or in file order with no_shuffle. If each rank has the rows of lw_ranks_shard, the batches
 * are the same for any number of ranks, and a run can be resumed with another number. Other
 * divisions of the rows work too: the last mini-batches then have fewer rows.
 *
 * Results: a step with several ranks differs from that of one process only by the order in which
 * the rows of a batch are summed. Gradients are stored and exchanged from the last layer to the
 * first, those of wide layers in pieces, while the next ones are computed.
 *
 * Failures: if a call fails on one rank only, for example for lack of memory, the caller must end
 * all ranks, because the others wait for it.
 *
 * Returns LW_EINVAL if rank is not below count or a function is NULL; LW_ENOMEM.
 */
LW_API LW_CHECKED lw_status lw_net_set_ranks(lw_net *net, const lw_ranks *ranks);

/*
 * The shard of a file's rows for this rank, for lw_fit with this batch_size; 0 means 32, as there.
 * With LW_FULL_BATCH or a batch_size above UINT32_MAX, which suit validation data, all shards have
 * the same number of rows or one more. With ranks NULL the shard is all rows.
 */
LW_API lw_shard lw_ranks_shard(const lw_ranks *ranks, size_t batch_size);

#ifdef __cplusplus
}
#endif

#endif
