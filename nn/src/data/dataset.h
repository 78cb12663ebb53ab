/* Allocation and checks of data sets, shared by the readers of all formats. */
#ifndef LANEWISE_DATASET_H
#define LANEWISE_DATASET_H

#include <lanewise/nn.h>

typedef enum lw_target_kind {
    LW_TARGET_NONE,
    LW_TARGET_VALUES,
    LW_TARGET_LABELS,
    LW_TARGET_WEIGHTED = 4 /* added to one of the others */
} lw_target_kind;

/* The arrays of a data set, writable. */
typedef struct lw_dataset_arrays {
    float *x;        /* rows x inputs */
    float *values;   /* rows x outputs, or NULL */
    int32_t *labels; /* rows, or NULL */
    float *weights;  /* rows, or NULL */
} lw_dataset_arrays;

/*
 * Allocates a data set in one block and points data and arrays into it. outputs is used for
 * LW_TARGET_VALUES only; otherwise data->outputs is 1, and readers of labels set it to the number
 * of classes once they know it. subject: the path or public function, for the message. Returns
 * LW_ENOMEM, also if a size overflows; data and arrays are then unchanged.
 */
lw_status lw_dataset_allocate(const char *subject, lw_dataset *data, lw_dataset_arrays *arrays,
                              size_t rows, size_t inputs, size_t outputs, lw_target_kind kind);

/* The rows of a shard of n rows. shard NULL or zero: all rows. Returns LW_EINVAL for an invalid
 * shard, with the name of the public function. */
lw_status lw_shard_rows(const char *function, const lw_shard *shard, size_t n, size_t *first,
                        size_t *count);

/* lw_dataset_check for another public function, whose name begins the message. */
lw_status lw_check_dataset(const char *function, const lw_dataset *data);

/* The sum of the weights of all rows: their number without weights. */
double lw_dataset_weight(const lw_dataset *data);

/* The number of classes that `outputs` outputs distinguish: 2 for one output. */
size_t lw_label_classes(size_t outputs);

/* Returns LW_EDATA, with the row, if a label is not in 0..classes-1. function: as above. */
lw_status lw_check_labels(const char *function, size_t rows, const int32_t *labels, size_t classes);

#endif
