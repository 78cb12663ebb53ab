#include "batches.h"

#include <stdlib.h>

enum { DEFAULT_BATCH_SIZE = 32 };

static lw_status make_room(lw_batches *batches, size_t inputs, size_t outputs, int labels)
{
    const size_t rows = batches->batch_rows;
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

lw_status lw_batches_open_data(lw_batches *batches, const lw_loss_rule *rule,
                               const lw_dataset *data, size_t batch_size, int shuffle)
{
    if (batch_size == 0)
        batch_size = DEFAULT_BATCH_SIZE;
    *batches = (lw_batches){.data = data,
                            .rule = rule,
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

lw_status lw_batches_open_source(lw_batches *batches, const lw_loss_rule *rule,
                                 const lw_batch_source *source, size_t batch_size)
{
    *batches = (lw_batches){.source = source,
                            .rule = rule,
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
    const size_t rows = left < batches->batch_rows ? left : batches->batch_rows;
    if (batches->index)
        *batch = (lw_batch){.rows = rows,
                            .x = batches->room.x,
                            .target = {batches->room.values, batches->room.labels},
                            .gather = &batches->room,
                            .index = batches->index + first,
                            .next_rows = left - rows < rows ? left - rows : rows};
    else
        *batch = (lw_batch){.rows = rows,
                            .x = data->x + first * data->inputs,
                            .target = lw_target_from(&data->target, first, data->outputs)};
}

static lw_status next_of_source(lw_batches *batches, lw_batch *batch)
{
    const lw_batch_source *source = batches->source;
    const lw_gather *room = &batches->room;
    size_t rows = 0;
    lw_status status =
        source->next(source->user, batches->epoch, batches->rows_done == 0, batches->batch_rows,
                     room->x, room->values, room->labels, &rows);
    if (status != LW_OK)
        return status;
    if (rows > batches->batch_rows)
        return lw_fail(LW_EDATA, "the batch callback delivered %zu rows where %zu fit", rows,
                       batches->batch_rows);
    *batch = (lw_batch){.rows = rows, .x = room->x, .target = {room->values, room->labels}};
    if (rows == 0)
        return batches->rows_done > 0 ? LW_OK
                                      : lw_fail(LW_EDATA, "the batch callback delivered no rows");
    const lw_dataset delivered = {.rows = rows,
                                  .inputs = source->inputs,
                                  .outputs = source->outputs,
                                  .x = room->x,
                                  .target = batch->target};
    return lw_dataset_check(&delivered);
}

lw_status lw_batches_next(lw_batches *batches, lw_batch *batch)
{
    lw_status status = LW_OK;
    if (batches->data)
        next_of_data(batches, batch);
    else
        status = next_of_source(batches, batch);
    if (status == LW_OK)
        batches->rows_done += batch->rows;
    return status;
}

lw_status lw_batches_skip(lw_batches *batches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lw_batch batch = {0};
        const lw_status status = lw_batches_next(batches, &batch);
        if (status != LW_OK)
            return status;
        if (batch.rows == 0)
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
