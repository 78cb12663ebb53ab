#include "row_order.h"

#include <lanewise/nn.h>
#include <stdlib.h>

/* Splits a data set whose labels are the row numbers. */
static lw_status shuffle(size_t rows, uint64_t seed, const float *x, int32_t *labels, size_t *order)
{
    lw_dataset shuffled, empty;
    for (size_t row = 0; row < rows; row++)
        labels[row] = (int32_t)row;
    const lw_dataset numbered = {
        .rows = rows, .inputs = 1, .outputs = rows, .x = x, .target.labels = labels};
    const lw_status status = lw_dataset_split(&numbered, 0.0, seed, &shuffled, &empty);
    if (status != LW_OK)
        return status;
    for (size_t row = 0; row < rows; row++)
        order[row] = (size_t)shuffled.target.labels[row];
    lw_dataset_free(&shuffled);
    lw_dataset_free(&empty);
    return LW_OK;
}

lw_status row_order(size_t rows, uint64_t seed, size_t **order)
{
    if (rows > INT32_MAX)
        return lw_fail(LW_EUNSUPPORTED, "%zu rows are more than 2^31 - 1", rows);
    size_t *numbers = calloc(rows + 1, sizeof *numbers);
    float *x = calloc(rows + 1, sizeof *x);
    int32_t *labels = calloc(rows + 1, sizeof *labels);
    const int has_memory = numbers != NULL && x != NULL && labels != NULL;
    const lw_status status = has_memory
                                 ? shuffle(rows, seed, x, labels, numbers)
                                 : lw_fail(LW_ENOMEM, "no memory for the order of %zu rows", rows);
    free(labels);
    free(x);
    if (status == LW_OK)
        *order = numbers;
    else
        free(numbers);
    return status;
}
