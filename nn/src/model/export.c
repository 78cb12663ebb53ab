#include "export.h"

#include <math.h>
#include <stdlib.h>

static lw_status check_finite(const lw_net *net, const char *path, const float *flat)
{
    for (size_t i = 0; i < lw_net_layer_count(net); i++) {
        lw_layer_info info;
        const lw_status status = lw_net_layer_info(net, i, &info);
        if (status != LW_OK)
            return status;
        const size_t weights = info.in * info.out, count = weights + info.out;
        for (size_t j = 0; j < count; j++)
            if (!isfinite(flat[j]))
                return lw_fail(LW_EDATA, "%s: not written: layer %zu, %s %zu is %g", path, i,
                               j < weights ? "weight" : "bias", j < weights ? j : j - weights,
                               (double)flat[j]);
        flat += count;
    }
    return LW_OK;
}

lw_status lw_export_parameters(const lw_net *net, const char *path, float **flat)
{
    float *copy = calloc(lw_net_parameter_count(net), sizeof *copy);
    if (!copy)
        return lw_fail(LW_ENOMEM, "%s: no memory for the parameters", path);
    lw_status status = lw_net_get_parameters(net, copy);
    if (status == LW_OK)
        status = check_finite(net, path, copy);
    if (status == LW_OK)
        *flat = copy;
    else
        free(copy);
    return status;
}
