/* Prepares parameters for files: checks that they are finite and transposes matrices. */
#include "export.h"

#include "base/finite.h"
#include "base/memory.h"
#include "model_file.h"

#include <stdlib.h>
#include <string.h>

static lw_status check_finite(const lw_net *net, const char *path, const float *flat)
{
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);) {
        const float *values = flat + at.tensor->flat;
        const size_t count = lw_tensor_count(at.tensor), found = lw_find_nonfinite(count, values);
        if (found < count)
            return lw_fail(LW_EDATA, "%s: not written: layer %zu, %s %zu is %g", path, at.layer,
                           at.tensor->name, found, (double)values[found]);
    }
    return LW_OK;
}

void lw_store_tensors(const lw_net *net, const float *flat, float *stored)
{
    for (lw_tensor_at at = {0}; lw_next_tensor(net, &at);) {
        const lw_tensor *tensor = at.tensor;
        if (tensor->is_matrix)
            lw_transpose(tensor->rows, tensor->cols, flat + tensor->flat, stored + tensor->flat);
        else
            memcpy(stored + tensor->flat, flat + tensor->flat,
                   lw_tensor_count(tensor) * sizeof *stored);
    }
}

lw_status lw_export_parameters(const lw_net *net, const char *path, float **flat)
{
    float *copy = calloc(lw_net_parameter_count(net), sizeof *copy);
    if (!copy)
        return lw_no_memory(path, "the parameters");
    lw_status status = lw_net_get_parameters(net, copy);
    if (status == LW_OK)
        status = check_finite(net, path, copy);
    if (status == LW_OK)
        *flat = copy;
    else
        free(copy);
    return status;
}
