/* The files that predict writes: .npy or .csv by their extension, written atomically. */
#ifndef LANEWISE_CLI_WRITE_PREDICTIONS_H
#define LANEWISE_CLI_WRITE_PREDICTIONS_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

int is_csv_path(const char *path);
int is_prediction_path(const char *path);

/* CSV: a column "class". npy: an int32 vector. */
lw_status write_predicted_classes(const char *path, const int32_t *classes, size_t rows);

/* CSV: columns "y0", "y1", ... with 9 digits, which read back as the same floats. npy: a float32
 * matrix. */
lw_status write_predicted_outputs(const char *path, const float *y, size_t rows, size_t outputs);

#endif
