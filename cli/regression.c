#include "regression.h"

#include "safe_text.h"

#include <math.h>

double regression_value(const lw_net *net, size_t output, double value)
{
    const lw_schema *schema = lw_net_schema(net);
    lw_schema_target target;
    if (schema == NULL || lw_schema_task(schema) != LW_TASK_REGRESSION ||
        lw_schema_target_info(schema, output, &target) != LW_OK)
        return value;
    return value * target.deviation + target.mean;
}

static const char *output_name(const lw_net *net, size_t output)
{
    lw_schema_target target;
    const lw_schema *schema = lw_net_schema(net);
    return schema != NULL && lw_schema_target_info(schema, output, &target) == LW_OK ? target.name
                                                                                     : NULL;
}

void regression_print(FILE *out, const lw_net *net, const lw_evaluation *result)
{
    for (size_t j = 0; j < lw_net_outputs(net); j++) {
        const lw_output_errors *errors = &result->errors[j];
        const char *name = output_name(net, j);
        if (name != NULL)
            fprintf(out, "%s: ", make_safe(name).text);
        else
            fprintf(out, "output %zu: ", j);
        fprintf(out, "RMSE %.6g  MAE %.6g  R2 ", errors->rmse, errors->mae);
        if (isnan(errors->r2))
            fputs("undefined, as the target is constant\n", out);
        else
            fprintf(out, "%.4f\n", errors->r2);
    }
}
