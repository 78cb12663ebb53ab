/* Makes a schema from a table: options, then columns, then targets. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "schema_infer.h"
#include "base/memory.h"
#include "base/options.h"

#include <stdlib.h>
#include <string.h>

static const char function_name[] = "lw_schema_infer";

/* ---- Options ------------------------------------------------------------------------------ */

static lw_status set_use(const lw_infer_job *job, const char *name, lw_column_use use)
{
    static const char *const names[] = {
        [LW_USE_INFER] = "an input",      [LW_USE_IGNORE] = "ignored",
        [LW_USE_CATEGORY] = "a category", [LW_USE_NUMBER] = "numeric",
        [LW_USE_WEIGHT] = "the weight",   [LW_USE_TARGET] = "a target"};
    size_t j = 0;
    const lw_status status = lw_table_find_column(job->table, name, &j);
    if (status != LW_OK)
        return status;
    lw_column_use *now = &job->plan[j].use;
    if (*now != LW_USE_INFER && (*now != use || use == LW_USE_TARGET))
        return lw_fail(LW_EINVAL, "%s: column '%.40s' cannot be %s: it is %s", job->table->path,
                       name, *now == use ? "a target twice" : names[use], names[*now]);
    *now = use;
    return LW_OK;
}

static lw_status set_uses(const lw_infer_job *job, const lw_column_list *list, lw_column_use use)
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < list->count && status == LW_OK; i++)
        status = set_use(job, list->names[i], use);
    return status;
}

static lw_status choose_standardized(const lw_infer_job *job)
{
    const lw_schema_options *o = job->options;
    for (size_t j = 0; j < job->table->column_count; j++)
        job->plan[j].standardize = !o->no_standardize && o->standardized.count == 0;
    for (size_t i = 0; i < o->standardized.count; i++) {
        size_t j = 0;
        const lw_status status = lw_table_find_column(job->table, o->standardized.names[i], &j);
        if (status != LW_OK)
            return status;
        if (job->plan[j].use == LW_USE_INFER)
            job->plan[j].use = LW_USE_NUMBER;
        if (job->plan[j].use != LW_USE_NUMBER)
            return lw_fail(LW_EINVAL,
                           "%s: column '%.40s' cannot be standardised: it is no number input",
                           job->table->path, o->standardized.names[i]);
        job->plan[j].standardize = 1;
    }
    return LW_OK;
}

static lw_status check_list(const lw_column_list *list, const char *name)
{
    if (list->count > 0 && !list->names)
        return lw_fail(LW_EINVAL, "%s: options->%s.names is NULL", function_name, name);
    for (size_t i = 0; i < list->count; i++)
        if (!list->names[i])
            return lw_fail(LW_EINVAL, "%s: options->%s.names[%zu] is NULL", function_name, name, i);
    return LW_OK;
}

static lw_status check_options(const lw_table *table, const lw_schema_options *o)
{
    const struct {
        const char *name;
        const lw_column_list *list;
    } lists[] = {{"targets", &o->targets},
                 {"ignored", &o->ignored},
                 {"categorical", &o->categorical},
                 {"numeric", &o->numeric},
                 {"standardized", &o->standardized}};
    if ((unsigned)o->task > LW_TASK_NONE)
        return lw_fail(LW_EINVAL, "%s: unknown task %d", function_name, (int)o->task);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const lw_status status = check_list(lists[i].list, lists[i].name);
        if (status != LW_OK)
            return status;
    }
    for (size_t i = 0; i < o->row_count && o->rows; i++)
        if (o->rows[i] >= table->rows)
            return lw_fail(LW_EINVAL, "%s: options->rows[%zu] is %zu, but the table has %zu rows",
                           function_name, i, o->rows[i], table->rows);
    return LW_OK;
}

static lw_status plan_columns(const lw_infer_job *job)
{
    const lw_schema_options *o = job->options;
    lw_status status = set_uses(job, &o->targets, LW_USE_TARGET);
    if (status == LW_OK && o->weight)
        status = set_use(job, o->weight, LW_USE_WEIGHT);
    if (status == LW_OK)
        status = set_uses(job, &o->ignored, LW_USE_IGNORE);
    if (status == LW_OK)
        status = set_uses(job, &o->categorical, LW_USE_CATEGORY);
    if (status == LW_OK)
        status = set_uses(job, &o->numeric, LW_USE_NUMBER);
    return status == LW_OK ? choose_standardized(job) : status;
}

/* ---- The schema --------------------------------------------------------------------------- */

static lw_status fill_schema(const lw_infer_job *job, lw_schema *schema)
{
    const lw_table *table = job->table;
    lw_status status = lw_infer_targets(job, schema);
    schema->has_header = table->has_header;
    for (size_t j = 0, next = 0; j < table->column_count && status == LW_OK; j++)
        if (job->plan[j].use != LW_USE_TARGET)
            status = lw_infer_column(job, j, &schema->columns[next++]);
    if (status == LW_OK && job->options->weight) {
        size_t j = 0;
        status = lw_table_find_column(table, job->options->weight, &j);
        if (status == LW_OK) {
            schema->weight = strdup(table->columns[j].name);
            if (!schema->weight)
                status = lw_no_memory(table->path, "the names of columns");
        }
    }
    return status == LW_OK ? lw_schema_number_inputs(table->path, schema) : status;
}

static lw_status infer(const lw_infer_job *job, lw_schema **schema)
{
    lw_status status = plan_columns(job);
    lw_schema *made = NULL;
    const size_t targets = job->options->targets.count;
    if (status == LW_OK)
        status =
            lw_schema_create(job->table->path, job->table->column_count - targets, targets, &made);
    if (status == LW_OK)
        status = fill_schema(job, made);
    if (status == LW_OK)
        *schema = made;
    else
        lw_schema_free(made);
    return status;
}

lw_status lw_schema_infer(lw_schema **schema, const lw_table *table,
                          const lw_schema_options *options)
{
    lw_schema_options known = {.size = sizeof known};
    if (!schema || !table)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", function_name, schema ? "table" : "schema");
    lw_status status = LW_OK;
    if (options)
        status = lw_read_options(function_name, LW_OPTIONS_TYPE(lw_schema_options, row_count),
                                 &known, options);
    if (status == LW_OK)
        status = check_options(table, &known);
    if (status != LW_OK)
        return status;
    lw_infer_job job = {.table = table,
                        .options = &known,
                        .plan = calloc(table->column_count + 1, sizeof *job.plan),
                        .row_count = known.rows ? known.row_count : table->rows};
    if (!job.plan)
        return lw_no_memory(table->path, "its columns");
    if (job.row_count == 0)
        status = lw_fail(LW_EDATA, "%s: no rows to learn from", table->path);
    if (status == LW_OK)
        status = infer(&job, schema);
    free(job.plan);
    return status;
}
