#include "batch_partition.h"

#include "base/part.h"
#include "base/random.h"

#include <stdlib.h>

/* The first slot of a rank in a batch; that of rank number ranks is the end. */
static size_t first_slot(const lw_batch_partition *partition, size_t rank)
{
    return lw_part_begin(partition->batch_rows, rank, partition->ranks);
}

static size_t slots_of(const lw_batch_partition *partition, size_t rank)
{
    /* A batch of all rows has a slot for each. */
    return partition->batch_rows == partition->rows
               ? partition->rows_of_rank[rank]
               : first_slot(partition, rank + 1) - first_slot(partition, rank);
}

/* The row of this rank at which a slot's stretch begins; that of the slot behind the last is the end. */
static size_t first_row_of_slot(const lw_batch_partition *partition, size_t slot)
{
    const size_t own = partition->rows_of_rank[partition->rank];
    if (!partition->is_even)
        return lw_part_begin(own, slot, slots_of(partition, partition->rank));
    return lw_part_begin(partition->rows, first_slot(partition, partition->rank) + slot,
                         partition->batch_rows) -
           partition->first_row;
}

static size_t rows_in_batch(const lw_batch_partition *partition, size_t rank, size_t number)
{
    const size_t slots = slots_of(partition, rank), rows = partition->rows_of_rank[rank];
    if (slots == 0 || number > rows / slots)
        return 0;
    const size_t left = rows - number * slots;
    return left < slots ? left : slots;
}

/* What follows from the numbers of rows. */
static lw_status arrange(lw_batch_partition *partition)
{
    size_t before = 0;
    for (size_t rank = 0; rank < partition->ranks; rank++)
        partition->rows += partition->rows_of_rank[rank];
    if (partition->rows == 0)
        return lw_fail(LW_EDATA, "no rank has a row");
    if (partition->batch_rows > partition->rows)
        partition->batch_rows = partition->rows;
    partition->is_even = partition->batch_rows < partition->rows;
    for (size_t rank = 0; rank < partition->ranks; rank++) {
        const size_t rows = partition->rows_of_rank[rank], slots = slots_of(partition, rank);
        if (slots == 0 && rows > 0)
            return lw_fail(LW_EINVAL, "a batch of %zu rows has none for rank %zu of %zu",
                           partition->batch_rows, rank, partition->ranks);
        const size_t batches = slots == 0 ? 0 : rows / slots + (rows % slots != 0);
        partition->batches = batches > partition->batches ? batches : partition->batches;
        if (partition->is_even &&
            before !=
                lw_part_begin(partition->rows, first_slot(partition, rank), partition->batch_rows))
            partition->is_even = 0;
        if (rank == partition->rank)
            partition->first_row = before;
        before += rows;
    }
    return LW_OK;
}

/* Tells all ranks how many rows each has. */
static lw_status tell_rows(lw_batch_partition *partition, const lw_net *net, lw_status status,
                           size_t rows)
{
    double *counts = calloc(partition->ranks + LW_RANKS_EXTRA, sizeof *counts);
    partition->rows_of_rank = calloc(partition->ranks, sizeof *partition->rows_of_rank);
    if (!counts || !partition->rows_of_rank) {
        free(counts);
        return lw_fail(LW_ENOMEM, "no memory for the rows of %zu ranks", partition->ranks);
    }
    counts[partition->rank] = (double)rows;
    status = lw_ranks_allreduce(net, status, partition->ranks, counts);
    for (size_t rank = 0; rank < partition->ranks; rank++)
        partition->rows_of_rank[rank] = (size_t)counts[rank];
    free(counts);
    return status;
}

lw_status lw_batch_partition_open(lw_batch_partition *partition, const lw_net *net,
                                  lw_status status, size_t rows, size_t batch_rows)
{
    const lw_ranks *ranks = &net->rank_state->ranks;
    *partition =
        (lw_batch_partition){.rank = ranks->rank, .ranks = ranks->count, .batch_rows = batch_rows};
    status = tell_rows(partition, net, status, rows);
    if (status == LW_OK)
        status = arrange(partition);
    if (status != LW_OK)
        return status;
    partition->slot_rows = calloc(partition->batches, sizeof *partition->slot_rows);
    return partition->slot_rows
               ? LW_OK
               : lw_fail(LW_ENOMEM, "no memory for an order of %zu rows", partition->batches);
}

void lw_batch_partition_close(lw_batch_partition *partition)
{
    free(partition->rows_of_rank);
    free(partition->slot_rows);
    *partition = (lw_batch_partition){0};
}

void lw_batch_partition_rows(const lw_batch_partition *partition, size_t number, size_t *own,
                             size_t *all)
{
    *all = 0;
    for (size_t rank = 0; rank < partition->ranks; rank++)
        *all += rows_in_batch(partition, rank, number);
    *own = rows_in_batch(partition, partition->rank, number);
}

size_t lw_batch_partition_max_rows(const lw_batch_partition *partition)
{
    return rows_in_batch(partition, partition->rank, 0);
}

/* The rows of a slot's stretch in the order in which the batches have them: the same on whichever rank it is. */
static size_t order_slot(const lw_batch_partition *partition, uint64_t key, size_t slot)
{
    const size_t first = first_row_of_slot(partition, slot);
    const size_t rows = first_row_of_slot(partition, slot + 1) - first;
    for (size_t i = 0; i < rows; i++)
        partition->slot_rows[i] = first + i;
    if (key != 0) {
        lw_random seed = {.state = key + first_slot(partition, partition->rank) + slot};
        lw_random random = {.state = lw_random_u64(&seed)};
        lw_random_shuffle(&random, rows, partition->slot_rows);
    }
    return rows;
}

void lw_batch_partition_order(const lw_batch_partition *partition, uint64_t key, size_t *index)
{
    const size_t slots = slots_of(partition, partition->rank),
                 own = partition->rows_of_rank[partition->rank];
    const size_t common = slots == 0 ? 0 : own / slots; /* batches in which all slots have rows */
    size_t *last = index + common * slots;
    for (size_t slot = 0; slot < slots; slot++) {
        const size_t rows = order_slot(partition, key, slot);
        for (size_t i = 0; i < common; i++)
            index[i * slots + slot] = partition->slot_rows[i];
        if (rows > common)
            *last++ = partition->slot_rows[common];
    }
}
