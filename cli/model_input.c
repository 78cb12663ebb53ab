#include "model_input.h"

/* clang-format off */
const option_spec model_input_option_specs[] = {
    {"model", "FILE", "a model saved by train or import",
     parse_text, offsetof(model_input_options, model), NULL, NULL},
    THREADS_OPTION(model_input_options),
    {0}};
/* clang-format on */

int model_input_options_check(const char *command, const model_input_options *options)
{
    return options->model != NULL ? -1 : usage_error(command, "--model is required");
}

static lw_status open_data(const lw_net *net, const data_options *source, lw_need targets,
                           lw_dataset *data, lw_table **table)
{
    lw_status status = data_open(source, net, targets, data, table);
    if (status != LW_OK)
        return status;
    status = data_check(source, PART_MAIN, lw_net_inputs(net), lw_net_outputs(net), data);
    if (status != LW_OK) {
        lw_dataset_free(data);
        if (table != NULL)
            lw_table_free(*table);
    }
    return status;
}

lw_status model_input_open(const model_input_options *options, const data_options *source,
                           lw_need targets, lw_net **net, lw_dataset *data, lw_table **table)
{
    lw_net *loaded = NULL;
    lw_status status = lw_net_load(&loaded, options->model);
    if (status != LW_OK)
        return status;
    lw_net_set_threads(loaded, options->threads);
    status = open_data(loaded, source, targets, data, table);
    if (status != LW_OK) {
        lw_net_destroy(loaded);
        return status;
    }
    *net = loaded;
    return LW_OK;
}
