/* Errors of a regression and a sample of its rows. */
#include "page.h"
#include "regression.h"
#include "report_parts.h"

#include <math.h>
#include <stdlib.h>

enum { POINTS_MAX = 1000, OUTPUTS_MAX = 4, CHUNK = 1024 };

/* Sums over all rows of one output, in double. */
typedef struct sums {
    double squares, absolutes; /* of errors, predicted - true */
    double mean, deviation;    /* of the true values: running mean, sum of squares about it */
} sums;

static void add(sums *s, size_t row, double truth, double predicted)
{
    const double error = predicted - truth, from_mean = truth - s->mean;
    s->squares += error * error;
    s->absolutes += fabs(error);
    s->mean += from_mean / (double)(row + 1);
    s->deviation += from_mean * (truth - s->mean);
}

/* Labels are one-hot targets if there are several outputs. */
static double true_value(const lw_dataset *data, size_t outputs, size_t row, size_t output)
{
    if (data->target.values != NULL)
        return (double)data->target.values[row * outputs + output];
    const int32_t label = data->target.labels[row];
    return outputs == 1 ? (double)label : (double)((size_t)label == output);
}

static json_t *output_of(const sums *s, size_t rows, json_t *truth, json_t *predicted)
{
    const double n = (double)rows;
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o}", "rmse", page_number(sqrt(s->squares / n)), "mae",
        page_number(s->absolutes / n), "r2",
        page_number(s->deviation > 0.0 ? 1.0 - s->squares / s->deviation : (double)NAN), "truth",
        truth, "predicted", predicted);
}

/* lw_evaluate treats several linear outputs as classes; with targets that are values, show both. */
static int has_values(const report_run *run)
{
    return run->result->classes == 0 ||
           (report_rows(run)->target.values != NULL && !report_has_probabilities(run->net));
}

lw_status report_regression(const report_run *run, json_t **part)
{
    if (!has_values(run)) {
        *part = json_null();
        return LW_OK;
    }
    const lw_dataset *data = report_rows(run);
    const size_t rows = data->rows, outputs = lw_net_outputs(run->net);
    const size_t shown = outputs < OUTPUTS_MAX ? outputs : OUTPUTS_MAX;
    const size_t stride = (rows + POINTS_MAX - 1) / POINTS_MAX;
    float *y = calloc(CHUNK, outputs * sizeof *y);
    if (y == NULL)
        return lw_fail(LW_ENOMEM, "no memory for the report");

    sums s[OUTPUTS_MAX] = {{0}};
    json_t *truth[OUTPUTS_MAX], *predicted[OUTPUTS_MAX];
    for (size_t j = 0; j < shown; j++) {
        truth[j] = json_array();
        predicted[j] = json_array();
    }
    lw_status status = LW_OK;
    int failed = 0;
    for (size_t row = 0; row < rows && status == LW_OK; row++) {
        if (row % CHUNK == 0)
            status = lw_predict(run->net, rows - row < CHUNK ? rows - row : CHUNK,
                                data->x + row * data->inputs, y);
        for (size_t j = 0; j < shown && status == LW_OK; j++) {
            const double t = regression_value(run->net, j, true_value(data, outputs, row, j));
            const double p = regression_value(run->net, j, (double)y[row % CHUNK * outputs + j]);
            add(&s[j], row, t, p);
            if (row % stride != 0)
                continue;
            failed |= json_array_append_new(truth[j], page_number(t));
            failed |= json_array_append_new(predicted[j], page_number(p));
        }
    }
    free(y);

    json_t *list = json_array();
    for (size_t j = 0; j < shown; j++)
        failed |= json_array_append_new(list, output_of(&s[j], rows, truth[j], predicted[j]));
    json_t *section = json_pack("{s:I, s:o}", "rows", (json_int_t)rows, "outputs", list);
    if (status == LW_OK && (failed || section == NULL))
        status = lw_fail(LW_ENOMEM, "no memory for the report");
    if (status != LW_OK) {
        json_decref(section);
        return status;
    }
    *part = section;
    return LW_OK;
}
