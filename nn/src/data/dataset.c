/* Data sets: allocation, checks, selection of rows, shards and splits. */
#include "dataset.h"
#include "base/finite.h"
#include "base/memory.h"
#include "base/partition.h"
#include "base/random.h"
#include "base/string_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of "FUNCTION: OPERAND" in messages. */
enum { MAX_NAME_BYTES = 80 };

lw_status lw_dataset_allocate(const char *subject, lw_dataset *data, lw_dataset_arrays *arrays,
                              size_t rows, size_t inputs, size_t outputs, lw_target_kind kind)
{
    _Static_assert(sizeof(float) == sizeof(int32_t), "values and labels share one block");
    const int is_weighted = (kind & LW_TARGET_WEIGHTED) != 0;
    kind = (lw_target_kind)(kind & (LW_TARGET_VALUES | LW_TARGET_LABELS));
    if (kind != LW_TARGET_VALUES)
        outputs = 1;

    size_t x_count, target_count, count, bytes;
    int overflow = __builtin_mul_overflow(rows, inputs, &x_count);
    overflow |= __builtin_mul_overflow(rows, kind == LW_TARGET_NONE ? 0 : outputs, &target_count);
    overflow |= __builtin_add_overflow(x_count, target_count, &count);
    overflow |= __builtin_add_overflow(count, is_weighted ? rows : 0, &count);
    overflow |= __builtin_mul_overflow(count, sizeof(float), &bytes);
    overflow |= __builtin_add_overflow(bytes, LW_ALIGNMENT, &bytes);
    bytes -= bytes % LW_ALIGNMENT;

    float *x = overflow ? NULL : lw_alloc_aligned(bytes);
    if (!x)
        return lw_fail(LW_ENOMEM, "%s: no memory for a data set of %zu rows and %zu inputs",
                       subject, rows, inputs);

    *arrays = (lw_dataset_arrays){.x = x};
    if (kind == LW_TARGET_VALUES)
        arrays->values = x + x_count;
    if (kind == LW_TARGET_LABELS)
        arrays->labels = (int32_t *)(void *)(x + x_count);
    if (is_weighted)
        arrays->weights = x + x_count + target_count;
    *data = (lw_dataset){
        .rows = rows,
        .inputs = inputs,
        .outputs = outputs,
        .x = x,
        .target = {arrays->values, arrays->labels, arrays->weights},
        .storage = x,
    };
    return LW_OK;
}

lw_status lw_shard_rows(const char *function, const lw_shard *shard, size_t n, size_t *first,
                        size_t *count)
{
    static const lw_shard all = {0, 1, 1};
    if (!shard || (shard->of == 0 && shard->begin == 0 && shard->end == 0))
        shard = &all;
    if (shard->begin > shard->end || shard->end > shard->of || shard->of > UINT32_MAX)
        return lw_fail(LW_EINVAL, "%s: the shard from %zu to %zu of %zu is invalid", function,
                       shard->begin, shard->end, shard->of);
    *first = lw_partition_begin(n, shard->begin, shard->of);
    *count = lw_partition_begin(n, shard->end, shard->of) - *first;
    return LW_OK;
}

void lw_dataset_free(lw_dataset *data)
{
    if (!data)
        return;
    if (data->storage) { /* otherwise the caller owns the names too */
        lw_string_list_free(data->input_names);
        lw_string_list_free(data->class_names);
    }
    free(data->storage);
    *data = (lw_dataset){0};
}

/* Checks everything but the elements. */
static lw_status check_shape(const char *function, const lw_dataset *data)
{
    if (!data)
        return lw_fail(LW_EINVAL, "%s: data is NULL", function);
    if (data->inputs == 0 || data->outputs == 0)
        return lw_fail(LW_EINVAL, "%s: data has %zu inputs and %zu outputs; at least 1 is needed",
                       function, data->inputs, data->outputs);
    if (data->target.values && data->target.labels)
        return lw_fail(LW_EINVAL, "%s: the target of data has both values and labels", function);
    if (data->rows > 0 && !data->x)
        return lw_fail(LW_EINVAL, "%s: data->x is NULL", function);

    char name[MAX_NAME_BYTES];
    snprintf(name, sizeof name, "%s: x of data", function);
    const lw_status status = lw_check_rows(name, data->rows, data->inputs);
    if (status != LW_OK || !data->target.values)
        return status;
    snprintf(name, sizeof name, "%s: the target of data", function);
    return lw_check_rows(name, data->rows, data->outputs);
}

static lw_status check_finite(const char *function, const char *name, size_t rows, size_t columns,
                              const float *values)
{
    const size_t found = lw_find_nonfinite(rows * columns, values);
    return found == rows * columns
               ? LW_OK
               : lw_fail(LW_EDATA, "%s: %s in row %zu, column %zu of data is %g", function, name,
                         found / columns, found % columns, (double)values[found]);
}

size_t lw_label_classes(size_t outputs)
{
    return outputs == 1 ? 2 : outputs;
}

lw_status lw_check_labels(const char *function, size_t rows, const int32_t *labels, size_t classes)
{
    for (size_t i = 0; i < rows; i++)
        if (labels[i] < 0 || (size_t)labels[i] >= classes)
            return lw_fail(LW_EDATA, "%s: the label in row %zu is %d; it must be 0 to %zu",
                           function, i, (int)labels[i], classes - 1);
    return LW_OK;
}

double lw_dataset_weight(const lw_dataset *data)
{
    double sum = 0.0;
    if (!data->target.weights)
        return (double)data->rows;
    for (size_t i = 0; i < data->rows; i++)
        sum += (double)data->target.weights[i];
    return sum;
}

static lw_status check_weights(const char *function, size_t rows, const float *weights)
{
    for (size_t i = 0; i < rows; i++)
        if (!(isfinite(weights[i]) && weights[i] >= 0.0f))
            return lw_fail(LW_EDATA, "%s: the weight in row %zu is %g; it must be at least 0",
                           function, i, (double)weights[i]);
    return LW_OK;
}

lw_status lw_check_dataset(const char *function, const lw_dataset *data)
{
    lw_status status = check_shape(function, data);
    if (status != LW_OK)
        return status;
    if (data->rows == 0)
        return lw_fail(LW_EDATA, "%s: data has no rows", function);

    status = check_finite(function, "x", data->rows, data->inputs, data->x);
    if (status == LW_OK && data->target.values)
        status =
            check_finite(function, "the target", data->rows, data->outputs, data->target.values);
    if (status == LW_OK && data->target.labels)
        status = lw_check_labels(function, data->rows, data->target.labels,
                                 lw_label_classes(data->outputs));
    if (status == LW_OK && data->target.weights)
        status = check_weights(function, data->rows, data->target.weights);
    return status;
}

lw_status lw_dataset_check(const lw_dataset *data)
{
    return lw_check_dataset(__func__, data);
}

static lw_target_kind target_kind(const lw_dataset *data)
{
    const lw_target_kind kind = data->target.values   ? LW_TARGET_VALUES
                                : data->target.labels ? LW_TARGET_LABELS
                                                      : LW_TARGET_NONE;
    return data->target.weights ? kind | LW_TARGET_WEIGHTED : kind;
}

/* Copies the names of data to selection, which has none. */
static lw_status copy_names(const char *function, const lw_dataset *data, lw_dataset *selection)
{
    if (data->input_names)
        selection->input_names = lw_string_list_copy(data->inputs, data->input_names);
    if (data->class_names)
        selection->class_names = lw_string_list_copy(data->outputs, data->class_names);
    if ((data->input_names && !selection->input_names) ||
        (data->class_names && !selection->class_names))
        return lw_no_memory(function, "the names of a data set");
    return LW_OK;
}

/* Copies rows of data. The caller has checked the shape of data and the indices. */
static lw_status copy_rows(const char *function, const lw_dataset *data, size_t count,
                           const size_t *index, lw_dataset *copy)
{
    lw_dataset made;
    lw_dataset_arrays arrays;
    lw_status status = lw_dataset_allocate(function, &made, &arrays, count, data->inputs,
                                           data->outputs, target_kind(data));
    if (status != LW_OK)
        return status;
    /* The number of classes does not depend on the selected rows. */
    made.outputs = data->outputs;
    made.scale = data->scale;
    made.has_bytes = data->has_bytes;
    status = copy_names(function, data, &made);
    if (status != LW_OK) {
        lw_dataset_free(&made);
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(arrays.x + i * data->inputs, data->x + index[i] * data->inputs,
               data->inputs * sizeof(float));
        if (arrays.values)
            memcpy(arrays.values + i * data->outputs,
                   data->target.values + index[i] * data->outputs, data->outputs * sizeof(float));
        if (arrays.labels)
            arrays.labels[i] = data->target.labels[index[i]];
        if (arrays.weights)
            arrays.weights[i] = data->target.weights[index[i]];
    }
    *copy = made;
    return LW_OK;
}

lw_status lw_dataset_select(const lw_dataset *data, size_t count, const size_t *index,
                            lw_dataset *selection)
{
    const lw_status status = check_shape(__func__, data);
    if (status != LW_OK)
        return status;
    if ((count > 0 && !index) || !selection)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", __func__, selection ? "index" : "selection");
    if (count > PTRDIFF_MAX / sizeof *index)
        return lw_fail(LW_EINVAL, "%s: a count of %zu overflows the address space", __func__,
                       count);
    for (size_t i = 0; i < count; i++)
        if (index[i] >= data->rows)
            return lw_fail(LW_EINVAL, "%s: index[%zu] is %zu, but data has %zu rows", __func__, i,
                           index[i], data->rows);
    return copy_rows(__func__, data, count, index, selection);
}

/* Allocates the indices first..first+count-1. */
static lw_status make_index(const char *function, size_t first, size_t count, size_t **index)
{
    *index = calloc(count + 1, sizeof **index); /* calloc(0) may return NULL */
    if (!*index)
        return lw_fail(LW_ENOMEM, "%s: no memory for the indices of %zu rows", function, count);
    for (size_t i = 0; i < count; i++)
        (*index)[i] = first + i;
    return LW_OK;
}

lw_status lw_dataset_shard(const lw_dataset *data, const lw_shard *shard, lw_dataset *part)
{
    size_t first = 0, count = 0, *index = NULL;
    lw_status status = check_shape(__func__, data);
    if (status == LW_OK)
        status = lw_shard_rows(__func__, shard, data->rows, &first, &count);
    if (status == LW_OK && !part)
        status = lw_fail(LW_EINVAL, "%s: part is NULL", __func__);
    if (status == LW_OK)
        status = make_index(__func__, first, count, &index);
    if (status == LW_OK)
        status = copy_rows(__func__, data, count, index, part);
    free(index);
    return status;
}

static lw_status split_rows(const char *function, size_t rows, double fraction, uint64_t seed,
                            size_t *index, size_t *first)
{
    if (!(fraction >= 0.0 && fraction <= 1.0))
        return lw_fail(LW_EINVAL, "%s: fraction is %g; it must be between 0 and 1", function,
                       fraction);
    for (size_t i = 0; i < rows; i++)
        index[i] = i;
    lw_random random = {.state = seed};
    lw_random_shuffle(&random, rows, index);
    *first = rows - (size_t)round((double)rows * fraction);
    return LW_OK;
}

lw_status lw_split_rows(size_t rows, double fraction, uint64_t seed, size_t *index, size_t *first)
{
    if ((rows > 0 && !index) || !first)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", __func__, first ? "index" : "first");
    return split_rows(__func__, rows, fraction, seed, index, first);
}

lw_status lw_dataset_split(const lw_dataset *data, double fraction, uint64_t seed,
                           lw_dataset *first, lw_dataset *second)
{
    lw_status status = check_shape(__func__, data);
    if (status != LW_OK)
        return status;
    if (!first || !second || first == second)
        return lw_fail(LW_EINVAL, "%s: first and second must be two data sets", __func__);

    size_t *index, first_rows = 0;
    status = make_index(__func__, 0, data->rows, &index);
    if (status != LW_OK)
        return status;
    status = split_rows(__func__, data->rows, fraction, seed, index, &first_rows);
    lw_dataset kept;
    if (status == LW_OK)
        status = copy_rows(__func__, data, first_rows, index, &kept);
    if (status == LW_OK) {
        status = copy_rows(__func__, data, data->rows - first_rows, index + first_rows, second);
        if (status == LW_OK)
            *first = kept;
        else
            lw_dataset_free(&kept);
    }
    free(index);
    return status;
}

int32_t lw_dataset_class(const lw_dataset *data, size_t row)
{
    if (!data || row >= data->rows || (!data->target.labels && !data->target.values))
        return -1;
    if (data->target.labels)
        return data->target.labels[row];
    const float *values = data->target.values + row * data->outputs;
    if (data->outputs == 1)
        return values[0] > 0.5f;
    size_t largest = 0;
    for (size_t j = 1; j < data->outputs; j++)
        if (values[j] > values[largest])
            largest = j;
    return (int32_t)largest;
}
