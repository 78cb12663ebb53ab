/* Creates networks from files that contain only weights. */
#include "base/message.h"
#include "model_file.h"
#include "state_dict.h"

#include <stdlib.h>

static lw_status check_activations(lw_activation hidden, lw_activation output)
{
    if (!lw_activation_is_elementwise(hidden))
        return lw_fail(LW_EINVAL, "lw_net_import: hidden layers cannot have activation %d",
                       (int)hidden);
    if (!lw_activation_is_elementwise(output) && output != LW_ACTIVATION_SOFTMAX)
        return lw_fail(LW_EINVAL, "lw_net_import: unknown activation %d", (int)output);
    return LW_OK;
}

static lw_status create(lw_net **net, const lw_layer_info *info, size_t layers,
                        lw_activation hidden, lw_activation output)
{
    lw_layer_spec *specs = calloc(layers, sizeof *specs);
    if (!specs)
        return lw_fail(LW_ENOMEM, "lw_net_import: no memory for %zu layers", layers);
    for (size_t i = 0; i < layers; i++)
        specs[i] =
            (lw_layer_spec){.units = info[i].out, .activation = i + 1 < layers ? hidden : output};
    const lw_status status = lw_net_create_mlp(net, info[0].in, specs, layers, 0);
    free(specs);
    return status;
}

lw_status lw_net_import(lw_net **net, const char *path, lw_activation hidden, lw_activation output)
{
    if (!net || !path)
        return lw_fail(LW_EINVAL, "lw_net_import: %s is NULL", net ? "path" : "net");
    lw_status status = lw_fail_in("lw_net_import", check_activations(hidden, output));
    if (status != LW_OK)
        return status;
    lw_safetensors *file;
    status = lw_safetensors_open(&file, path);
    if (status != LW_OK)
        return status;

    size_t layers = 0;
    lw_layer_info *info = NULL;
    float *parameters = NULL;
    lw_net *made = NULL;
    status = lw_state_dict_layers(file, &layers, &info);
    if (status == LW_OK)
        status = lw_state_dict_read(file, NULL, info, layers, &parameters);
    if (status == LW_OK)
        status = create(&made, info, layers, hidden, output);
    if (status == LW_OK)
        status = lw_net_set_parameters(made, parameters);
    free(parameters);
    free(info);
    lw_safetensors_close(file);
    if (status == LW_OK)
        *net = made;
    else
        lw_net_destroy(made);
    return status;
}
