#include "class_weights.h"

#include "safe_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name of a class: its number if it has no other. */
static const char *class_name(const lw_dataset *data, size_t number, char digits[24])
{
    if (data->class_names != NULL)
        return data->class_names[number];
    snprintf(digits, 24, "%zu", number);
    return digits;
}

static lw_status balance(const train_run *run, size_t classes, double *weights)
{
    const lw_dataset *data = &run->training;
    double rows = 0.0, used = 0.0;
    for (size_t i = 0; i < data->rows; i++)
        weights[data->target.labels[i]] += 1.0;
    const lw_status status = rank_group_sum(&run->group, classes, weights);
    for (size_t i = 0; i < classes; i++) {
        rows += weights[i];
        used += weights[i] > 0.0;
    }
    for (size_t i = 0; i < classes; i++)
        weights[i] = weights[i] > 0.0 ? rows / (used * weights[i]) : 1.0;
    return status;
}

static lw_status find_class(const lw_dataset *data, size_t classes, const char *path,
                            const char *name, size_t *number)
{
    char digits[24], list[300] = "";
    size_t used = 0;
    for (size_t i = 0; i < classes; i++)
        if (strcmp(class_name(data, i, digits), name) == 0) {
            *number = i;
            return LW_OK;
        }
    for (size_t i = 0; i < classes && used < sizeof list - 60; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s'%.40s'", i > 0 ? ", " : "",
                                 make_safe(class_name(data, i, digits)).text);
    return lw_fail(LW_EDATA, "%s: '%.40s' is not a class; the classes are %s", path,
                   make_safe(name).text, list);
}

/* Parses a weight. Returns 0 for other text. */
static int parse_weight(const char *text, double *weight)
{
    char *end;
    if (text == NULL || *text == '\0')
        return 0;
    *weight = strtod(text, &end);
    return *end == '\0' && *weight >= 0.0 && *weight <= 1e30;
}

static lw_status set_weight(const lw_dataset *data, size_t classes, const lw_table *table,
                            size_t row, double *weights)
{
    double weight;
    size_t found = 0;
    const char *name = lw_table_field(table, row, 0, NULL);
    if (name == NULL || !parse_weight(lw_table_field(table, row, 1, NULL), &weight)) {
        if (row == 0)
            return LW_OK; /* a header */
        return lw_fail(LW_EDATA, "%s: row %zu: a class and a weight of at least 0 are needed",
                       lw_table_path(table), row + 1);
    }
    const lw_status status = find_class(data, classes, lw_table_path(table), name, &found);
    if (status == LW_OK)
        weights[found] = weight;
    return status;
}

static lw_status read_file(const train_run *run, size_t classes, double *weights)
{
    static const char *const texts[] = {"0", "1"};
    const lw_table_options reading = {
        .size = sizeof reading, .header = LW_HEADER_ABSENT, .texts = texts, .text_count = 2};
    lw_table *table = NULL;
    lw_status status = lw_table_read(&table, run->options.class_weights, &reading);
    if (status == LW_OK && lw_table_columns(table) != 2)
        status = lw_fail(LW_EDATA, "%s: lines CLASS,WEIGHT are needed, but there are %zu columns",
                         run->options.class_weights, lw_table_columns(table));
    for (size_t i = 0; i < classes; i++)
        weights[i] = 1.0;
    for (size_t row = 0; status == LW_OK && row < lw_table_rows(table); row++)
        status = set_weight(&run->training, classes, table, row, weights);
    lw_table_free(table);
    return status;
}

static lw_status multiply(train_run *run, const double *weights)
{
    lw_dataset *data = &run->training;
    float *made = calloc(data->rows + 1, sizeof *made);
    if (made == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the weights of %zu rows", data->rows);
    for (size_t i = 0; i < data->rows; i++)
        made[i] = (float)(weights[data->target.labels[i]] *
                          (data->target.weights != NULL ? (double)data->target.weights[i] : 1.0));
    run->row_weights = data->target.weights;
    run->class_weights = made;
    data->target.weights = made;
    return LW_OK;
}

void class_weights_remove(train_run *run)
{
    if (run->class_weights != NULL)
        run->training.target.weights = run->row_weights;
    free(run->class_weights);
    run->class_weights = NULL;
}

lw_status class_weights_apply(train_run *run)
{
    const char *source = run->options.class_weights;
    const lw_dataset *data = &run->training;
    if (source == NULL)
        return LW_OK;
    if (data->target.labels == NULL)
        return lw_fail(LW_EINVAL, "--class-weights requires classes, but the targets are numbers");
    const size_t classes = data->outputs > 1 ? data->outputs : 2;
    double *weights = calloc(classes, sizeof *weights);
    if (weights == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the weights of %zu classes", classes);
    lw_status status = strcmp(source, "balanced") == 0 ? balance(run, classes, weights)
                                                       : read_file(run, classes, weights);
    if (status == LW_OK)
        status = multiply(run, weights);
    free(weights);
    return status;
}
