#include "train_network.h"

#include "data.h"
#include "loss_option.h"

static lw_status create_layers(train_run *run)
{
    const train_options *o = &run->options;
    const int has_labels = run->training.target.labels != NULL;
    lw_activation output = has_labels ? LW_ACTIVATION_SOFTMAX : LW_ACTIVATION_LINEAR;
    if (o->output != OUTPUT_UNSET)
        output = (lw_activation)o->output;

    size_t outputs = run->training.outputs;
    if (has_labels && outputs < 2)
        outputs = 2; /* only class 0 occurs in the data */
    if (has_labels && outputs == 2 && output != LW_ACTIVATION_SOFTMAX)
        outputs = 1; /* one output separates two classes */

    lw_layer_spec layers[LIST_MAX + 1];
    size_t count = 0;
    for (; count < o->layers.count; count++)
        layers[count] = (lw_layer_spec){.units = o->layers.items[count],
                                        .activation = (lw_activation)o->activation,
                                        .init = (lw_init)o->initializer};
    layers[count++] =
        (lw_layer_spec){.units = outputs, .activation = output, .init = (lw_init)o->initializer};
    return lw_net_create_mlp(&run->net, run->training.inputs, layers, count, o->seed);
}

lw_status train_network_create(train_run *run)
{
    const train_options *o = &run->options;
    lw_status status = create_layers(run);
    if (status == LW_OK)
        status = loss_option_check(run->net, run->options.loss);
    if (status != LW_OK)
        return status;

    const size_t inputs = lw_net_inputs(run->net);
    const size_t outputs = lw_net_outputs(run->net);
    lw_net_set_threads(run->net, run->group.threads);
    status = lw_net_set_precision(run->net, (lw_precision)o->precision);
    if (status == LW_OK)
        status = lw_net_set_ranks(run->net, run->group.ranks);
    if (status == LW_OK)
        status = data_check(&run->source, PART_MAIN, inputs, outputs, &run->training);
    if (status == LW_OK && data_has_validation(&run->source))
        status = data_check(&run->source, PART_VALIDATION, inputs, outputs, &run->validation);
    if (status == LW_OK && o->init != NULL)
        status = lw_net_load_parameters(run->net, o->init);
    if (status == LW_OK && run->schema != NULL)
        status = lw_net_set_schema(run->net, run->schema);
    return status;
}
