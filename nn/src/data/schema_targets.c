/* Targets of a schema: classes or numbers. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "base/memory.h"
#include "schema_infer.h"

#include <math.h>
#include <string.h>

static lw_status missing_target(const lw_infer_job *job, const lw_table_column *column)
{
    for (size_t i = 0; i < job->table->rows; i++)
        if (column->numbers ? isnan(column->numbers[i]) != 0 : column->codes[i] == LW_MISSING_CODE)
            return lw_fail(LW_EDATA, "%s: line %u: the target '%.40s' is missing", job->table->path,
                           job->table->lines[i], column->name);
    return LW_OK;
}

static lw_status describe_target_numbers(const lw_infer_job *job, const lw_table_column *column,
                                         lw_target_rule *rule)
{
    const lw_moments m = lw_measure_numbers(column->numbers, job->options->rows, job->row_count);
    const int is_raw = job->options->raw_targets || m.deviation == 0.0;
    rule->mean = is_raw ? 0.0 : m.mean;
    rule->deviation = is_raw ? 1.0 : m.deviation;
    return lw_check_column_range(job, column, &m);
}

/* The classes of a target column, in rule. */
static lw_status collect_classes(const lw_infer_job *job, const lw_table_column *column,
                                 lw_target_rule *rule)
{
    const lw_status status = lw_values_collect(job->table->path, column, job->options->rows,
                                               job->row_count, &rule->classes);
    return status == LW_OK ? lw_check_classes(job->table->path, column->name, rule->classes.count,
                                              job->row_count)
                           : status;
}

/* Decides whether a single target is a class. */
static lw_status detect_task(const lw_infer_job *job, const lw_table_column *column, lw_task *task)
{
    if (*task != LW_TASK_DETECT)
        return LW_OK;
    *task = LW_TASK_CLASSIFICATION;
    if (!column->numbers)
        return LW_OK;
    lw_values values;
    const lw_status status =
        lw_values_collect(job->table->path, column, job->options->rows, job->row_count, &values);
    if (status != LW_OK)
        return status;
    if (!lw_looks_like_classes(&values, job->row_count))
        *task = LW_TASK_REGRESSION;
    lw_values_free(&values);
    return LW_OK;
}

static lw_status make_target(const lw_infer_job *job, size_t j, lw_task *task, lw_target_rule *rule)
{
    const lw_table_column *column = lw_job_column(job, j);
    rule->position = j;
    rule->deviation = 1.0;
    char *name = strdup(column->name);
    if (!name)
        return lw_no_memory(job->table->path, "the names of targets");
    rule->name = name;
    lw_status status = missing_target(job, column);
    if (status == LW_OK)
        status = detect_task(job, column, task);
    if (status != LW_OK)
        return status;
    if (*task == LW_TASK_CLASSIFICATION)
        return collect_classes(job, column, rule);
    if (!column->numbers)
        return lw_fail(LW_EDATA,
                       "%s: the target '%.40s' holds texts, such as '%.40s'; a regression needs "
                       "numbers",
                       job->table->path, column->name,
                       column->text_count > 0 ? column->texts[0] : "");
    return describe_target_numbers(job, column, rule);
}

lw_status lw_infer_targets(const lw_infer_job *job, lw_schema *schema)
{
    const lw_column_list *targets = &job->options->targets;
    schema->task = targets->count == 0 ? LW_TASK_NONE : job->options->task;
    if (targets->count > 1 && schema->task == LW_TASK_CLASSIFICATION)
        return lw_fail(LW_EINVAL,
                       "%s: %zu targets cannot be classes: a network has one target of "
                       "classes, or several of numbers",
                       job->table->path, targets->count);
    if (targets->count > 1)
        schema->task = LW_TASK_REGRESSION;
    lw_status status = LW_OK;
    for (size_t i = 0; i < targets->count && status == LW_OK; i++) {
        size_t j = 0;
        status = lw_table_find_column(job->table, targets->names[i], &j);
        if (status == LW_OK)
            status = make_target(job, j, &schema->task, &schema->targets[i]);
    }
    return status;
}
