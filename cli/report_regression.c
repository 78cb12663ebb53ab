/* Errors of a regression and a sample of its rows. */
#include "page.h"
#include "regression.h"
#include "report_parts.h"

#include <stdlib.h>

enum { POINTS_MAX = 1000, OUTPUTS_MAX = 4, CHUNK = 1024 };

/* Labels are one-hot targets if there are several outputs. */
static double true_value(const lw_dataset *data, size_t outputs, size_t row, size_t output)
{
    if (data->target.values != NULL)
        return (double)data->target.values[row * outputs + output];
    const int32_t label = data->target.labels[row];
    return outputs == 1 ? (double)label : (double)((size_t)label == output);
}

static json_t *output_of(const lw_output_errors *errors, json_t *truth, json_t *predicted)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "rmse", page_number(errors->rmse), "mae",
                     page_number(errors->mae), "r2", page_number(errors->r2), "truth", truth,
                     "predicted", predicted);
}

lw_status report_regression(const report_run *run, json_t **part)
{
    if (run->result->classes > 0) {
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
        for (size_t j = 0; j < shown && status == LW_OK && row % stride == 0; j++) {
            const double t = regression_value(run->net, j, true_value(data, outputs, row, j));
            const double p = regression_value(run->net, j, (double)y[row % CHUNK * outputs + j]);
            failed |= json_array_append_new(truth[j], page_number(t));
            failed |= json_array_append_new(predicted[j], page_number(p));
        }
    }
    free(y);

    json_t *list = json_array();
    for (size_t j = 0; j < shown; j++)
        failed |=
            json_array_append_new(list, output_of(&run->result->errors[j], truth[j], predicted[j]));
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
