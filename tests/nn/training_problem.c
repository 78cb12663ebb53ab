#include "training_problem.h"

#include <stdlib.h>

problem make_problem(size_t rows)
{
    problem p = {.x = uniform_floats(rows * INPUTS, -1.0f, 1.0f, 1),
                 .values = uniform_floats(rows * OUTPUTS, 0.0f, 1.0f, 2),
                 .labels = uniform_labels(rows, OUTPUTS, 3)};
    p.data = (lw_dataset){.rows = rows,
                          .inputs = INPUTS,
                          .outputs = OUTPUTS,
                          .x = p.x,
                          .target = {.labels = p.labels}};
    return p;
}

void free_problem(problem *p)
{
    free(p->x);
    free(p->values);
    free(p->labels);
}

lw_net *net_with(size_t units, lw_activation activation)
{
    const lw_layer_spec layers[] = {{.units = units, .activation = LW_ACTIVATION_GELU},
                                    {.units = OUTPUTS, .activation = activation}};
    return make_net(INPUTS, layers, 2, 7);
}

lw_net *net_with_output(lw_activation activation)
{
    return net_with(6, activation);
}

int see_epoch(void *user, const lw_epoch_report *report)
{
    observer *seen = user;
    ck_assert_uint_eq(report->epoch, ++seen->epochs);
    return seen->epochs == seen->stop_after_epochs;
}

int see_batch(void *user, const lw_batch_report *report)
{
    observer *seen = user;
    seen->rows_done[seen->batches++ % 64] = report->rows_done;
    return seen->batches == seen->stop_after_batches;
}
