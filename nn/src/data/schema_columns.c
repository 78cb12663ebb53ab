/* Columns of a schema: the kind of each, and what encodes it. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "base/memory.h"
#include "schema_infer.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Kinds of columns --------------------------------------------------------------------- */

/* Whether numbers count up by 1 from row to row, as the index that pandas writes. */
static int counts_rows(const lw_infer_job *job, const lw_table_column *column)
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
static void infer_kind(const lw_infer_job *job, const lw_table_column *column, lw_column_rule *rule)
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

static lw_status choose_kind(const lw_infer_job *job, size_t j, lw_column_rule *rule)
{
    const lw_table_column *column = lw_job_column(job, j);
    switch (job->plan[j].use) {
    case LW_USE_IGNORE:
        ignore(rule, LW_IGNORED_ON_REQUEST);
        return LW_OK;
    case LW_USE_WEIGHT:
        ignore(rule, LW_IGNORED_WEIGHT);
        break;
    case LW_USE_CATEGORY:
        rule->kind = LW_COLUMN_CATEGORY;
        if (rule->values.count == 0)
            ignore(rule, LW_IGNORED_EMPTY);
        return LW_OK;
    case LW_USE_NUMBER:
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
static lw_status find_median(const lw_infer_job *job, const double *numbers, double *median)
{
    double *present = calloc(job->row_count + 1, sizeof *present);
    if (!present)
        return lw_no_memory(job->table->path, "a column");
    size_t count = 0;
    for (size_t i = 0; i < job->row_count; i++)
        if (!isnan(numbers[lw_job_row(job, i)]))
            present[count++] = numbers[lw_job_row(job, i)];
    qsort(present, count, sizeof *present, compare_numbers);
    if (count > 0)
        *median = 0.5 * present[(count - 1) / 2] + 0.5 * present[count / 2];
    free(present);
    return LW_OK;
}

/* Squares of larger numbers could overflow, and a network could not read them. */
lw_status lw_check_column_range(const lw_infer_job *job, const lw_table_column *column,
                                const lw_moments *m)
{
    if (m->count == 0 || (m->minimum >= -(double)FLT_MAX && m->maximum <= (double)FLT_MAX))
        return LW_OK;
    size_t row = lw_job_row(job, 0);
    for (size_t i = 0; i < job->row_count; i++) {
        row = lw_job_row(job, i);
        if (fabs(column->numbers[row]) > (double)FLT_MAX)
            break;
    }
    return lw_fail(LW_EDATA, "%s: line %u, column '%.40s': '%.9g' is beyond float32",
                   job->table->path, job->table->lines[row], column->name, column->numbers[row]);
}

static lw_status describe_number(const lw_infer_job *job, size_t j, lw_column_rule *rule)
{
    const double *numbers = lw_job_column(job, j)->numbers;
    const lw_moments m = lw_measure_numbers(numbers, job->options->rows, job->row_count);
    const lw_status status = lw_check_column_range(job, lw_job_column(job, j), &m);
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
static lw_status describe_boolean(const lw_infer_job *job, size_t j, lw_column_rule *rule)
{
    const lw_table_column *column = lw_job_column(job, j);
    size_t ones = 0, present = 0;
    for (size_t i = 0; i < job->row_count; i++) {
        const size_t row = lw_job_row(job, i);
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

static size_t count_missing(const lw_infer_job *job, const lw_table_column *column)
{
    size_t missing = 0;
    if (column->missing == 0)
        return 0;
    for (size_t i = 0; i < job->row_count; i++) {
        const size_t row = lw_job_row(job, i);
        missing += column->numbers ? isnan(column->numbers[row]) != 0
                                   : column->codes[row] == LW_MISSING_CODE;
    }
    return missing;
}

/* Whether a column has more than two distinct numbers. Then it is neither constant nor boolean, and
 * its values need not be sorted to find that out. */
static int has_many_numbers(const lw_infer_job *job, const lw_table_column *column)
{
    double seen[2] = {0.0, 0.0};
    size_t count = 0;
    for (size_t i = 0; i < job->row_count && column->numbers; i++) {
        const double number = column->numbers[lw_job_row(job, i)];
        if (isnan(number) || (count > 0 && number == seen[0]) || (count > 1 && number == seen[1]))
            continue;
        if (count == 2)
            return 1;
        seen[count++] = number;
    }
    return 0;
}

lw_status lw_infer_column(const lw_infer_job *job, size_t j, lw_column_rule *rule)
{
    const lw_table_column *column = lw_job_column(job, j);
    const lw_column_use use = job->plan[j].use;
    rule->position = j;
    char *name = strdup(column->name);
    if (!name)
        return lw_no_memory(job->table->path, "the names of columns");
    rule->name = name;
    rule->missing = count_missing(job, column);
    lw_status status = LW_OK;
    if (use == LW_USE_INFER && has_many_numbers(job, column))
        rule->values.count = 3; /* at least; not collected */
    else if (use == LW_USE_INFER || use == LW_USE_CATEGORY)
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
