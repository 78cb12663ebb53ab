#include "dataset.h"
#include "base/memory.h"
#include "base/partition.h"
#include "base/random.h"
#include "base/string_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

lw_status lw_dataset_allocate(lw_dataset *data, lw_dataset_arrays *arrays, size_t rows,
                              size_t inputs, size_t outputs, lw_target_kind kind)
{
    _Static_assert(sizeof(float) == sizeof(int32_t), "values and labels share one block");
    if (kind != LW_TARGET_VALUES)
        outputs = 1;

    size_t x_count, target_count, count, bytes;
    int overflow = __builtin_mul_overflow(rows, inputs, &x_count);
    overflow |= __builtin_mul_overflow(rows, kind == LW_TARGET_NONE ? 0 : outputs, &target_count);
    overflow |= __builtin_add_overflow(x_count, target_count, &count);
    overflow |= __builtin_mul_overflow(count, sizeof(float), &bytes);
    overflow |= __builtin_add_overflow(bytes, LW_ALIGNMENT, &bytes);
    bytes -= bytes % LW_ALIGNMENT;

    float *x = overflow ? NULL : lw_alloc_aligned(bytes);
    if (!x)
        return lw_fail(LW_ENOMEM, "no memory for a data set of %zu rows and %zu inputs", rows,
                       inputs);

    *arrays = (lw_dataset_arrays){.x = x};
    if (kind == LW_TARGET_VALUES)
        arrays->values = x + x_count;
    if (kind == LW_TARGET_LABELS)
        arrays->labels = (int32_t *)(void *)(x + x_count);
    *data = (lw_dataset){
        .rows = rows,
        .inputs = inputs,
        .outputs = outputs,
        .x = x,
        .target = {.values = arrays->values, .labels = arrays->labels},
        .storage = x,
    };
    return LW_OK;
}

lw_status lw_shard_rows(const lw_shard *shard, size_t rows, size_t *first, size_t *count)
{
    static const lw_shard all = {0, 1, 1};
    if (!shard || (shard->of == 0 && shard->begin == 0 && shard->end == 0))
        shard = &all;
    if (shard->begin > shard->end || shard->end > shard->of || shard->of > UINT32_MAX)
        return lw_fail(LW_EINVAL, "a shard from %zu to %zu of %zu", shard->begin, shard->end,
                       shard->of);
    *first = lw_partition_begin(rows, shard->begin, shard->of);
    *count = lw_partition_begin(rows, shard->end, shard->of) - *first;
    return LW_OK;
}

void lw_dataset_free(lw_dataset *data)
{
    if (!data)
        return;
    if (data->storage) { /* else the names, too, are the caller's */
        lw_string_list_free(data->input_names);
        lw_string_list_free(data->class_names);
    }
    free(data->storage);
    *data = (lw_dataset){0};
}

/* What can be said of a data set without looking at its elements. */
static lw_status check_shape(const lw_dataset *data)
{
    if (!data)
        return lw_fail(LW_EINVAL, "data is NULL");
    if (data->inputs == 0 || data->outputs == 0)
        return lw_fail(LW_EINVAL, "data has %zu inputs and %zu outputs; at least 1 is needed",
                       data->inputs, data->outputs);
    if (data->target.values && data->target.labels)
        return lw_fail(LW_EINVAL, "data has both values and labels as its target");
    if (data->rows > 0 && !data->x)
        return lw_fail(LW_EINVAL, "data->x is NULL");
    const lw_status status = lw_check_rows("x of data", data->rows, data->inputs);
    return status == LW_OK && data->target.values
               ? lw_check_rows("the target of data", data->rows, data->outputs)
               : status;
}

static lw_status check_finite(const char *name, size_t rows, size_t columns, const float *values)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            if (!isfinite(values[i * columns + j]))
                return lw_fail(LW_EDATA, "%s in row %zu, column %zu of data is %g", name, i, j,
                               (double)values[i * columns + j]);
    return LW_OK;
}

lw_status lw_dataset_check(const lw_dataset *data)
{
    lw_status status = check_shape(data);
    if (status != LW_OK)
        return status;
    if (data->rows == 0)
        return lw_fail(LW_EDATA, "data has no rows");

    status = check_finite("x", data->rows, data->inputs, data->x);
    if (status == LW_OK && data->target.values)
        status = check_finite("the target", data->rows, data->outputs, data->target.values);
    if (status != LW_OK || !data->target.labels)
        return status;

    /* A single output tells two classes apart. */
    const size_t classes = data->outputs > 1 ? data->outputs : 2;
    for (size_t i = 0; i < data->rows; i++) {
        const int32_t label = data->target.labels[i];
        if (label < 0 || (size_t)label >= classes)
            return lw_fail(LW_EDATA, "the label in row %zu of data is %d; it must be 0 to %zu", i,
                           (int)label, classes - 1);
    }
    return LW_OK;
}

static lw_target_kind target_kind(const lw_dataset *data)
{
    if (data->target.values)
        return LW_TARGET_VALUES;
    return data->target.labels ? LW_TARGET_LABELS : LW_TARGET_NONE;
}

/* Copies the names of data to selection, which has none. */
static lw_status copy_names(const lw_dataset *data, lw_dataset *selection)
{
    if (data->input_names)
        selection->input_names = lw_string_list_copy(data->inputs, data->input_names);
    if (data->class_names)
        selection->class_names = lw_string_list_copy(data->outputs, data->class_names);
    if ((data->input_names && !selection->input_names) ||
        (data->class_names && !selection->class_names))
        return lw_fail(LW_ENOMEM, "no memory for the names of a data set");
    return LW_OK;
}

lw_status lw_dataset_select(const lw_dataset *data, size_t count, const size_t *index,
                            lw_dataset *selection)
{
    lw_status status = check_shape(data);
    if (status != LW_OK)
        return status;
    if ((count > 0 && !index) || !selection)
        return lw_fail(LW_EINVAL, "%s is NULL", selection ? "index" : "selection");
    if (count > PTRDIFF_MAX / sizeof *index)
        return lw_fail(LW_EINVAL, "a count of %zu overflows the address space", count);
    for (size_t i = 0; i < count; i++)
        if (index[i] >= data->rows)
            return lw_fail(LW_EINVAL, "index[%zu] is %zu, but data has %zu rows", i, index[i],
                           data->rows);

    lw_dataset made;
    lw_dataset_arrays arrays;
    status =
        lw_dataset_allocate(&made, &arrays, count, data->inputs, data->outputs, target_kind(data));
    if (status != LW_OK)
        return status;
    /* Classes that the chosen rows lack remain classes. */
    made.outputs = data->outputs;
    status = copy_names(data, &made);
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
    }
    *selection = made;
    return LW_OK;
}

lw_status lw_dataset_shard(const lw_dataset *data, const lw_shard *shard, lw_dataset *part)
{
    size_t first = 0, count = 0;
    lw_status status = check_shape(data);
    if (status == LW_OK)
        status = lw_shard_rows(shard, data->rows, &first, &count);
    if (status != LW_OK)
        return status;
    size_t *index = calloc(count + 1, sizeof *index); /* malloc(0) may return NULL */
    if (!index)
        return lw_fail(LW_ENOMEM, "no memory for the numbers of %zu rows", count);
    for (size_t i = 0; i < count; i++)
        index[i] = first + i;
    status = lw_dataset_select(data, count, index, part);
    free(index);
    return status;
}

lw_status lw_dataset_split(const lw_dataset *data, double fraction, uint64_t seed,
                           lw_dataset *first, lw_dataset *second)
{
    lw_status status = check_shape(data);
    if (status != LW_OK)
        return status;
    if (!(fraction >= 0.0 && fraction <= 1.0))
        return lw_fail(LW_EINVAL, "fraction is %g; it must lie between 0 and 1", fraction);
    if (!first || !second || first == second)
        return lw_fail(LW_EINVAL, "first and second must be two data sets");

    /* One element more than needed: malloc(0) may return NULL. */
    size_t *index = calloc(data->rows + 1, sizeof *index);
    if (!index)
        return lw_fail(LW_ENOMEM, "no memory for the order of %zu rows", data->rows);
    for (size_t i = 0; i < data->rows; i++)
        index[i] = i;
    lw_random random = {.state = seed};
    lw_random_shuffle(&random, data->rows, index);

    const size_t second_rows = (size_t)round((double)data->rows * fraction);
    const size_t first_rows = data->rows - second_rows;
    lw_dataset kept;
    status = lw_dataset_select(data, first_rows, index, &kept);
    if (status == LW_OK) {
        status = lw_dataset_select(data, second_rows, index + first_rows, second);
        if (status == LW_OK)
            *first = kept;
        else
            lw_dataset_free(&kept);
    }
    free(index);
    return status;
}
