#include "regression.h"

#include "safe_text.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK = 1024 };

/* Sums over all rows of one output. */
typedef struct sums {
    double squares, absolutes; /* of errors, predicted - true */
    double mean, deviation;    /* of the true values: running mean, sum of squares about it */
} sums;

int is_regression(const lw_net *net, const lw_dataset *data, const lw_evaluation *result)
{
    const lw_schema *schema = lw_net_schema(net);
    if (schema != NULL && lw_schema_task(schema) != LW_TASK_NONE)
        return lw_schema_task(schema) == LW_TASK_REGRESSION;
    lw_layer_info last;
    if (result->classes == 0 || data->target.values == NULL)
        return result->classes == 0;
    return lw_net_layer_info(net, lw_net_layer_count(net) - 1, &last) == LW_OK && last.out > 1 &&
           last.activation != LW_ACTIVATION_SOFTMAX && last.activation != LW_ACTIVATION_SIGMOID;
}

double regression_value(const lw_net *net, size_t output, double value)
{
    const lw_schema *schema = lw_net_schema(net);
    lw_schema_target target;
    if (schema == NULL || lw_schema_task(schema) != LW_TASK_REGRESSION ||
        lw_schema_target_info(schema, output, &target) != LW_OK)
        return value;
    return value * target.deviation + target.mean;
}

static double true_value(const lw_dataset *data, size_t outputs, size_t row, size_t output)
{
    return data->target.values != NULL ? (double)data->target.values[row * outputs + output]
                                       : (double)data->target.labels[row];
}

static void add(sums *s, size_t row, double truth, double predicted)
{
    const double error = predicted - truth, from_mean = truth - s->mean;
    s->squares += error * error;
    s->absolutes += fabs(error);
    s->mean += from_mean / (double)(row + 1);
    s->deviation += from_mean * (truth - s->mean);
}

static const char *output_name(const lw_net *net, size_t output)
{
    lw_schema_target target;
    const lw_schema *schema = lw_net_schema(net);
    return schema != NULL && lw_schema_target_info(schema, output, &target) == LW_OK ? target.name
                                                                                     : NULL;
}

static void print_sums(FILE *out, const lw_net *net, size_t output, const sums *s, double rows)
{
    const char *name = output_name(net, output);
    if (name != NULL)
        fprintf(out, "%s: ", make_safe(name).text);
    else
        fprintf(out, "output %zu: ", output);
    fprintf(out, "RMSE %.6g  MAE %.6g  R2 ", sqrt(s->squares / rows), s->absolutes / rows);
    if (s->deviation > 0.0)
        fprintf(out, "%.4f\n", 1.0 - s->squares / s->deviation);
    else
        fputs("undefined, as the target is constant\n", out);
}

lw_status regression_print(FILE *out, const lw_net *net, const lw_dataset *data)
{
    const size_t outputs = lw_net_outputs(net);
    sums *all = calloc(outputs, sizeof *all);
    float *y = calloc(CHUNK, outputs * sizeof *y);
    lw_status status = LW_OK;
    if (all == NULL || y == NULL)
        status = lw_fail(LW_ENOMEM, "no memory for the errors of %zu outputs", outputs);
    for (size_t row = 0; row < data->rows && status == LW_OK; row++) {
        if (row % CHUNK == 0)
            status = lw_predict(net, data->rows - row < CHUNK ? data->rows - row : CHUNK,
                                data->x + row * data->inputs, y);
        for (size_t j = 0; j < outputs && status == LW_OK; j++)
            add(&all[j], row, regression_value(net, j, true_value(data, outputs, row, j)),
                regression_value(net, j, (double)y[row % CHUNK * outputs + j]));
    }
    for (size_t j = 0; j < outputs && status == LW_OK; j++)
        print_sums(out, net, j, &all[j], (double)data->rows);
    free(all);
    free(y);
    return status;
}
