#include "batches.h"

#include "ranks.h"

#include <stdlib.h>

enum { DEFAULT_BATCH_SIZE = 32 };

static lw_status make_room(lw_batches *batches, size_t inputs, size_t outputs, int labels)
{
    /* The first rank has no fewer than others. */
    const size_t ranks = batches->net->shared ? batches->net->shared->ranks.count : 1;
    const size_t rows = (batches->batch_rows + ranks - 1) / ranks;
    lw_gather *room = &batches->room;
    size_t x_count, values_count;
    if (!lw_multiply_overflows(rows, inputs, &x_count) &&
        !lw_multiply_overflows(rows, outputs, &values_count)) {
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

lw_status lw_batches_open_data(lw_batches *batches, const lw_net *net, const lw_dataset *data,
                               size_t batch_size, int shuffle)
{
    if (batch_size == 0)
        batch_size = DEFAULT_BATCH_SIZE;
    *batches = (lw_batches){.data = data,
                            .net = net,
                            .batch_rows = batch_size < data->rows ? batch_size : data->rows,
                            .rows_total = data->rows};
    if (!shuffle || batches->batch_rows == data->rows)
        return LW_OK;
    batches->index = calloc(data->rows, sizeof *batches->index);
    if (!batches->index)
        return lw_fail(LW_ENOMEM, "no memory for the order of %zu rows", data->rows);
    batches->room.data = data;
    return make_room(batches, data->inputs, data->outputs, data->target.labels != NULL);
}

lw_status lw_batches_open_source(lw_batches *batches, const lw_net *net,
                                 const lw_batch_source *source, size_t batch_size)
{
    *batches = (lw_batches){.source = source,
                            .net = net,
                            .batch_rows = batch_size > 0 ? batch_size : DEFAULT_BATCH_SIZE};
    return make_room(batches, source->inputs, source->outputs, source->has_labels);
}

void lw_batches_close(lw_batches *batches)
{
    free(batches->index);
    free(batches->room.x);
    free(batches->room.values);
    free(batches->room.labels);
}

void lw_batches_start(lw_batches *batches, const lw_random *random, size_t epoch)
{
    batches->epoch = epoch;
    batches->rows_done = 0;
    batches->after = *random;
    if (!batches->index)
        return;
    /* From the rows as they lie and not from the last order, which a run that resumes does not have. */
    for (size_t i = 0; i < batches->data->rows; i++)
        batches->index[i] = i;
    lw_random_shuffle(&batches->after, batches->data->rows, batches->index);
}

static void next_of_data(lw_batches *batches, lw_batch *batch)
{
    const lw_dataset *data = batches->data;
    const size_t first = batches->rows_done, left = data->rows - first;
    const size_t all_rows = left < batches->batch_rows ? left : batches->batch_rows;
    size_t begin, rows;
    lw_ranks_share(batches->net, all_rows, &begin, &rows);
    begin += first;
    if (!batches->index) {
        *batch = (lw_batch){.rows = rows,
                            .all_rows = all_rows,
                            .x = data->x + begin * data->inputs,
                            .target = lw_target_from(&data->target, begin, data->outputs)};
        return;
    }
    const size_t left_then = left - all_rows;
    size_t next_begin, next_rows;
    lw_ranks_share(batches->net, left_then < all_rows ? left_then : all_rows, &next_begin,
                   &next_rows);
    *batch = (lw_batch){.rows = rows,
                        .all_rows = all_rows,
                        .x = batches->room.x,
                        .target = {batches->room.values, batches->room.labels},
                        .gather = &batches->room,
                        .index = batches->index + begin,
                        .next_index = batches->index + first + all_rows + next_begin,
                        .next_rows = next_rows};
}

/* This rank's part of a batch, as the callback delivers it. */
static lw_status deliver(lw_batches *batches, lw_batch *batch)
{
    const lw_batch_source *source = batches->source;
    const lw_gather *room = &batches->room;
    size_t begin, wanted, rows = 0;
    lw_ranks_share(batches->net, batches->batch_rows, &begin, &wanted);
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
    enum { ROWS, FAILURES, SUMS };
    const lw_status status = deliver(batches, batch);
    double sums[SUMS] = {[ROWS] = (double)batch->rows, [FAILURES] = status != LW_OK};
    const lw_status added = lw_ranks_sum(batches->net, SUMS, sums);
    if (status != LW_OK || added != LW_OK)
        return status != LW_OK ? status : added;
    if (sums[FAILURES] > 0.0)
        return lw_fail(LW_EDATA, "the batch callback of another rank failed");
    batch->all_rows = (size_t)sums[ROWS];
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
    if (status == LW_OK)
        batches->rows_done += batch->all_rows;
    return status;
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
    /* Without a sum that could overflow. */
    const size_t total = batches->rows_total, rows = batches->batch_rows;
    return total / rows + (total % rows != 0);
}
