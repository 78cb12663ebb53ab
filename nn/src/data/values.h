/* The distinct values of a category or of a target's classes, in ascending order. */
#ifndef LANEWISE_VALUES_H
#define LANEWISE_VALUES_H

#include "table.h"

/* Numbers if all values are numbers, otherwise texts in the order of strcmp. */
typedef struct lw_values {
    size_t count;
    const char *const *texts; /* of numbers: the shortest that are read back as them */
    double *numbers;          /* NULL: texts */
} lw_values;

/* The position of a value that is not in the list. */
#define LW_NO_VALUE SIZE_MAX

/* The distinct values of a column in the given rows, without missing ones. subject: for the
 * message. Returns LW_ENOMEM. */
lw_status lw_values_collect(const char *subject, const lw_table_column *column, const size_t *rows,
                            size_t row_count, lw_values *values);

/* The distinct numbers among `count` numbers, none of them NaN. */
lw_status lw_values_of_numbers(const char *subject, const double *numbers, size_t count,
                               lw_values *values);

/* Lists of given values, ascending and distinct. Copies them. */
lw_status lw_values_from_texts(const char *subject, const char *const *texts, size_t count,
                               lw_values *values);
lw_status lw_values_from_numbers(const char *subject, const double *numbers, size_t count,
                                 lw_values *values);

/* The position of a value, or LW_NO_VALUE. Texts are compared as numbers if the list has numbers,
 * and numbers as texts if it has not. */
size_t lw_values_find_text(const lw_values *values, const char *text);
size_t lw_values_find_number(const lw_values *values, double number);

void lw_values_free(lw_values *values);

#endif
