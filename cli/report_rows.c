/* The data of a report, and what several sections need of them. */
#include "page.h"
#include "report_parts.h"

const lw_dataset *report_rows(const report_run *run)
{
    return run->validation != NULL ? run->validation : run->training;
}

json_t *report_input_names(const lw_dataset *data, size_t count)
{
    json_t *names = json_array();
    int failed = 0;
    for (size_t i = 0; i < count; i++)
        failed |=
            json_array_append_new(names, data->input_names != NULL ? page_text(data->input_names[i])
                                                                   : json_sprintf("input %zu", i));
    if (failed) {
        json_decref(names);
        return NULL;
    }
    return names;
}

lw_activation report_output_activation(const lw_net *net)
{
    lw_layer_info last = {0};
    (void)(void)!lw_net_layer_info(net, lw_net_layer_count(net) - 1, &last);
    return last.activation;
}

int report_has_probabilities(const lw_net *net)
{
    const lw_activation activation = report_output_activation(net);
    return activation == LW_ACTIVATION_SOFTMAX || activation == LW_ACTIVATION_SIGMOID;
}
