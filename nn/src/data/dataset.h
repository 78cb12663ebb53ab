/* Making data sets: their storage, which the readers of all formats fill in. */
#ifndef LANEWISE_DATASET_H
#define LANEWISE_DATASET_H

#include <lanewise/nn.h>

typedef enum lw_target_kind { LW_TARGET_NONE, LW_TARGET_VALUES, LW_TARGET_LABELS } lw_target_kind;

/* The arrays of a data set while they are still to be written. */
typedef struct lw_dataset_arrays {
    float *x;        /* rows x inputs                                       */
    float *values;   /* rows x outputs, or NULL                             */
    int32_t *labels; /* rows, or NULL                                       */
} lw_dataset_arrays;

/*
 * Allocates a data set of the given shape in one block and points data and arrays into it. outputs
 * is ignored without values and set to 1; a reader of labels sets it to the number of classes when it
 * has seen them. LW_ENOMEM, also for sizes that overflow: data and arrays are unchanged then.
 */
lw_status lw_dataset_allocate(lw_dataset *data, lw_dataset_arrays *arrays, size_t rows,
                              size_t inputs, size_t outputs, lw_target_kind kind);

/* The rows of a shard of so many. LW_EINVAL for a shard that is none. */
lw_status lw_shard_rows(const lw_shard *shard, size_t rows, size_t *first, size_t *count);

#endif
