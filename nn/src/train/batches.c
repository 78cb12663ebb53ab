/* The mini-batches of a run, from a data set or a callback. */
#include "batches.h"

#include "base/arithmetic.h"
#include "data/dataset.h"

#include <stdlib.h>

static lw_status allocate_buffers(lw_batches *batches, size_t inputs, size_t outputs, int labels)
{
    /* A rank without rows has a batch, too. */
    const size_t rows = batches->max_rows > 0 ? batches->max_rows : 1;
    lw_gather *buffers = &batches->buffers;
    size_t x_count, values_count;
    if (!__builtin_mul_overflow(rows, inputs, &x_count) &&
        !__builtin_mul_overflow(rows, outputs, &values_count)) {
        buffers->x = lw_alloc_floats(x_count);
        if (labels)
            buffers->labels = calloc(rows, sizeof *buffers->labels);
        else
            buffers->values = lw_alloc_floats(values_count);
    }
    if (!buffers->x || (!buffers->labels && !buffers->values))
        return lw_fail(LW_ENOMEM, "no memory for a batch of %zu rows", rows);
    return LW_OK;
}

/* Collective: exchanges the ranks' numbers of rows. */
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
        batches->max_rows = lw_batch_partition_max_rows(partition);
        batches->rows_total = partition->rows;
    }
    return status;
}

/* Collective: replaces the data set by one whose weights have mean 1 over all ranks. */
static lw_status scale_weights(lw_batches *batches, lw_status status)
{
    const lw_dataset *data = batches->data;
    const float *given = status == LW_OK ? data->target.weights : NULL;
    double sums[2 + LW_SUM_EXTRA] = {0.0};
    if (given)
        batches->weights = lw_alloc_floats(data->rows + 1);
    if (given && !batches->weights)
        status = lw_fail(LW_ENOMEM, "no memory for %zu weights", data->rows);
    if (status == LW_OK) {
        sums[0] = lw_dataset_weight(data);
        sums[1] = (double)data->rows;
    }
    status = lw_exchange_sum(batches->net, status, 2, sums);
    if (status != LW_OK || !given || !batches->weights)
        return status;
    if (!(sums[0] > 0.0))
        return lw_fail(LW_EDATA, "the weights of all rows are 0");
    for (size_t i = 0; i < data->rows; i++)
        batches->weights[i] = (float)((double)given[i] * sums[1] / sums[0]);
    batches->scaled = *data;
    batches->scaled.target.weights = batches->weights;
    batches->data = &batches->scaled;
    return LW_OK;
}

lw_status lw_batches_open_data(lw_batches *batches, const lw_net *net, lw_status status,
                               const lw_dataset *data, size_t batch_size, int shuffle)
{
    const size_t rows = status == LW_OK ? data->rows : 0;
    if (batch_size == 0)
        batch_size = LW_DEFAULT_BATCH_SIZE;
    *batches = (lw_batches){
        .data = data, .net = net, .is_partitioned = lw_is_distributed(net), .shuffle = shuffle};
    status = scale_weights(batches, status);
    data = batches->data;
    if (batches->is_partitioned) {
        status = open_partition(batches, status, rows, batch_size);
    } else {
        batches->batch_rows = batches->max_rows = lw_min_size(batch_size, rows);
        batches->rows_total = rows;
    }
    const int is_in_place =
        batches->batch_rows == batches->rows_total || (!shuffle && !batches->is_partitioned);
    if (status != LW_OK || is_in_place)
        return status;
    batches->index = calloc(rows + 1, sizeof *batches->index); /* a rank may have no rows */
    if (!batches->index)
        return lw_fail(LW_ENOMEM, "no memory for the order of %zu rows", rows);
    batches->buffers.data = data;
    if (data->target.weights) {
        batches->buffers.weights = lw_alloc_floats(batches->max_rows + 1);
        if (!batches->buffers.weights)
            return lw_fail(LW_ENOMEM, "no memory for the weights of a batch");
    }
    return allocate_buffers(batches, data->inputs, data->outputs, data->target.labels != NULL);
}

lw_status lw_batches_open_source(lw_batches *batches, const lw_net *net, const lw_loss_rule *rule,
                                 const lw_batch_source *source, size_t batch_size)
{
    const size_t rows = batch_size > 0 ? batch_size : LW_DEFAULT_BATCH_SIZE;
    *batches = (lw_batches){.source = source,
                            .rule = rule,
                            .net = net,
                            .batch_rows = rows,
                            .max_rows = lw_ranks_rows(net, rows)};
    return allocate_buffers(batches, source->inputs, source->outputs, source->has_labels);
}

void lw_batches_close(lw_batches *batches)
{
    lw_batch_partition_close(&batches->partition);
    free(batches->index);
    free(batches->buffers.x);
    free(batches->buffers.values);
    free(batches->buffers.labels);
    free(batches->buffers.weights);
    free(batches->weights);
}

/* The rows of batch `number` of a data set, on this rank and on all ranks. done: rows of all ranks
 * in the batches before it. */
static void count_rows(const lw_batches *batches, size_t number, size_t done, size_t *own,
                       size_t *all)
{
    if (batches->is_partitioned) {
        lw_batch_partition_rows(&batches->partition, number, own, all);
        return;
    }
    *own = *all = lw_min_size(batches->rows_total - done, batches->batch_rows);
}

void lw_batches_start(lw_batches *batches, const lw_random *random, size_t epoch)
{
    batches->epoch = epoch;
    batches->rows_done = batches->number = batches->own_done = 0;
    batches->after = *random;
    if (!batches->data)
        return;
    count_rows(batches, 0, 0, &batches->next_rows, &batches->next_all_rows);
    if (!batches->index)
        return;
    if (batches->is_partitioned) {
        lw_batch_partition_order(&batches->partition,
                                 batches->shuffle ? lw_random_u64(&batches->after) : 0,
                                 batches->index);
        return;
    }
    /* Shuffles the original order, not the last one, which a resumed run does not have. */
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
        batch->x = batches->buffers.x;
        batch->target =
            (lw_target){batches->buffers.values, batches->buffers.labels, batches->buffers.weights};
        batch->gather = &batches->buffers;
        batch->index = batches->index + begin;
        batch->next_index = batch->index + rows;
        batch->next_rows = batches->next_rows;
    } else {
        batch->x = data->x + begin * data->inputs;
        batch->target = lw_target_from(&data->target, begin, data->outputs);
    }
}

/* Requests this rank's rows of a batch from the callback. */
static lw_status request_rows(lw_batches *batches, lw_batch *batch)
{
    const lw_batch_source *source = batches->source;
    const lw_gather *buffers = &batches->buffers;
    const size_t max_rows = batches->max_rows;
    size_t rows = 0;
    lw_status status = source->next(source->user, batches->epoch, batches->rows_done == 0, max_rows,
                                    buffers->x, buffers->values, buffers->labels, &rows);
    if (status != LW_OK)
        return status;
    if (rows > max_rows)
        return lw_fail(LW_EDATA, "the batch callback returned %zu rows; at most %zu were requested",
                       rows, max_rows);
    *batch = (lw_batch){.rows = rows,
                        .x = buffers->x,
                        .target = {.values = buffers->values, .labels = buffers->labels}};
    const lw_dataset received = {.rows = rows,
                                 .inputs = source->inputs,
                                 .outputs = source->outputs,
                                 .x = buffers->x,
                                 .target = batch->target};
    status = rows > 0 ? lw_dataset_check(&received) : LW_OK;
    if (status == LW_OK && batch->target.values)
        status = lw_loss_check_values(batches->rule, rows, batch->target.values);
    return status;
}

static lw_status next_of_source(lw_batches *batches, lw_batch *batch)
{
    lw_status status = request_rows(batches, batch);
    double all_rows[1 + LW_SUM_EXTRA] = {(double)batch->rows};
    status = lw_exchange_sum(batches->net, status, 1, all_rows);
    if (status != LW_OK)
        return status;
    batch->all_rows = (size_t)all_rows[0];
    return batch->all_rows > 0 || batches->rows_done > 0
               ? LW_OK
               : lw_fail(LW_EDATA, "the batch callback returned no rows");
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
            return lw_fail(LW_EDATA, "epoch %zu has %zu batches, but the run resumes after %zu",
                           batches->epoch + 1, i, count);
    }
    return LW_OK;
}

size_t lw_batches_count(const lw_batches *batches)
{
    if (batches->data && batches->is_partitioned)
        return batches->partition.batches;
    /* total + rows - 1 could overflow. */
    const size_t total = batches->rows_total, rows = batches->batch_rows;
    return total / rows + (total % rows != 0);
}
