/*
 * How the rows of several ranks become mini-batches.
 *
 * A batch of B rows has B slots, of which each rank fills its shard, and each slot takes its rows from a stretch of the
 * data of its own, one for each batch, in an order that depends on the epoch and the number of the slot. So the rank
 * that has a stretch needs no other rows, and where ranks have the shares that lw_ranks_shard gives them, the batches are
 * the same for any number of ranks.
 */
#ifndef LANEWISE_BATCH_PARTITION_H
#define LANEWISE_BATCH_PARTITION_H

#include "distributed/ranks.h"

typedef struct lw_batch_partition {
    size_t rank, ranks;
    size_t batch_rows;    /* of a whole batch, on all ranks */
    size_t rows;          /* of all ranks */
    size_t *rows_of_rank; /* NULL: one process alone, whose rows nobody deals */
    size_t first_row;     /* of this rank's among those of all */
    int is_even;          /* the ranks' rows are those of their shares */
    size_t batches;       /* of an epoch: no stretch has more rows */
    size_t *slot_rows;    /* room for the rows of one */
} lw_batch_partition;

/*
 * Collective: tells all ranks how many rows each has, and the status with which each has come so far; LW_ERANK where
 * another has failed. batch_rows is that of all ranks, LW_FULL_BATCH included. LW_EINVAL if a rank with rows gets no
 * slot in a batch. Released with lw_batch_partition_close, after a failure too.
 */
lw_status lw_batch_partition_open(lw_batch_partition *partition, const lw_net *net,
                                  lw_status status, size_t rows, size_t batch_rows);
void lw_batch_partition_close(lw_batch_partition *partition);

/* Rows of batch number that this rank has, and that all have. */
void lw_batch_partition_rows(const lw_batch_partition *partition, size_t number, size_t *own,
                             size_t *all);

/* The most rows that this rank has in a batch. */
size_t lw_batch_partition_max_rows(const lw_batch_partition *partition);

/* Fills index with this rank's rows, those of the first batch first; key decides their order in each stretch, 0: as they
 * lie. */
void lw_batch_partition_order(const lw_batch_partition *partition, uint64_t key, size_t *index);

#endif
