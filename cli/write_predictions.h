/* Result files: .npy or .csv by the end of their name, whole or absent. */
#ifndef LANEWISE_CLI_WRITE_PREDICTIONS_H
#define LANEWISE_CLI_WRITE_PREDICTIONS_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

int is_csv_path(const char *path);
int is_prediction_path(const char *path);

/* A column "class", or as .npy an int32 vector. */
lw_status write_predicted_classes(const char *path, const int32_t *classes, size_t rows);

/* Columns "y0", "y1", ..., or as .npy a float32 matrix. Nine digits: read back, they are the same
 * floats. */
lw_status write_predicted_outputs(const char *path, const float *y, size_t rows, size_t outputs);

#endif
