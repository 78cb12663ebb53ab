/* Names of the inputs and classes of a data set, from the header and fields of a CSV file. */
#ifndef LANEWISE_CSV_NAMES_H
#define LANEWISE_CSV_NAMES_H

#include "csv_table.h"

/* Names of the inputs in order: the column's name, or "NAME = VALUE" for each input of a one-hot
 * column. Returns NULL if there is no memory. */
const char *const *lw_csv_input_names(const lw_csv_table *table, size_t target, size_t inputs);

/* Names of the classes of a target whose labels are texts. Returns NULL if there is no memory. */
const char *const *lw_csv_class_names(const lw_csv_table *table, size_t target, size_t classes);

#endif
