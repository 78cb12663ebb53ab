/* Schemas: how raw tables and arrays become inputs and targets. Conventions: see nn.h. */
#ifndef LANEWISE_NN_SCHEMA_H
#define LANEWISE_NN_SCHEMA_H

#include <lanewise/data.h>
#include <lanewise/net.h>
#include <lanewise/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A schema: what a network remembers of its training data. It lists the columns of the table by
 * name, each with its kind and what is needed to turn a field into numbers, and the targets. It
 * does not change once made, so several threads may share it.
 *
 *   number    (value - mean) / deviation. A column with missing training fields gets a second
 *             input, 1 where missing, else 0; a missing field is the median of the training data,
 *             or their mean if none was missing there.
 *   boolean   0 or 1; missing fields as above, with the more frequent value as fill value
 *   category  one input per text, in ascending order (of numbers if all are), 1 for the field's
 *             text, else 0. Missing fields are a category if the training data had any. A category
 *             that the training data did not have is unknown: all inputs of the column are 0,
 *             because the weights of an input that was always 0 were never trained.
 *   ignored   no input
 *
 * The inputs are the columns in order. Targets are one column of classes, numbered in ascending
 * order, or one or more columns of numbers, of which training sees (value - mean) / deviation.
 */
typedef struct lw_schema lw_schema;

/* Kinds of columns, as above. */
typedef enum lw_column_kind {
    LW_COLUMN_IGNORED = 0, /* no input                            */
    LW_COLUMN_NUMBER,      /* one input                           */
    LW_COLUMN_BOOLEAN,     /* one input                           */
    LW_COLUMN_CATEGORY     /* one input per value                 */
} lw_column_kind;

/* What is learnt. */
typedef enum lw_task {
    LW_TASK_DETECT = 0,     /* see lw_schema_infer               */
    LW_TASK_CLASSIFICATION, /* the target is a class             */
    LW_TASK_REGRESSION,     /* the targets are numbers           */
    LW_TASK_NONE            /* a schema without targets          */
} lw_task;

/* Some columns, by name or number. */
typedef struct lw_column_list {
    const char *const *names; /* count of them; NULL if there are none */
    size_t count;             /* length of names                       */
} lw_column_list;

/* How a schema is made. All members except size may be 0, which is the default. */
typedef struct lw_schema_options {
    size_t size;                /* sizeof(lw_schema_options)                                      */
    lw_column_list targets;     /* columns to predict; none: LW_TASK_NONE                         */
    lw_task task;               /* what to learn; LW_TASK_DETECT: follows from the targets */
    lw_column_list ignored;     /* columns to ignore                                         */
    lw_column_list categorical; /* columns that are categories                               */
    lw_column_list numeric;     /* columns that are numbers                                  */
    lw_column_list standardized; /* numbers to standardise; none: all                         */
    int no_standardize;          /* keep all numbers as they are                              */
    int raw_targets;    /* keep target numbers as they are; for outputs of limited range      */
    const char *weight; /* column of row weights, which is no input; NULL: none               */
    const size_t *rows; /* rows to learn from; NULL: all                                      */
    size_t row_count;   /* length of rows                                                     */
} lw_schema_options;

/*
 * Makes a schema from a table. Columns that no option names get their kind from their fields:
 *
 *   ignored   no field, or the same in all rows; no name; whole numbers that count up by 1 from row
 *             to row, 10 rows or more, from 0 or 1 or under the name of an index ("id", "index");
 *             texts with too many values: more than half the rows, or more than 20 and than a tenth
 *             of the rows, or more than 1000
 *   boolean   texts true and false, or yes and no, in any case
 *   category  other texts
 *   number    other numbers
 *
 * Detected targets are classes if they are texts, or at most 20 whole numbers, and not more than
 * half of the rows; otherwise numbers. options NULL: all defaults.
 *
 * LW_EINVAL for a column that does not exist or has two uses; LW_EDATA for a missing target, a
 * column of texts as number, a single class, three or more classes that are more than half of the
 * rows, no input columns.
 */
LW_API LW_CHECKED lw_status lw_schema_infer(lw_schema **schema, const lw_table *table,
                                            const lw_schema_options *options);

/*
 * Makes a schema from arrays: number of inputs, range of the inputs, the scale that the reader
 * applied (data->scale), and the task as above. Arrays are taken as prepared for training: neither
 * inputs nor target numbers are standardised. Whole-number classes may be any integers. Of options
 * only task, rows and size are read.
 */
LW_API LW_CHECKED lw_status lw_schema_infer_arrays(lw_schema **schema, const lw_dataset *data,
                                                   const lw_schema_options *options);

/* Another handle of the same schema, which is released by itself. */
LW_API LW_CHECKED lw_status lw_schema_clone(lw_schema **clone, const lw_schema *schema);

/* Releases a schema. NULL is allowed. */
LW_API void lw_schema_free(lw_schema *schema);

/* ---- Properties --------------------------------------------------------------------------- */

/* Whether it describes arrays, not a table. */
LW_API int lw_schema_is_array(const lw_schema *schema);

/* Numbers of columns (0 for arrays), of inputs of the network, of targets, of classes (0 unless
 * classification). */
LW_API size_t lw_schema_columns(const lw_schema *schema);
LW_API size_t lw_schema_inputs(const lw_schema *schema);
LW_API size_t lw_schema_targets(const lw_schema *schema);
LW_API size_t lw_schema_classes(const lw_schema *schema);
LW_API lw_task lw_schema_task(const lw_schema *schema);

/* A column. Strings belong to the schema. */
typedef struct lw_schema_column {
    const char *name;          /* from the header, or the number of the column */
    lw_column_kind kind;       /* how it is encoded                            */
    const char *reason;        /* LW_COLUMN_IGNORED: why, for people; otherwise NULL              */
    double mean, deviation;    /* LW_COLUMN_NUMBER: 0 and 1 if not standardised                   */
    double fill;               /* value of a missing number or boolean                            */
    double minimum, maximum;   /* LW_COLUMN_NUMBER: range of the training data                    */
    size_t missing;            /* missing fields in the training data; LW_COLUMN_CATEGORY: if not
                                  0 the last input stands for them                                */
    const char *const *values; /* LW_COLUMN_CATEGORY: its texts in order; LW_COLUMN_BOOLEAN: the
                                  texts of 0 and 1                                              */
    size_t value_count;        /* length of values                                              */
    size_t first_input, inputs; /* its inputs of the network                                    */
} lw_schema_column;

/* Describes a column. LW_EINVAL if there is no such column. */
LW_API LW_CHECKED lw_status lw_schema_column_info(const lw_schema *schema, size_t column,
                                                  lw_schema_column *info);

/* A target. */
typedef struct lw_schema_target {
    const char *name;           /* "y" for arrays                                             */
    double mean, deviation;     /* of numbers; 0 and 1 if not standardised                    */
    const char *const *classes; /* names in order of their numbers; NULL for numbers       */
    size_t class_count;         /* length of classes */
} lw_schema_target;

/* Describes a target. LW_EINVAL if there is no such target. */
LW_API LW_CHECKED lw_status lw_schema_target_info(const lw_schema *schema, size_t target,
                                                  lw_schema_target *info);

/* Names of the inputs of the network, lw_schema_inputs of them: "COLUMN", "COLUMN = VALUE",
 * "COLUMN = (missing)". They belong to the schema. NULL for arrays. */
LW_API const char *const *lw_schema_input_names(const lw_schema *schema);

/* ---- Use ---------------------------------------------------------------------------------- */

/* Whether a table must have the target columns. */
typedef enum lw_need {
    LW_TARGETS_REQUIRED = 0, /* it must have them               */
    LW_TARGETS_IGNORED       /* the dataset gets no target      */
} lw_need;

/* How a table is encoded. All members except size may be 0, which is the default. */
typedef struct lw_encode_options {
    size_t size;        /* sizeof(lw_encode_options)                                          */
    lw_need targets;    /* LW_TARGETS_IGNORED: the dataset has no target                       */
    int strict;         /* unknown categories are LW_EDATA                                     */
    lw_shard shard;     /* rows to keep, of those below; zeros: all                            */
    const size_t *rows; /* rows to encode; NULL: all                                           */
    size_t row_count;   /* length of rows                                                      */
} lw_encode_options;

/* What was noticed while encoding. Strings belong to table and schema. */
typedef struct lw_encode_report {
    size_t unknown;             /* fields of unknown categories                               */
    const char *unknown_column; /* the first such column, or NULL                             */
    const char *unknown_value;  /* and its text                                               */
    size_t filled;              /* missing numbers and booleans replaced                      */
    size_t extra;               /* columns of the table that the schema does not have          */
    const char *extra_column;   /* the first, or NULL                                         */
    size_t outside;             /* numbers far outside the training range: by more than its
                                   width                                                      */
    const char *outside_column; /* the first such column, or NULL                             */
} lw_encode_report;

/*
 * Encodes a table. Columns are found by name; if neither the training data nor this table has a
 * header, by position, and then a table without the targets may lack their columns. input_names and
 * class_names of the dataset are those of the schema, and row weights those of its weight column.
 * options NULL: all defaults. report may be NULL.
 *
 * LW_EDATA, with a list, for missing columns; with file, line and column for a text where a number
 * is expected, a missing or unknown target, and numbers beyond float32.
 */
LW_API LW_CHECKED lw_status lw_schema_encode(const lw_schema *schema, const lw_table *table,
                                             const lw_encode_options *options, lw_dataset *data,
                                             lw_encode_report *report);

/*
 * Encodes a dataset of arrays: scales bytes as in training, numbers classes as in training and
 * standardises targets. On success data is released and replaced. LW_ESHAPE for another number of
 * inputs or targets; LW_EDATA for an unknown class.
 */
LW_API LW_CHECKED lw_status lw_schema_encode_arrays(const lw_schema *schema, lw_dataset *data,
                                                    lw_need targets, lw_encode_report *report);

/* Options for lw_table_read that keep the columns of texts as texts. The strings belong to the
 * schema and the list to the caller, who releases options->texts with free. Other members of
 * options are unchanged. */
LW_API LW_CHECKED lw_status lw_schema_table_options(const lw_schema *schema,
                                                    lw_table_options *options);

/* Converts predicted target numbers (rows x targets), in place, to the units of the training data.
 * Does nothing for classes. */
LW_API void lw_schema_decode(const lw_schema *schema, size_t rows, float *y);

/* ---- Schemas of networks ------------------------------------------------------------------ */

/* Gives the network a copy of a schema, which is saved with it; NULL removes it. LW_ESHAPE if
 * inputs or outputs do not match: numbers need one output per target, classes one per class or one
 * for two classes. */
LW_API LW_CHECKED lw_status lw_net_set_schema(lw_net *net, const lw_schema *schema);

/* The schema of a network, or NULL. It belongs to the network. */
LW_API const lw_schema *lw_net_schema(const lw_net *net);

#ifdef __cplusplus
}
#endif

#endif
