#include "train_data.h"

#include "data.h"
#include "train_defaults.h"

lw_status train_data_take_schema(train_run *run)
{
    const train_options *o = &run->options;
    const char *path = o->resume != NULL ? o->resume : o->init;
    lw_net *net = NULL;
    /* A state dict of another program has no schema; reading its parameters comes later. */
    if (path == NULL || lw_net_load(&net, path) != LW_OK)
        return LW_OK;
    const lw_schema *schema = lw_net_schema(net);
    /* It was trained on numbers as they are, unless the same option repeats what was done. */
    if (schema == NULL && !run->source.standardize.all &&
        run->source.standardize.columns.count == 0)
        run->source.no_standardize = 1;
    const lw_status status = schema != NULL ? lw_schema_clone(&run->schema, schema) : LW_OK;
    lw_net_destroy(net);
    return status;
}

static lw_status open_data(train_run *run)
{
    const train_options *o = &run->options;
    return data_open_training(&run->source, o->output, o->seed, &run->schema, &run->facts,
                              &run->training, &run->validation);
}

/* Without --batch the rows are divided evenly until their total is known. */
lw_status train_data_open(train_run *run)
{
    const size_t batch = run->options.batch;
    lw_status status = data_options_set_rank(&run->source, &run->group);
    data_options_set_batch(&run->source, &run->group, batch > 0 ? batch : LW_FULL_BATCH);
    if (status == LW_OK)
        status = train_data_take_schema(run);
    /* Each process would make its own means and categories. */
    if (status == LW_OK && run->schema == NULL && run->source.csv != NULL &&
        run->source.has_rank_files && run->group.count > 1)
        return lw_fail(LW_EINVAL,
                       "%s: separate tables need a schema in common: train on one of them with "
                       "--epochs 1 and --save, and give that model with --init",
                       run->source.csv);
    return status == LW_OK ? open_data(run) : status;
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

lw_status train_data_choose_batch(train_run *run)
{
    train_defaults_set(run);
    if (!run->chose_batch || run->group.count == 1 || run->source.has_rank_files)
        return LW_OK;
    lw_dataset_free(&run->training);
    lw_dataset_free(&run->validation);
    data_options_set_batch(&run->source, &run->group, run->options.batch);
    return open_data(run);
}
