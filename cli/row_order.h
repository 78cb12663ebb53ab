/* The random order in which lw_dataset_split takes the rows of a data set. */
#ifndef LANEWISE_CLI_ROW_ORDER_H
#define LANEWISE_CLI_ROW_ORDER_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

/* Allocates the numbers of all rows in random order: lw_dataset_split with this seed puts the last
 * ones into its second part. Release with free. */
lw_status row_order(size_t rows, uint64_t seed, size_t **order);

#endif
