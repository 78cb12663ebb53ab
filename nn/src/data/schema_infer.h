/* The steps by which a schema is made from a table. */
#ifndef LANEWISE_SCHEMA_INFER_H
#define LANEWISE_SCHEMA_INFER_H

#include "schema.h"

/* What the options say of a column. */
typedef enum lw_column_use {
    LW_USE_INFER,
    LW_USE_IGNORE,
    LW_USE_CATEGORY,
    LW_USE_NUMBER,
    LW_USE_WEIGHT,
    LW_USE_TARGET
} lw_column_use;

typedef struct lw_column_plan {
    lw_column_use use;
    int standardize;
} lw_column_plan;

typedef struct lw_infer_job {
    const lw_table *table;
    const lw_schema_options *options;
    lw_column_plan *plan;
    size_t row_count; /* rows to learn from */
} lw_infer_job;

static inline const lw_table_column *lw_job_column(const lw_infer_job *job, size_t j)
{
    return &job->table->columns[j];
}

static inline size_t lw_job_row(const lw_infer_job *job, size_t i)
{
    return job->options->rows ? job->options->rows[i] : i;
}

/* Decides the kind of column j and what encodes it. rule is zeroed; release its parts also after a
 * failure. */
lw_status lw_infer_column(const lw_infer_job *job, size_t j, lw_column_rule *rule);

/* Decides the task and describes the targets. */
lw_status lw_infer_targets(const lw_infer_job *job, lw_schema *schema);

/* Returns LW_EDATA, with the line, if a column with these moments has numbers beyond float32. */
lw_status lw_check_column_range(const lw_infer_job *job, const lw_table_column *column,
                                const lw_moments *m);

#endif
