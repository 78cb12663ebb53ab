/*
 * Division of the rows of several ranks into mini-batches (a sharded sampler).
 *
 * A batch of B rows has B slots, which are divided evenly between the ranks. Each slot owns a
 * contiguous block of its rank's rows and contributes one row to each batch, in an order that
 * depends on the epoch and on the number of the slot among all B. A rank needs no rows of other
 * ranks, and if the ranks have the shards of lw_ranks_shard, the batches are the same for any
 * number of ranks.
 */
#ifndef LANEWISE_BATCH_PARTITION_H
#define LANEWISE_BATCH_PARTITION_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lw_batch_partition {
    size_t rank, ranks;   /* this rank and the number of ranks */
    size_t batch_rows;    /* in a full batch, of all ranks */
    size_t rows;          /* of all ranks */
    size_t *rows_of_rank; /* NULL without ranks */
    size_t first_row;     /* of this rank, among the rows of all ranks */
    int is_even;          /* each rank has the rows of lw_ranks_shard */
    size_t batches;       /* per epoch: the rows of the largest block */
    size_t *slot_rows;    /* scratch: the order of one slot's rows */
} lw_batch_partition;

/* Initialises a partition and allocates rows_of_rank, which the caller fills in before it calls
 * lw_batch_partition_divide. batch_rows: of all ranks, or LW_FULL_BATCH. The caller closes the
 * partition, also after a failure. */
lw_status lw_batch_partition_open(lw_batch_partition *partition, size_t rank, size_t ranks,
                                  size_t batch_rows);

/* Divides the rows of all ranks. Returns LW_EDATA if no rank has rows, LW_EINVAL if a rank with
 * rows has no slot, or LW_ENOMEM. */
lw_status lw_batch_partition_divide(lw_batch_partition *partition);
void lw_batch_partition_close(lw_batch_partition *partition);

/* Rows of batch `number` on this rank, and on all ranks. */
void lw_batch_partition_rows(const lw_batch_partition *partition, size_t number, size_t *own,
                             size_t *all);

/* Rows of the largest batch on this rank. */
size_t lw_batch_partition_max_rows(const lw_batch_partition *partition);

/* Fills index with this rank's rows, batch by batch. key seeds the order of the rows of each slot;
 * 0 keeps file order. */
void lw_batch_partition_order(const lw_batch_partition *partition, uint64_t key, size_t *index);

#endif
