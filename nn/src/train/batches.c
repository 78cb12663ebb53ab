/* The mini-batches of a run, from a data set or a callback. */
#include "batches.h"

#include <stdlib.h>

static lw_status make_room(lw_batches *batches, size_t inputs, size_t outputs, int labels)
{
    /* A rank without rows, too, has a batch. */
    const size_t rows = batches->most_rows > 0 ? batches->most_rows : 1;
    lw_gather *room = &batches->room;
    size_t x_count, values_count;
    if (!__builtin_mul_overflow(rows, inputs, &x_count) &&
        !__builtin_mul_overflow(rows, outputs, &values_count)) {
        room->x = lw_alloc_floats(x_count);
        if (labels)
            room->labels = calloc(rows, sizeof *room->labels);
        else
            room->values = lw_alloc_floats(values_count);
    }
    if (!room->x || (!room->labels && !room->values))
        return lw_fail(LW_ENOMEM, "no memory for a batch of %zu rows", rows);
    return LW_OK;
}

/* Collective: exchanges the number of rows of each rank. */
static lw_status exchange_row_counts(const lw_batches *batches, lw_status status, size_t rows,
                                     size_t *rows_of_rank)
{
    const lw_rank *rank = &batches->net->rank;
    double *counts = calloc(rank->count + LW_SUM_EXTRA, sizeof *counts);
    if (!counts)
        return lw_fail(LW_ENOMEM, "no memory for the rows of %u ranks", rank->count);
    counts[rank->rank] = (double)rows;
    status = lw_exchange_sum(batches->net, status, rank->count, counts);
    for (size_t i = 0; i < rank->count; i++)
        rows_of_rank[i] = (size_t)counts[i];
    free(counts);
    return status;
}

/* Collective: divides the rows of all ranks into batches. */
static lw_status open_partition(lw_batches *batches, lw_status status, size_t rows,
                                size_t batch_size)
{
    const lw_rank *rank = &batches->net->rank;
    lw_batch_partition *partition = &batches->partition;
    const lw_status opened =
        lw_batch_partition_open(partition, rank->rank, rank->count, batch_size);
    if (opened != LW_OK)
        return opened;
    status = exchange_row_counts(batches, status, rows, partition->rows_of_rank);
    if (status == LW_OK)
        status = lw_batch_partition_divide(partition);
    if (status == LW_OK) {
        batches->batch_rows = partition->batch_rows;
        batches->most_rows = lw_batch_partition_max_rows(partition);
        batches->rows_total = partition->rows;
    }
    return status;
}

lw_status lw_batches_open_data(lw_batches *batches, const lw_net *net, lw_status status,
                               const lw_dataset *data, size_t batch_size, int shuffle)
{
    const size_t rows = status == LW_OK ? data->rows : 0;
    if (batch_size == 0)
        batch_size = LW_DEFAULT_BATCH_SIZE;
    *batches = (lw_batches){
        .data = data, .net = net, .is_partitioned = lw_is_distributed(net), .shuffle = shuffle};
    if (batches->is_partitioned) {
        status = open_partition(batches, status, rows, batch_size);
    } else {
        batches->batch_rows = batches->most_rows = batch_size < rows ? batch_size : rows;
        batches->rows_total = rows;
    }
    const int is_in_place =
        batches->batch_rows == batches->rows_total || (!shuffle && !batches->is_partitioned);
    if (status != LW_OK || is_in_place)
        return status;
    batches->index = calloc(rows + 1, sizeof *batches->index); /* a rank may have no row */
    if (!batches->index)
        return lw_fail(LW_ENOMEM, "no memory for the order of %zu rows", rows);
    batches->room.data = data;
    return make_room(batches, data->inputs, data->outputs, data->target.labels != NULL);
}

lw_status lw_batches_open_source(lw_batches *batches, const lw_net *net,
                                 const lw_batch_source *source, size_t batch_size)
{
    const size_t rows = batch_size > 0 ? batch_size : LW_DEFAULT_BATCH_SIZE;
    *batches = (lw_batches){
        .source = source, .net = net, .batch_rows = rows, .most_rows = lw_ranks_rows(net, rows)};
    return make_room(batches, source->inputs, source->outputs, source->has_labels);
}

void lw_batches_close(lw_batches *batches)
{
    lw_batch_partition_close(&batches->partition);
    free(batches->index);
    free(batches->room.x);
    free(batches->room.values);
    free(batches->room.labels);
}

/* Rows of a batch of a data set, on this rank and on all, after `done` rows of all. */
static void count_rows(const lw_batches *batches, size_t number, size_t done, size_t *own,
                       size_t *all)
{
    if (batches->is_partitioned) {
        lw_batch_partition_rows(&batches->partition, number, own, all);
        return;
    }
    const size_t left = batches->rows_total - done;
    *own = *all = left < batches->batch_rows ? left : batches->batch_rows;
}

void lw_batches_start(lw_batches *batches, const lw_random *random, size_t epoch)
{
    batches->epoch = epoch;
    batches->rows_done = batches->number = batches->own_done = 0;
    batches->after = *random;
    if (batches->data)
        count_rows(batches, 0, 0, &batches->next_rows, &batches->next_all_rows);
    if (!batches->index)
        return;
    if (batches->is_partitioned) {
        lw_batch_partition_order(&batches->partition,
                                 batches->shuffle ? lw_random_u64(&batches->after) : 0,
                                 batches->index);
        return;
    }
    /* From the rows as they lie and not from the last order, which a run that resumes does not
     * have. */
    for (size_t i = 0; i < batches->data->rows; i++)
        batches->index[i] = i;
    lw_random_shuffle(&batches->after, batches->data->rows, batches->index);
}

static void next_of_data(lw_batches *batches, lw_batch *batch)
{
    const lw_dataset *data = batches->data;
    const size_t begin = batches->own_done, rows = batches->next_rows;
    *batch = (lw_batch){.rows = rows, .all_rows = batches->next_all_rows};
    count_rows(batches, batches->number + 1, batches->rows_done + batch->all_rows,
               &batches->next_rows, &batches->next_all_rows);
    if (batches->index) {
        batch->x = batches->room.x;
        batch->target = (lw_target){batches->room.values, batches->room.labels};
        batch->gather = &batches->room;
        batch->index = batches->index + begin;
        batch->next_index = batch->index + rows;
        batch->next_rows = batches->next_rows;
    } else {
        batch->x = data->x + begin * data->inputs;
        batch->target = lw_target_from(&data->target, begin, data->outputs);
    }
}

/* This rank's part of a batch, as the callback delivers it. */
static lw_status deliver(lw_batches *batches, lw_batch *batch)
{
    const lw_batch_source *source = batches->source;
    const lw_gather *room = &batches->room;
    const size_t wanted = batches->most_rows;
    size_t rows = 0;
    const lw_status status = source->next(source->user, batches->epoch, batches->rows_done == 0,
                                          wanted, room->x, room->values, room->labels, &rows);
    if (status != LW_OK)
        return status;
    if (rows > wanted)
        return lw_fail(LW_EDATA, "the batch callback delivered %zu rows where %zu fit", rows,
                       wanted);
    *batch = (lw_batch){.rows = rows, .x = room->x, .target = {room->values, room->labels}};
    const lw_dataset delivered = {.rows = rows,
                                  .inputs = source->inputs,
                                  .outputs = source->outputs,
                                  .x = room->x,
                                  .target = batch->target};
    return rows > 0 ? lw_dataset_check(&delivered) : LW_OK;
}

static lw_status next_of_source(lw_batches *batches, lw_batch *batch)
{
    lw_status status = deliver(batches, batch);
    double all_rows[1 + LW_SUM_EXTRA] = {(double)batch->rows};
    status = lw_exchange_sum(batches->net, status, 1, all_rows);
    if (status != LW_OK)
        return status;
    batch->all_rows = (size_t)all_rows[0];
    return batch->all_rows > 0 || batches->rows_done > 0
               ? LW_OK
               : lw_fail(LW_EDATA, "the batch callback delivered no rows");
}

lw_status lw_batches_next(lw_batches *batches, lw_batch *batch)
{
    lw_status status = LW_OK;
    *batch = (lw_batch){0};
    if (batches->data)
        next_of_data(batches, batch);
    else
        status = next_of_source(batches, batch);
    if (status != LW_OK)
        return status;
    batches->rows_done += batch->all_rows;
    batches->own_done += batch->rows;
    batches->number++;
    return LW_OK;
}

lw_status lw_batches_skip(lw_batches *batches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lw_batch batch = {0};
        const lw_status status = lw_batches_next(batches, &batch);
        if (status != LW_OK)
            return status;
        if (batch.all_rows == 0)
            return lw_fail(LW_EDATA, "epoch %zu has %zu batches, fewer than the %zu that are done",
                           batches->epoch + 1, i, count);
    }
    return LW_OK;
}

size_t lw_batches_count(const lw_batches *batches)
{
    if (batches->data && batches->is_partitioned)
        return batches->partition.batches;
    /* Without a sum that could overflow. */
    const size_t total = batches->rows_total, rows = batches->batch_rows;
    return total / rows + (total % rows != 0);
}
