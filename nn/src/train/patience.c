/* Early stopping: the best parameters of a run so far. */
#include "patience.h"

#include "base/memory.h"
#include "base/message.h"

#include <stdlib.h>
#include <string.h>

lw_status lw_best_open(lw_best *best, size_t patience, const lw_net *net)
{
    *best = (lw_best){.patience = patience};
    if (patience == 0)
        return LW_OK;
    best->parameters = lw_alloc_floats(net->padded_count + 1);
    return best->parameters
               ? LW_OK
               : lw_fail(LW_ENOMEM, "no memory for a copy of %zu parameters", net->parameter_count);
}

void lw_best_close(lw_best *best)
{
    free(best->parameters);
    best->parameters = NULL;
}

int lw_best_update(lw_best *best, const lw_net *net, const lw_epoch_report *report)
{
    if (best->patience == 0)
        return 0;
    if (best->epoch == 0 || report->validation_loss < best->loss) {
        best->epoch = report->epoch;
        best->loss = report->validation_loss;
        memcpy(best->parameters, net->parameters, net->padded_count * sizeof *net->parameters);
    }
    return report->epoch - best->epoch >= best->patience;
}

void lw_best_restore(const lw_best *best, lw_net *net)
{
    if (best->epoch == 0)
        return;
    memcpy(net->parameters, best->parameters, net->padded_count * sizeof *net->parameters);
    lw_parameters_changed(net);
}
