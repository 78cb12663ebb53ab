/* The files that predict writes: .npy or .csv by their extension, written atomically. */
#ifndef LANEWISE_CLI_WRITE_PREDICTIONS_H
#define LANEWISE_CLI_WRITE_PREDICTIONS_H

#include "options.h"

#include <lanewise/nn.h>
#include <stddef.h>
#include <stdint.h>

int is_csv_path(const char *path);
int is_prediction_path(const char *path);

int is_npy_path(const char *path);

/* What write_named_predictions knows besides the predictions. */
typedef struct prediction_columns {
    const lw_net *net;     /* with a schema */
    const lw_table *table; /* of the inputs, or NULL */
    const name_list *keep; /* its columns to copy */
    int only_classes;
} prediction_columns;

/*
 * CSV with the columns of keep; then for classes the target's name with the predicted class, and
 * NAME=CLASS with its probability after softmax and sigmoid; for numbers the names of the targets
 * with values in the units of the data. y: rows x outputs; classes: rows.
 */
lw_status write_named_predictions(const char *path, const prediction_columns *columns, size_t rows,
                                  const float *y, const int32_t *classes);

/* CSV: a column "class". npy: an int32 vector. */
lw_status write_predicted_classes(const char *path, const int32_t *classes, size_t rows);

/* CSV: columns "y0", "y1", ... with 9 digits, which read back as the same floats. npy: a float32
 * matrix. */
lw_status write_predicted_outputs(const char *path, const float *y, size_t rows, size_t outputs);

#endif
