/* Schemas of arrays: how they are made, and how they encode datasets. */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "base/memory.h"
#include "base/options.h"
#include "base/string_list.h"
#include "dataset.h"
#include "schema.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char infer_name[] = "lw_schema_infer_arrays",
                  encode_name[] = "lw_schema_encode_arrays";

/* Bytes that a reader took as pixels are multiplied by this. */
#define PIXEL_SCALE (1.0f / 255.0f)

/* ---- Inference ---------------------------------------------------------------------------- */

typedef struct infer_job {
    const lw_dataset *data;
    const lw_schema_options *options;
    size_t row_count;
} infer_job;

static size_t row_at(const infer_job *job, size_t i)
{
    return job->options->rows ? job->options->rows[i] : i;
}

/* The number that a label stands for in the file. */
static double number_of_label(const lw_dataset *data, int32_t label)
{
    double number = label;
    if (data->class_names && (size_t)label < data->outputs)
        lw_parse_number(data->class_names[label], &number);
    return number;
}

/* Whether the names of classes are texts, which have no numbers. */
static int has_text_classes(const lw_dataset *data)
{
    double number;
    for (size_t i = 0; data->class_names && i < data->outputs; i++)
        if (!lw_parse_number(data->class_names[i], &number))
            return 1;
    return 0;
}

/* The single target of each row as a number. */
static lw_status collect_numbers(const infer_job *job, double **numbers)
{
    const lw_dataset *data = job->data;
    *numbers = calloc(job->row_count + 1, sizeof **numbers);
    if (!*numbers)
        return lw_no_memory(infer_name, "the targets");
    for (size_t i = 0; i < job->row_count; i++) {
        const size_t row = row_at(job, i);
        (*numbers)[i] = data->target.labels ? number_of_label(data, data->target.labels[row])
                                            : (double)data->target.values[row];
    }
    return LW_OK;
}

/* All classes of the data if they have names or are labels, otherwise the numbers that occur. */
static lw_status find_classes(const infer_job *job, lw_values *classes)
{
    if (has_text_classes(job->data))
        return lw_values_from_texts(infer_name, job->data->class_names, job->data->outputs,
                                    classes);
    double *numbers;
    lw_status status = collect_numbers(job, &numbers);
    if (status == LW_OK)
        status = lw_values_of_numbers(infer_name, numbers, job->row_count, classes);
    free(numbers);
    return status;
}

/* Decides the task; classes are those of a classification, and empty for a regression. */
static lw_status choose_task(const infer_job *job, lw_task *task, lw_values *classes)
{
    const lw_dataset *data = job->data;
    *task = job->options->task;
    if (!data->target.labels && !data->target.values)
        *task = LW_TASK_NONE;
    if (data->target.values && data->outputs > 1) {
        if (*task == LW_TASK_CLASSIFICATION)
            return lw_fail(LW_EINVAL,
                           "%s: %zu target columns of values cannot be classes; give labels",
                           infer_name, data->outputs);
        *task = LW_TASK_REGRESSION;
    }
    if (*task == LW_TASK_NONE || *task == LW_TASK_REGRESSION)
        return LW_OK;
    const lw_status status = find_classes(job, classes);
    if (status != LW_OK)
        return status;
    if (*task == LW_TASK_DETECT && !data->target.labels &&
        !lw_looks_like_classes(classes, job->row_count)) {
        *task = LW_TASK_REGRESSION;
        lw_values_free(classes);
        return LW_OK;
    }
    *task = LW_TASK_CLASSIFICATION;
    return lw_check_classes(infer_name, "y", classes->count, job->row_count);
}

static lw_status name_targets(lw_schema *schema)
{
    for (size_t i = 0; i < schema->target_count; i++) {
        schema->targets[i].deviation = 1.0;
        schema->targets[i].position = i;
        char name[24] = "y";
        if (schema->target_count > 1)
            snprintf(name, sizeof name, "y%zu", i);
        schema->targets[i].name = strdup(name);
        if (!schema->targets[i].name)
            return lw_no_memory(infer_name, "the names of targets");
    }
    return LW_OK;
}

static void measure_inputs(const infer_job *job, lw_schema *schema)
{
    const lw_dataset *data = job->data;
    float minimum = data->x[row_at(job, 0) * data->inputs], maximum = minimum;
    for (size_t i = 0; i < job->row_count; i++) {
        const float *x = data->x + row_at(job, i) * data->inputs;
        for (size_t j = 0; j < data->inputs; j++) {
            minimum = x[j] < minimum ? x[j] : minimum;
            maximum = x[j] > maximum ? x[j] : maximum;
        }
    }
    schema->inputs = data->inputs;
    schema->minimum = (double)minimum;
    schema->maximum = (double)maximum;
    schema->scale = (double)data->scale;
}

static lw_status infer(const infer_job *job, lw_schema **schema)
{
    lw_values classes = {0};
    lw_task task;
    lw_schema *made = NULL;
    lw_status status = choose_task(job, &task, &classes);
    size_t targets = 0;
    if (status == LW_OK && task != LW_TASK_NONE)
        targets = job->data->target.values ? job->data->outputs : 1;
    if (status == LW_OK)
        status = lw_schema_create(infer_name, 0, targets, &made);
    if (status == LW_OK)
        status = name_targets(made);
    if (status == LW_OK && task == LW_TASK_REGRESSION && has_text_classes(job->data))
        status =
            lw_fail(LW_EDATA, "%s: the classes are texts; a regression needs numbers", infer_name);
    if (status != LW_OK) {
        lw_values_free(&classes);
        lw_schema_free(made);
        return status;
    }
    if (task == LW_TASK_CLASSIFICATION)
        made->targets[0].classes = classes;
    made->task = task;
    made->is_array = 1;
    measure_inputs(job, made);
    *schema = made;
    return LW_OK;
}

lw_status lw_schema_infer_arrays(lw_schema **schema, const lw_dataset *data,
                                 const lw_schema_options *options)
{
    lw_schema_options known = {.size = sizeof known};
    if (!schema)
        return lw_fail(LW_EINVAL, "%s: schema is NULL", infer_name);
    lw_status status = lw_check_dataset(infer_name, data);
    if (status == LW_OK && options)
        status = lw_read_options(infer_name, LW_OPTIONS_TYPE(lw_schema_options, row_count), &known,
                                 options);
    if (status == LW_OK && (unsigned)known.task > LW_TASK_NONE)
        status = lw_fail(LW_EINVAL, "%s: unknown task %d", infer_name, (int)known.task);
    const infer_job job = {data, &known, known.rows ? known.row_count : data ? data->rows : 0};
    if (status == LW_OK && job.row_count == 0)
        status = lw_fail(LW_EDATA, "%s: no rows to learn from", infer_name);
    for (size_t i = 0; status == LW_OK && known.rows && i < known.row_count; i++)
        if (known.rows[i] >= data->rows)
            status = lw_fail(LW_EINVAL, "%s: options->rows[%zu] is %zu, but data has %zu rows",
                             infer_name, i, known.rows[i], data->rows);
    return status == LW_OK ? infer(&job, schema) : status;
}

/* ---- Encoding ----------------------------------------------------------------------------- */

/* Whether bytes are more than 0 and 1. */
static int has_pixels(const lw_dataset *data)
{
    for (size_t i = 0; i < data->rows * data->inputs; i++)
        if (data->x[i] > 1.0f)
            return 1;
    return 0;
}

/* The factor for inputs that the reader scaled otherwise than those of the training data. */
static float input_factor(const lw_schema *schema, const lw_dataset *data)
{
    const float trained = (float)schema->scale;
    const int trained_on_unit = schema->minimum >= 0.0 && schema->maximum <= 1.0;
    if (data->scale == PIXEL_SCALE && trained != PIXEL_SCALE && !trained_on_unit)
        return 255.0f;
    if (data->has_bytes && trained_on_unit && has_pixels(data))
        return PIXEL_SCALE;
    return 1.0f;
}

static void count_outside(const lw_schema *schema, const lw_dataset *data, float factor,
                          lw_encode_report *report)
{
    const double width = schema->maximum - schema->minimum;
    const float low = (float)(schema->minimum - width), high = (float)(schema->maximum + width);
    for (size_t i = 0; i < data->rows * data->inputs; i++) {
        const float x = data->x[i] * factor;
        report->outside += x < low || x > high;
    }
    if (report->outside > 0)
        report->outside_column = "x";
}

/* The class of a row of the dataset as the schema numbers it, or LW_NO_VALUE. */
static size_t class_of_row(const lw_schema *schema, const lw_dataset *data, size_t row)
{
    const lw_values *classes = &schema->targets[0].classes;
    if (!data->target.labels)
        return lw_values_find_number(classes, (double)data->target.values[row]);
    const int32_t label = data->target.labels[row];
    if (data->class_names)
        return lw_values_find_text(classes, data->class_names[label]);
    return lw_values_find_number(classes, label);
}

static lw_status check_classes(const lw_schema *schema, const lw_dataset *data)
{
    if (data->target.values && data->outputs == schema->targets[0].classes.count)
        return LW_OK; /* probabilities */
    if (data->target.values && data->outputs != 1)
        return lw_fail(LW_ESHAPE,
                       "%s: data has %zu target columns, but the model's target is a "
                       "class",
                       encode_name, data->outputs);
    for (size_t i = 0; i < data->rows; i++) {
        if (class_of_row(schema, data, i) != LW_NO_VALUE)
            continue;
        if (data->target.labels && data->class_names)
            return lw_fail(LW_EDATA, "%s: row %zu: '%.40s' is not a class of the training data",
                           encode_name, i, data->class_names[data->target.labels[i]]);
        return lw_fail(
            LW_EDATA, "%s: row %zu: label %g is not a class of the training data", encode_name, i,
            data->target.labels ? (double)data->target.labels[i] : (double)data->target.values[i]);
    }
    return LW_OK;
}

static lw_status check_targets(const lw_schema *schema, const lw_dataset *data)
{
    if (!data->target.values && !data->target.labels)
        return lw_fail(LW_EINVAL, "%s: data has no target", encode_name);
    if (schema->task == LW_TASK_CLASSIFICATION)
        return check_classes(schema, data);
    const size_t given = data->target.values ? data->outputs : 1;
    if (given != schema->target_count)
        return lw_fail(LW_ESHAPE, "%s: data has %zu target columns, but the model has %zu",
                       encode_name, given, schema->target_count);
    return LW_OK;
}

/* Fills the targets of a copy, made with the schema's kind of target. */
static lw_status encode_targets(const lw_schema *schema, const lw_dataset *data,
                                const lw_dataset_arrays *to)
{
    for (size_t i = 0; i < data->rows && to->labels; i++)
        to->labels[i] = (int32_t)class_of_row(schema, data, i);
    for (size_t j = 0; j < schema->target_count && to->values; j++) {
        const lw_target_rule *rule = &schema->targets[j];
        for (size_t i = 0; i < data->rows; i++) {
            const size_t at = i * schema->target_count + j;
            const double number = data->target.labels
                                      ? number_of_label(data, data->target.labels[i])
                                      : (double)data->target.values[at];
            to->values[at] = lw_standardized(number, rule->mean, 1.0 / rule->deviation);
            if (!isfinite(to->values[at]))
                return lw_fail(LW_EDATA, "%s: row %zu: the target %g is beyond float32",
                               encode_name, i, number);
        }
    }
    return LW_OK;
}

/* Whether the target is used as it is: the schema knows nothing of it, or it holds probabilities.
 */
static int keeps_target(const lw_schema *schema, const lw_dataset *data)
{
    return schema->task == LW_TASK_NONE ||
           (schema->task == LW_TASK_CLASSIFICATION && data->target.values && data->outputs > 1);
}

/* Whether encoding would change nothing but names, as for files like those of the training. */
static int is_encoded(const lw_schema *schema, const lw_dataset *data, int has_target)
{
    if (!has_target)
        return !data->target.labels && !data->target.values;
    if (keeps_target(schema, data))
        return 1;
    if (schema->task != LW_TASK_CLASSIFICATION || !data->target.labels ||
        data->outputs > schema->targets[0].classes.count)
        return 0;
    for (size_t i = 0; i < data->rows; i++)
        if (class_of_row(schema, data, i) != (size_t)data->target.labels[i])
            return 0;
    return 1;
}

/* Names the classes, and counts them: those of the schema. */
static lw_status name_classes(const lw_schema *schema, lw_dataset *data)
{
    const lw_values *classes = &schema->targets[0].classes;
    const char *const *names = lw_string_list_copy(classes->count, classes->texts);
    if (!names)
        return lw_no_memory(encode_name, "the names of classes");
    lw_string_list_free(data->class_names);
    data->class_names = names;
    data->outputs = classes->count;
    return LW_OK;
}

static void keep_targets(const lw_dataset *data, lw_dataset *made, const lw_dataset_arrays *to)
{
    made->outputs = data->outputs;
    if (to->labels && data->target.labels)
        memcpy(to->labels, data->target.labels, data->rows * sizeof *to->labels);
    if (to->values && data->target.values)
        memcpy(to->values, data->target.values, data->rows * data->outputs * sizeof *to->values);
}

static lw_status make_copy(const lw_schema *schema, const lw_dataset *data, int has_target,
                           float factor, lw_dataset *made)
{
    lw_target_kind kind = LW_TARGET_NONE;
    const int keeps = has_target && keeps_target(schema, data);
    if (has_target)
        kind = keeps ? (data->target.labels ? LW_TARGET_LABELS : LW_TARGET_VALUES)
               : schema->task == LW_TASK_CLASSIFICATION ? LW_TARGET_LABELS
                                                        : LW_TARGET_VALUES;
    lw_dataset_arrays arrays;
    lw_status status = lw_dataset_allocate(encode_name, made, &arrays, data->rows, data->inputs,
                                           keeps ? data->outputs : schema->target_count, kind);
    if (status != LW_OK)
        return status;
    made->scale = data->scale;
    made->has_bytes = data->has_bytes && factor == 1.0f;
    for (size_t i = 0; i < data->rows * data->inputs; i++)
        arrays.x[i] = factor > 1.0f ? rintf(data->x[i] * factor) : data->x[i] * factor;
    if (keeps)
        keep_targets(data, made, &arrays);
    else
        status = encode_targets(schema, data, &arrays);
    if (status == LW_OK && kind == LW_TARGET_LABELS && !keeps)
        status = name_classes(schema, made);
    if (status == LW_OK && data->input_names) {
        made->input_names = lw_string_list_copy(data->inputs, data->input_names);
        if (!made->input_names)
            status = lw_no_memory(encode_name, "names");
    }
    if (status != LW_OK)
        lw_dataset_free(made);
    return status;
}

lw_status lw_schema_encode_arrays(const lw_schema *schema, lw_dataset *data, lw_need targets,
                                  lw_encode_report *report)
{
    if (!schema || !data)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", encode_name, schema ? "data" : "schema");
    if (!schema->is_array)
        return lw_fail(LW_EINVAL, "%s: the schema is of a table, not of arrays", encode_name);
    lw_status status = lw_check_dataset(encode_name, data);
    if (status == LW_OK && data->inputs != schema->inputs)
        status = lw_fail(LW_ESHAPE, "%s: the rows have %zu inputs, but the model takes %zu",
                         encode_name, data->inputs, schema->inputs);
    const int has_target = targets == LW_TARGETS_REQUIRED;
    if (status == LW_OK && has_target && schema->task != LW_TASK_NONE)
        status = check_targets(schema, data);
    if (status != LW_OK)
        return status;
    const float factor = input_factor(schema, data);
    lw_encode_report noticed = {0};
    count_outside(schema, data, factor, &noticed);
    if (factor == 1.0f && data->storage && is_encoded(schema, data, has_target)) {
        status = data->target.labels ? name_classes(schema, data) : LW_OK;
    } else {
        lw_dataset made;
        status = make_copy(schema, data, has_target, factor, &made);
        if (status == LW_OK) {
            lw_dataset_free(data);
            *data = made;
        }
    }
    if (status == LW_OK && report)
        *report = noticed;
    return status;
}
