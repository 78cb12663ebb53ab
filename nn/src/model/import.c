/* Creates networks from files that contain only weights. */
#include "base/message.h"
#include "model_file.h"
#include "state_dict.h"
#include "train/create.h"

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

/* The dense layers of a file; release with free. */
static lw_status read_layers(const lw_safetensors *file, lw_activation hidden, lw_activation output,
                             lw_layer_spec **specs, lw_architecture *of)
{
    lw_layer_info *info;
    size_t layers;
    const lw_status status = lw_state_dict_layers(file, &layers, &info);
    if (status != LW_OK)
        return status;
    lw_layer_spec *made = calloc(layers, sizeof *made);
    for (size_t i = 0; made && i < layers; i++)
        made[i] =
            (lw_layer_spec){.units = info[i].out, .activation = i + 1 < layers ? hidden : output};
    *specs = made;
    *of = (lw_architecture){
        .inputs = info[0].in, .specs = made, .layer_count = layers, .isa = lw_isa_current()};
    free(info);
    return made ? LW_OK : lw_fail(LW_ENOMEM, "lw_net_import: no memory for %zu layers", layers);
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

    lw_architecture of;
    lw_layer_spec *specs = NULL;
    float *parameters = NULL;
    lw_net *outline = NULL, *made = NULL;
    status = read_layers(file, hidden, output, &specs, &of);
    if (status == LW_OK)
        status = lw_net_outline(&outline, &of);
    if (status == LW_OK)
        status = lw_state_dict_read(file, NULL, outline->layers, of.layer_count, &parameters);
    if (status == LW_OK)
        status = lw_net_create_mlp(&made, of.inputs, of.specs, of.layer_count, 0);
    if (status == LW_OK)
        status = lw_net_set_parameters(made, parameters);
    free(parameters);
    free(specs);
    lw_net_destroy(outline);
    lw_safetensors_close(file);
    if (status == LW_OK)
        *net = made;
    else
        lw_net_destroy(made);
    return status;
}
