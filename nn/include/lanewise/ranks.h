/*
 * Lanewise ranks: one network trained by several processes.
 *
 * Each of the processes, the ranks, has a copy of the network and takes its part of every mini-batch (synchronous
 * data-parallel training). Before each update the gradients are added up over the ranks, so that all copies take the same
 * step. How numbers get from one rank to another is the business of three functions that the caller gives.
 */
#ifndef LANEWISE_RANKS_H
#define LANEWISE_RANKS_H

#include <lanewise/nn.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * All ranks, and how their numbers are added up. The functions are called by the thread that trains, by all ranks in the
 * same order and with the same n, perhaps inside a parallel region of OpenMP; a status other than LW_OK ends the step or
 * the run with it. The sums have to be the same bits on each rank, and for networks to be reproducible they are to depend
 * on nothing but the numbers.
 */
typedef struct lw_ranks {
    size_t size;          /* sizeof(lw_ranks) */
    unsigned rank, count; /* number of this rank, from 0, and of all */
    void *user;           /* handed to the functions */
    /* Begins to replace n numbers by their sums over all ranks, and may return before that is done. They stay where they
     * are, untouched, until wait returns. */
    lw_status (*allreduce_f32)(void *user, size_t n, float *x);
    /* The same for doubles. */
    lw_status (*allreduce_f64)(void *user, size_t n, double *x);
    /* Returns when all that was begun is done; also after a failure. */
    lw_status (*wait)(void *user);
} lw_ranks;

/*
 * Trains net as one of these ranks from now on, or with NULL alone again; of one rank too. The struct is copied. LW_EINVAL
 * unless rank is below count and all functions are there. Afterwards the following are called on every rank, with networks
 * of the same parameters, optimizer state and generator, as after lw_net_create with one seed:
 *
 *   lw_fit         with the same options, and a data set of this rank's rows alone; validation, too, is of its rows. One
 *                  rank may have none. batch_size is that of all ranks, of which each fills its part, places of the
 *                  same number or one more; each place has a contiguous stretch of its rank's rows, of about one for each
 *                  batch of an epoch, and takes them in an order that is drawn anew for each epoch, from the network's
 *                  generator and the number of the place, or as they lie with no_shuffle. So on ranks with the shards of
 *                  lw_ranks_shard the batches are the same for any number of ranks, and a run may be resumed with another
 *                  number. Other numbers of rows are divided so that all ranks end together as well as they can:
 *                  the last batches have fewer rows. Losses and the validation's results are of all ranks. A run stops
 *                  on all ranks after the step that follows when *stop or on_batch asks for it on one of them,
 *                  and after on_epoch at once. What is wrong with the options or the data of one rank is LW_ERANK on
 *                  the others. LW_EINVAL if batch_size is below the number of ranks, which leaves one without a place.
 *   lw_fit_source  with sources that deliver each rank's own rows of a mini-batch, rows of those that it is
 *                  asked for; a mini-batch is what they deliver together, and an epoch ends with the first that is empty on all ranks.
 *   lw_train_step  with the same number of rows on each rank; value is the loss of all of them.
 *   lw_evaluate    with a data set of this rank's rows alone: the results are of all ranks, and only misclassified is of
 *                  the rank's rows.
 *
 * Gradients are added up layer by layer, from the last one on, those of a wide layer in pieces from its end on, while the
 * next ones are computed. A step with several ranks stores them: its bits differ from those of one rank by the order of the
 * sums over the rows of a batch alone. lw_net_forward, lw_net_loss, lw_net_backward and prediction know nothing of other
 * ranks.
 *
 * A rank on which a call fails in the midst of its work, say for want of memory, has to end the run for all, because the
 * others wait for it.
 */
LW_API lw_status lw_net_set_ranks(lw_net *net, const lw_ranks *ranks);

/*
 * The shard of a file's rows that a rank is to have for mini-batches of batch_size rows on all ranks, 0 meaning 32 as in
 * lw_fit; with LW_FULL_BATCH, or more than UINT32_MAX, equal shards, which suit validation. All rows with ranks NULL.
 */
LW_API lw_shard lw_ranks_shard(const lw_ranks *ranks, size_t batch_size);

#ifdef __cplusplus
}
#endif

#endif
