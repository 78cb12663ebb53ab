/* The names that a CSV file gives to the inputs and classes of a data set. */
#ifndef LANEWISE_CSV_NAMES_H
#define LANEWISE_CSV_NAMES_H

#include "csv_table.h"

/* Of the inputs, in their order: a column's name, or "NAME = VALUE" for each column of a one-hot one. NULL
 * if there is no memory. */
const char *const *lw_csv_input_names(const lw_csv_table *table, size_t target, size_t inputs);

/* Of the classes, where labels are texts: these. NULL if there is no memory. */
const char *const *lw_csv_class_names(const lw_csv_table *table, size_t target, size_t classes);

#endif
