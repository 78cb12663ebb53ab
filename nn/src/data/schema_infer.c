/* Makes a schema from a table: the kind of each column and what encodes it. */
#define _POSIX_C_SOURCE 200809L /* strdup, strnlen */
#include "base/memory.h"
#include "base/options.h"
#include "schema.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char function_name[] = "lw_schema_infer";

/* What the options say of a column. */
typedef enum column_use {
    USE_INFER,
    USE_IGNORE,
    USE_CATEGORY,
    USE_NUMBER,
    USE_WEIGHT,
    USE_TARGET
} column_use;

typedef struct column_plan {
    column_use use;
    int standardize;
} column_plan;

typedef struct infer_job {
    const lw_table *table;
    const lw_schema_options *options;
    column_plan *plan;
    size_t row_count; /* rows to learn from */
} infer_job;

static const lw_table_column *column_of(const infer_job *job, size_t j)
{
    return &job->table->columns[j];
}

static size_t row_at(const infer_job *job, size_t i)
{
    return job->options->rows ? job->options->rows[i] : i;
}

/* ---- Options ------------------------------------------------------------------------------ */

static lw_status set_use(const infer_job *job, const char *name, column_use use)
{
    static const char *const names[] = {
        [USE_INFER] = "an input", [USE_IGNORE] = "ignored",    [USE_CATEGORY] = "a category",
        [USE_NUMBER] = "numeric", [USE_WEIGHT] = "the weight", [USE_TARGET] = "a target"};
    size_t j = 0;
    const lw_status status = lw_table_find_column(job->table, name, &j);
    if (status != LW_OK)
        return status;
    column_use *now = &job->plan[j].use;
    if (*now != USE_INFER && (*now != use || use == USE_TARGET))
        return lw_fail(LW_EINVAL, "%s: column '%.40s' cannot be %s: it is %s", job->table->path,
                       name, *now == use ? "a target twice" : names[use], names[*now]);
    *now = use;
    return LW_OK;
}

static lw_status set_uses(const infer_job *job, const lw_column_list *list, column_use use)
{
    lw_status status = LW_OK;
    for (size_t i = 0; i < list->count && status == LW_OK; i++)
        status = set_use(job, list->names[i], use);
    return status;
}

static lw_status choose_standardized(const infer_job *job)
{
    const lw_schema_options *o = job->options;
    for (size_t j = 0; j < job->table->column_count; j++)
        job->plan[j].standardize = !o->no_standardize && o->standardized.count == 0;
    for (size_t i = 0; i < o->standardized.count; i++) {
        size_t j = 0;
        const lw_status status = lw_table_find_column(job->table, o->standardized.names[i], &j);
        if (status != LW_OK)
            return status;
        if (job->plan[j].use == USE_INFER)
            job->plan[j].use = USE_NUMBER;
        if (job->plan[j].use != USE_NUMBER)
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

static lw_status plan_columns(const infer_job *job)
{
    const lw_schema_options *o = job->options;
    lw_status status = set_uses(job, &o->targets, USE_TARGET);
    if (status == LW_OK && o->weight)
        status = set_use(job, o->weight, USE_WEIGHT);
    if (status == LW_OK)
        status = set_uses(job, &o->ignored, USE_IGNORE);
    if (status == LW_OK)
        status = set_uses(job, &o->categorical, USE_CATEGORY);
    if (status == LW_OK)
        status = set_uses(job, &o->numeric, USE_NUMBER);
    return status == LW_OK ? choose_standardized(job) : status;
}

/* ---- Kinds of columns --------------------------------------------------------------------- */

/* Whether numbers count up by 1 from row to row, as the index that pandas writes. */
static int counts_rows(const infer_job *job, const lw_table_column *column)
{
    enum { MIN_ROWS = 10 };
    if (!column->numbers || job->table->rows < MIN_ROWS || column->missing > 0)
        return 0;
    const double first = column->numbers[0];
    for (size_t i = 0; i < job->table->rows; i++)
        if (column->numbers[i] != first + (double)i)
            return 0;
    return first == 0.0 || first == 1.0 || strcasecmp(column->name, "id") == 0 ||
           strcasecmp(column->name, "index") == 0;
}

/* The first text of either value, 0 and 1. Returns 0 if there are other texts, or only one value.
 */
static int find_booleans(const lw_values *values, const char *found[2])
{
    found[0] = found[1] = NULL;
    for (size_t i = 0; i < values->count && values->texts; i++) {
        const int value = lw_boolean_of(values->texts[i]);
        if (value < 0)
            return 0;
        if (!found[value])
            found[value] = values->texts[i];
    }
    return found[0] && found[1];
}

static int has_too_many_texts(size_t values, size_t rows)
{
    enum { ALWAYS = 20, SHARE = 10, MAX = 1000 };
    return values > rows / 2 || (values > ALWAYS && values > rows / SHARE) || values > MAX;
}

static void ignore(lw_column_rule *rule, lw_ignored why)
{
    rule->kind = LW_COLUMN_IGNORED;
    rule->why = why;
}

/* Decides the kind of a column that no option names. values: its distinct values. */
static void infer_kind(const infer_job *job, const lw_table_column *column, lw_column_rule *rule)
{
    const lw_values *values = &rule->values;
    const char *booleans[2];
    if (values->count == 0)
        ignore(rule, LW_IGNORED_EMPTY);
    else if (*column->name == '\0')
        ignore(rule, LW_IGNORED_NAMELESS);
    else if (values->count == 1 && rule->missing == 0)
        ignore(rule, LW_IGNORED_CONSTANT);
    else if (counts_rows(job, column))
        ignore(rule, LW_IGNORED_INDEX);
    else if (find_booleans(values, booleans))
        rule->kind = LW_COLUMN_BOOLEAN;
    else if (column->numbers)
        rule->kind = LW_COLUMN_NUMBER;
    else if (has_too_many_texts(values->count, job->row_count))
        ignore(rule, LW_IGNORED_TEXTS);
    else
        rule->kind = LW_COLUMN_CATEGORY;
}

static lw_status choose_kind(const infer_job *job, size_t j, lw_column_rule *rule)
{
    const lw_table_column *column = column_of(job, j);
    switch (job->plan[j].use) {
    case USE_IGNORE:
        ignore(rule, LW_IGNORED_ON_REQUEST);
        return LW_OK;
    case USE_WEIGHT:
        ignore(rule, LW_IGNORED_WEIGHT);
        break;
    case USE_CATEGORY:
        rule->kind = LW_COLUMN_CATEGORY;
        if (rule->values.count == 0)
            ignore(rule, LW_IGNORED_EMPTY);
        return LW_OK;
    case USE_NUMBER:
        rule->kind = LW_COLUMN_NUMBER;
        break;
    default:
        infer_kind(job, column, rule);
        return LW_OK;
    }
    if (column->numbers)
        return LW_OK;
    for (size_t i = 0; i < job->table->rows; i++) {
        double number;
        const uint32_t code = column->codes[i];
        if (code != LW_MISSING_CODE && !lw_parse_number(column->texts[code], &number))
            return lw_fail(LW_EDATA, "%s: line %u, column '%.40s': '%.40s' is not a number",
                           job->table->path, job->table->lines[i], column->name,
                           column->texts[code]);
    }
    return lw_fail(LW_EDATA, "%s: column '%.40s' has no numbers", job->table->path, column->name);
}

/* ---- Values of columns -------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The median of the numbers that are present; of an even count, the mean of the middle two. */
static lw_status find_median(const infer_job *job, const double *numbers, double *median)
{
    double *present = calloc(job->row_count + 1, sizeof *present);
    if (!present)
        return lw_no_memory(job->table->path, "a column");
    size_t count = 0;
    for (size_t i = 0; i < job->row_count; i++)
        if (!isnan(numbers[row_at(job, i)]))
            present[count++] = numbers[row_at(job, i)];
    qsort(present, count, sizeof *present, compare_numbers);
    if (count > 0)
        *median = 0.5 * present[(count - 1) / 2] + 0.5 * present[count / 2];
    free(present);
    return LW_OK;
}

/* Squares of larger numbers could overflow, and a network could not read them. */
static lw_status check_float32(const infer_job *job, const lw_table_column *column,
                               const lw_moments *m)
{
    if (m->count == 0 || (m->minimum >= -(double)FLT_MAX && m->maximum <= (double)FLT_MAX))
        return LW_OK;
    size_t row = row_at(job, 0);
    for (size_t i = 0; i < job->row_count; i++) {
        row = row_at(job, i);
        if (fabs(column->numbers[row]) > (double)FLT_MAX)
            break;
    }
    return lw_fail(LW_EDATA, "%s: line %u, column '%.40s': '%.9g' is beyond float32",
                   job->table->path, job->table->lines[row], column->name, column->numbers[row]);
}

static lw_status describe_number(const infer_job *job, size_t j, lw_column_rule *rule)
{
    const double *numbers = column_of(job, j)->numbers;
    const lw_moments m = lw_measure_numbers(numbers, job->options->rows, job->row_count);
    const lw_status status = check_float32(job, column_of(job, j), &m);
    if (status != LW_OK)
        return status;
    rule->minimum = m.minimum;
    rule->maximum = m.maximum;
    rule->fill = m.mean;
    rule->mean = job->plan[j].standardize ? m.mean : 0.0;
    rule->deviation = job->plan[j].standardize ? m.deviation : 1.0;
    return rule->missing > 0 ? find_median(job, numbers, &rule->fill) : LW_OK;
}

/* The more frequent value fills missing fields. Of the texts one for each value is kept. */
static lw_status describe_boolean(const infer_job *job, size_t j, lw_column_rule *rule)
{
    const lw_table_column *column = column_of(job, j);
    size_t ones = 0, present = 0;
    for (size_t i = 0; i < job->row_count; i++) {
        const size_t row = row_at(job, i);
        if (column->numbers ? isnan(column->numbers[row]) : column->codes[row] == LW_MISSING_CODE)
            continue;
        present++;
        ones += column->numbers ? column->numbers[row] == 1.0
                                : lw_boolean_of(column->texts[column->codes[row]]) == 1;
    }
    rule->fill = 2 * ones > present;
    const char *texts[2];
    lw_values kept;
    find_booleans(&rule->values, texts);
    const lw_status status = lw_values_from_texts(job->table->path, texts, 2, &kept);
    if (status == LW_OK) {
        lw_values_free(&rule->values);
        rule->values = kept;
    }
    return status;
}

static size_t count_missing(const infer_job *job, const lw_table_column *column)
{
    size_t missing = 0;
    if (column->missing == 0)
        return 0;
    for (size_t i = 0; i < job->row_count; i++) {
        const size_t row = row_at(job, i);
        missing += column->numbers ? isnan(column->numbers[row]) != 0
                                   : column->codes[row] == LW_MISSING_CODE;
    }
    return missing;
}

/* Whether a column has more than two distinct numbers. Then it is neither constant nor boolean, and
 * its values need not be sorted to find that out. */
static int has_many_numbers(const infer_job *job, const lw_table_column *column)
{
    double seen[2] = {0.0, 0.0};
    size_t count = 0;
    for (size_t i = 0; i < job->row_count && column->numbers; i++) {
        const double number = column->numbers[row_at(job, i)];
        if (isnan(number) || (count > 0 && number == seen[0]) || (count > 1 && number == seen[1]))
            continue;
        if (count == 2)
            return 1;
        seen[count++] = number;
    }
    return 0;
}

static lw_status make_rule(const infer_job *job, size_t j, lw_column_rule *rule)
{
    const lw_table_column *column = column_of(job, j);
    const column_use use = job->plan[j].use;
    rule->position = j;
    char *name = strdup(column->name);
    if (!name)
        return lw_no_memory(job->table->path, "the names of columns");
    rule->name = name;
    rule->missing = count_missing(job, column);
    lw_status status = LW_OK;
    if (use == USE_INFER && has_many_numbers(job, column))
        rule->values.count = 3; /* at least; not collected */
    else if (use == USE_INFER || use == USE_CATEGORY)
        status = lw_values_collect(job->table->path, column, job->options->rows, job->row_count,
                                   &rule->values);
    if (status == LW_OK)
        status = choose_kind(job, j, rule);
    if (status == LW_OK && rule->kind == LW_COLUMN_NUMBER)
        status = describe_number(job, j, rule);
    if (status == LW_OK && rule->kind == LW_COLUMN_BOOLEAN)
        status = describe_boolean(job, j, rule);
    if (rule->kind != LW_COLUMN_CATEGORY && rule->kind != LW_COLUMN_BOOLEAN)
        lw_values_free(&rule->values);
    return status;
}

/* ---- Targets ------------------------------------------------------------------------------ */

static lw_status missing_target(const infer_job *job, const lw_table_column *column)
{
    for (size_t i = 0; i < job->table->rows; i++)
        if (column->numbers ? isnan(column->numbers[i]) != 0 : column->codes[i] == LW_MISSING_CODE)
            return lw_fail(LW_EDATA, "%s: line %u: the target '%.40s' is missing", job->table->path,
                           job->table->lines[i], column->name);
    return LW_OK;
}

static lw_status describe_target_numbers(const infer_job *job, const lw_table_column *column,
                                         lw_target_rule *rule)
{
    const lw_moments m = lw_measure_numbers(column->numbers, job->options->rows, job->row_count);
    const int is_raw = job->options->raw_targets || m.deviation == 0.0;
    rule->mean = is_raw ? 0.0 : m.mean;
    rule->deviation = is_raw ? 1.0 : m.deviation;
    return check_float32(job, column, &m);
}

/* The classes of a target column, in rule. */
static lw_status collect_classes(const infer_job *job, const lw_table_column *column,
                                 lw_target_rule *rule)
{
    const lw_status status = lw_values_collect(job->table->path, column, job->options->rows,
                                               job->row_count, &rule->classes);
    return status == LW_OK ? lw_check_classes(job->table->path, column->name, rule->classes.count,
                                              job->row_count)
                           : status;
}

/* Decides whether a single target is a class. */
static lw_status detect_task(const infer_job *job, const lw_table_column *column, lw_task *task)
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

static lw_status make_target(const infer_job *job, size_t j, lw_task *task, lw_target_rule *rule)
{
    const lw_table_column *column = column_of(job, j);
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

static lw_status make_targets(const infer_job *job, lw_schema *schema)
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

/* ---- The schema --------------------------------------------------------------------------- */

static lw_status fill_schema(const infer_job *job, lw_schema *schema)
{
    const lw_table *table = job->table;
    lw_status status = make_targets(job, schema);
    schema->has_header = table->has_header;
    for (size_t j = 0, next = 0; j < table->column_count && status == LW_OK; j++)
        if (job->plan[j].use != USE_TARGET)
            status = make_rule(job, j, &schema->columns[next++]);
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

static lw_status infer(const infer_job *job, lw_schema **schema)
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
    infer_job job = {.table = table,
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
