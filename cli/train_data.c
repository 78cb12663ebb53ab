#include "train_data.h"

#include "data.h"

/* The output activation if it is known before the data are read. */
static lw_activation expected_output(const train_options *options, const data_options *data)
{
    if (options->output != OUTPUT_UNSET)
        return (lw_activation)options->output;
    return data->values ? LW_ACTIVATION_LINEAR : LW_ACTIVATION_SOFTMAX;
}

lw_status train_data_open(train_run *run)
{
    const train_options *o = &run->options;
    const lw_status status = data_options_set_rank(&run->source, &run->group, o->batch);
    return status == LW_OK ? data_open_training(&run->source, expected_output(o, &run->source),
                                                o->seed, &run->training, &run->validation)
                           : status;
}

lw_status train_data_combine(train_run *run)
{
    lw_dataset *data = &run->training;
    double outputs = (double)data->outputs, inputs = (double)data->inputs;
    double sums[] = {(double)data->rows, (double)run->group.threads};
    lw_status status = rank_group_max(&run->group, &outputs);
    if (status == LW_OK)
        status = rank_group_max(&run->group, &inputs);
    if (status == LW_OK)
        status = rank_group_sum(&run->group, 2, sums);
    if (status != LW_OK)
        return status;
    run->rows = (size_t)sums[0];
    run->threads = (size_t)sums[1];
    if ((size_t)inputs != data->inputs ||
        (!data->target.labels && (size_t)outputs != data->outputs))
        return lw_fail(
            LW_ESHAPE,
            "rows have %zu inputs and %zu outputs, but those of another process %zu and %zu",
            data->inputs, data->outputs, (size_t)inputs, (size_t)outputs);
    data->outputs = (size_t)outputs;
    return LW_OK;
}
