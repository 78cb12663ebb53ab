/* The partition of mini-batches among processes. */
#include "batch_partition.h"

#include "base/partition.h"
#include "base/random.h"

#include <stdlib.h>

/* The slots of a rank, in a batch that does not hold all rows. */
static lw_range slots_of(const lw_batch_partition *partition, size_t rank)
{
    return lw_partition_range(partition->batch_rows, rank, partition->ranks);
}

static size_t slot_count(const lw_batch_partition *partition, size_t rank)
{
    const lw_range slots = slots_of(partition, rank);
    /* A batch of all rows has a slot for each of them. */
    return partition->batch_rows == partition->rows ? partition->rows_of_rank[rank]
                                                    : slots.end - slots.begin;
}

/* The block of a slot of this rank, in rows of this rank. slot counts from the rank's first one. */
static lw_range block_of_slot(const lw_batch_partition *partition, size_t slot)
{
    const size_t rank = partition->rank;
    if (!partition->is_even)
        return lw_partition_range(partition->rows_of_rank[rank], slot, slot_count(partition, rank));
    const lw_range rows = lw_partition_range(
        partition->rows, slots_of(partition, rank).begin + slot, partition->batch_rows);
    return (lw_range){rows.begin - partition->first_row, rows.end - partition->first_row};
}

static size_t rows_in_batch(const lw_batch_partition *partition, size_t rank, size_t number)
{
    const size_t slots = slot_count(partition, rank), rows = partition->rows_of_rank[rank];
    if (slots == 0 || number > rows / slots)
        return 0;
    const size_t left = rows - number * slots;
    return left < slots ? left : slots;
}

/* Sets the fields that follow from rows_of_rank. */
static lw_status divide_rows(lw_batch_partition *partition)
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
        const size_t rows = partition->rows_of_rank[rank], slots = slot_count(partition, rank);
        if (slots == 0 && rows > 0)
            return lw_fail(LW_EINVAL, "a batch of %zu rows has none for rank %zu of %zu",
                           partition->batch_rows, rank, partition->ranks);
        const size_t batches = slots == 0 ? 0 : rows / slots + (rows % slots != 0);
        partition->batches = batches > partition->batches ? batches : partition->batches;
        if (partition->is_even &&
            before != lw_partition_begin(partition->rows, slots_of(partition, rank).begin,
                                         partition->batch_rows))
            partition->is_even = 0;
        if (rank == partition->rank)
            partition->first_row = before;
        before += rows;
    }
    return LW_OK;
}

lw_status lw_batch_partition_open(lw_batch_partition *partition, size_t rank, size_t ranks,
                                  size_t batch_rows)
{
    *partition = (lw_batch_partition){.rank = rank, .ranks = ranks, .batch_rows = batch_rows};
    partition->rows_of_rank = calloc(ranks, sizeof *partition->rows_of_rank);
    return partition->rows_of_rank
               ? LW_OK
               : lw_fail(LW_ENOMEM, "no memory for the rows of %zu ranks", ranks);
}

lw_status lw_batch_partition_divide(lw_batch_partition *partition)
{
    const lw_status status = divide_rows(partition);
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

/* Writes a slot's rows to slot_rows in the order in which batches take them, and returns their
 * number. The order is seeded with the slot's number among those of all ranks. */
static size_t order_slot(const lw_batch_partition *partition, uint64_t key, size_t slot)
{
    const lw_range block = block_of_slot(partition, slot);
    const size_t rows = block.end - block.begin;
    for (size_t i = 0; i < rows; i++)
        partition->slot_rows[i] = block.begin + i;
    if (key != 0) {
        lw_random seed = {.state = key + slots_of(partition, partition->rank).begin + slot};
        lw_random random = {.state = lw_random_u64(&seed)};
        lw_random_shuffle(&random, rows, partition->slot_rows);
    }
    return rows;
}

void lw_batch_partition_order(const lw_batch_partition *partition, uint64_t key, size_t *index)
{
    const size_t slots = slot_count(partition, partition->rank);
    const size_t own = partition->rows_of_rank[partition->rank];
    const size_t full_batches = slots == 0 ? 0 : own / slots; /* with a row of every slot */
    size_t *last = index + full_batches * slots;
    for (size_t slot = 0; slot < slots; slot++) {
        const size_t rows = order_slot(partition, key, slot);
        for (size_t i = 0; i < full_batches; i++)
            index[i * slots + slot] = partition->slot_rows[i];
        if (rows > full_batches)
            *last++ = partition->slot_rows[full_batches];
    }
}
