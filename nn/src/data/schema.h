/* A schema in memory, and the parts of its construction that tables, arrays and files share. */
#ifndef LANEWISE_SCHEMA_H
#define LANEWISE_SCHEMA_H

#include "values.h"

#include <lanewise/schema.h>
#include <stdatomic.h>

/* Why a column is ignored; part of the file format. */
typedef enum lw_ignored {
    LW_IGNORED_ON_REQUEST,
    LW_IGNORED_EMPTY,
    LW_IGNORED_CONSTANT,
    LW_IGNORED_NAMELESS,
    LW_IGNORED_INDEX,
    LW_IGNORED_TEXTS,
    LW_IGNORED_WEIGHT,
    LW_IGNORED_REASONS
} lw_ignored;

typedef struct lw_column_rule {
    char *name;
    size_t position; /* of the column in the training file */
    lw_column_kind kind;
    lw_ignored why;         /* LW_COLUMN_IGNORED */
    double mean, deviation; /* as in lw_schema_column */
    double fill, minimum, maximum;
    size_t missing;
    lw_values values; /* LW_COLUMN_CATEGORY, LW_COLUMN_BOOLEAN */
    size_t first_input, inputs;
} lw_column_rule;

typedef struct lw_target_rule {
    char *name;
    size_t position;
    double mean, deviation; /* numbers: deviation 1 and mean 0 if not standardised */
    lw_values classes;      /* count 0: numbers */
} lw_target_rule;

struct lw_schema {
    lw_schema *self; /* without const, to count the owners of a schema */
    atomic_size_t owners;
    lw_task task;
    int is_array, has_header;
    size_t inputs;
    size_t column_count, target_count;
    lw_column_rule *columns;
    lw_target_rule *targets;
    char *weight; /* name of the column of row weights, or NULL */
    /* Arrays: the range of the inputs and the factor that the reader applied. */
    double minimum, maximum, scale;
    const char *const *input_names; /* tables */
};

/* Allocates a schema with empty columns and targets. Returns LW_ENOMEM. */
lw_status lw_schema_create(const char *subject, size_t columns, size_t targets, lw_schema **schema);

/* Numbers the inputs of a table's columns, counts and names them. Returns LW_EDATA if there are
 * none. */
lw_status lw_schema_number_inputs(const char *subject, lw_schema *schema);

/* Another owner of the same schema. */
lw_schema *lw_schema_share(const lw_schema *schema);

/* Inputs of a column of this kind. */
size_t lw_column_inputs(const lw_column_rule *column);

/* Mean and sample standard deviation of numbers, NaN left out; deviation 0 for a constant. */
typedef struct lw_moments {
    size_t count;
    double mean, deviation, minimum, maximum;
} lw_moments;

/* stride: between numbers; rows: those to read, or NULL. */
lw_moments lw_measure_numbers(const double *numbers, const size_t *rows, size_t row_count);

/* Whether the values of a target look like classes rather than numbers. */
int lw_looks_like_classes(const lw_values *values, size_t rows);

/* Returns LW_EDATA, with advice, unless these can be the classes of rows rows. */
lw_status lw_check_classes(const char *subject, const char *target, size_t classes, size_t rows);

/* (value - mean) / deviation as float32; 0 for deviation 0. */
static inline float lw_standardized(double value, double mean, double inverse_deviation)
{
    return (float)((value - mean) * inverse_deviation);
}

static inline double lw_inverse(double deviation)
{
    return deviation > 0.0 ? 1.0 / deviation : 0.0;
}

/* The value, 0 or 1, of a text in a boolean column; -1 for another text. */
int lw_boolean_of(const char *text);

/* ---- Files -------------------------------------------------------------------------------- */

/* The schema as JSON text, for the metadata of a model. The caller frees *text. */
lw_status lw_schema_write_json(const lw_schema *schema, const char *subject, char **text);

/* Reads it. Returns LW_EFORMAT with the member that is wrong, or LW_ENOMEM. */
lw_status lw_schema_read_json(const char *path, const char *text, lw_schema **schema);

#endif
