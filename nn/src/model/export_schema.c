/* The schema in exported networks: what both formats share. */
#include "export_schema.h"

#include "data/schema.h"

const lw_schema *lw_exported_schema(const lw_net *net)
{
    return net->schema && !net->schema->is_array ? net->schema : NULL;
}

size_t lw_raw_inputs(const lw_net *net)
{
    const lw_schema *schema = lw_exported_schema(net);
    size_t count = 0;
    if (!schema)
        return lw_net_inputs(net);
    for (size_t i = 0; i < schema->column_count; i++)
        count += schema->columns[i].kind != LW_COLUMN_IGNORED;
    return count;
}

int lw_has_scaled_targets(const lw_net *net)
{
    const lw_schema *schema = net->schema;
    if (!schema || schema->task != LW_TASK_REGRESSION)
        return 0;
    for (size_t j = 0; j < schema->target_count; j++)
        if (schema->targets[j].mean != 0.0 || schema->targets[j].deviation != 1.0)
            return 1;
    return 0;
}
