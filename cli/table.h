/* Result files: .npy or .csv by the end of their name, whole or absent. */
#ifndef LANEWISE_CLI_TABLE_H
#define LANEWISE_CLI_TABLE_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

int table_is_csv(const char *path);
int table_has_known_ending(const char *path);

/* A column "class", or as .npy an int32 vector. */
lw_status table_write_classes(const char *path, const int32_t *classes, size_t rows);

/* Columns "y0", "y1", ..., or as .npy a float32 matrix. Nine digits: read back, they are the same
 * floats. */
lw_status table_write_outputs(const char *path, const float *y, size_t rows, size_t outputs);

#endif
