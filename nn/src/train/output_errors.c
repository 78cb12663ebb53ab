/* Errors of the outputs of a regression: sums over the rows in double, the targets in two passes.
 */
#include "output_errors.h"

#include "base/message.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK_ROWS = 2048 };

/* Sums over all rows of one output. */
enum { SQUARES, ABSOLUTES, FROM_MEAN, SUMS };

static double target_of(const lw_dataset *data, size_t row, size_t output)
{
    return data->target.values ? (double)data->target.values[row * data->outputs + output]
                               : (double)data->target.labels[row];
}

static double weight_of(const lw_dataset *data, size_t row)
{
    return data->target.weights ? (double)data->target.weights[row] : 1.0;
}

/* Collective: the mean of each output's targets. */
static lw_status average_targets(const lw_net *net, const lw_dataset *data, double weight,
                                 double *mean)
{
    const size_t outputs = lw_net_outputs(net);
    for (size_t i = 0; i < data->rows; i++)
        for (size_t j = 0; j < outputs; j++)
            mean[j] += weight_of(data, i) * target_of(data, i, j);
    const lw_status status = lw_exchange_sum(net, LW_OK, outputs, mean);
    for (size_t j = 0; j < outputs; j++)
        mean[j] /= weight;
    return status;
}

static void add_rows(const lw_dataset *data, size_t outputs, lw_span rows, const float *y,
                     const double *mean, double *sums)
{
    for (size_t i = 0; i < rows.count; i++) {
        for (size_t j = 0; j < outputs; j++) {
            const double target = target_of(data, rows.first + i, j);
            const double error = (double)y[i * outputs + j] - target;
            const double weight = weight_of(data, rows.first + i);
            double *sum = sums + j * SUMS;
            sum[SQUARES] += weight * error * error;
            sum[ABSOLUTES] += weight * fabs(error);
            sum[FROM_MEAN] += weight * (target - mean[j]) * (target - mean[j]);
        }
    }
}

/* Sums over this rank's rows. */
static lw_status sum_rows(const lw_net *net, const lw_dataset *data, const double *mean,
                          double *sums)
{
    const size_t outputs = lw_net_outputs(net);
    const size_t chunk = data->rows < CHUNK_ROWS ? data->rows : CHUNK_ROWS;
    float *y = calloc(chunk + 1, outputs * sizeof *y);
    if (!y)
        return lw_fail(LW_ENOMEM, "no memory for the predictions of %zu rows", chunk);
    lw_status status = LW_OK;
    for (lw_span rows = {0, chunk}; rows.first < data->rows && status == LW_OK;
         rows.first += rows.count) {
        const size_t left = data->rows - rows.first;
        rows.count = left < chunk ? left : chunk;
        status =
            lw_infer(net, rows.count, data->x + rows.first * data->inputs, &(lw_inference){.y = y});
        if (status == LW_OK)
            add_rows(data, outputs, rows, y, mean, sums);
    }
    free(y);
    return status;
}

/* What one unit of an output is in units of the training data. */
static double unit_of(const lw_net *net, size_t output)
{
    lw_schema_target target;
    if (!net->schema || lw_schema_task(net->schema) != LW_TASK_REGRESSION ||
        lw_schema_target_info(net->schema, output, &target) != LW_OK)
        return 1.0;
    return target.deviation;
}

double lw_loss_unit(const lw_net *net)
{
    const double unit = lw_net_outputs(net) == 1 ? unit_of(net, 0) : 1.0;
    return unit * unit;
}

lw_status lw_measure_output_errors(const lw_net *net, lw_status status, const lw_dataset *data,
                                   double weight, lw_output_errors *errors)
{
    const size_t outputs = lw_net_outputs(net);
    double *mean = calloc((SUMS + 1) * outputs + 2 * (size_t)LW_SUM_EXTRA, sizeof *mean);
    double agreed[LW_SUM_EXTRA];
    if (status == LW_OK && !mean)
        status = lw_fail(LW_ENOMEM, "no memory for the errors of %zu outputs", outputs);
    status = lw_exchange_sum(net, status, 0, agreed);
    if (status == LW_OK && mean)
        status = average_targets(net, data, weight, mean);
    if (status != LW_OK || !mean) {
        free(mean);
        return status;
    }
    double *sums = mean + outputs + LW_SUM_EXTRA;
    status = lw_exchange_sum(net, sum_rows(net, data, mean, sums), SUMS * outputs, sums);
    for (size_t j = 0; j < outputs && status == LW_OK; j++) {
        const double *sum = sums + j * SUMS, unit = unit_of(net, j);
        errors[j] = (lw_output_errors){
            .rmse = unit * sqrt(sum[SQUARES] / weight),
            .mae = unit * sum[ABSOLUTES] / weight,
            .r2 = sum[FROM_MEAN] > 0.0 ? 1.0 - sum[SQUARES] / sum[FROM_MEAN] : (double)NAN,
        };
    }
    free(mean);
    return status;
}
