/* The threshold that separates the two classes of a single output. */
#include "threshold.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

lw_status lw_net_set_threshold(lw_net *net, float threshold)
{
    if (!net)
        return lw_fail(LW_EINVAL, "lw_net_set_threshold: net is NULL");
    if (!isfinite(threshold))
        return lw_fail(LW_EINVAL, "lw_net_set_threshold: %g is not finite", (double)threshold);
    net->threshold = threshold;
    return LW_OK;
}

float lw_net_threshold(const lw_net *net)
{
    return net ? net->threshold : LW_DEFAULT_THRESHOLD;
}

/* The smallest and the largest target of this rank's rows. */
static void measure(const lw_dataset *data, double range[2])
{
    range[0] = DBL_MAX;
    range[1] = -DBL_MAX;
    for (size_t i = 0; i < data->rows; i++) {
        const double value = (double)data->target.values[i];
        range[0] = value < range[0] ? value : range[0];
        range[1] = value > range[1] ? value : range[1];
    }
}

lw_status lw_choose_threshold(lw_net *net, const lw_dataset *data)
{
    if (lw_net_outputs(net) != 1 || lw_last_layer(net)->spec.activation != LW_ACTIVATION_TANH)
        return LW_OK;
    const size_t count = net->rank.count, rank = net->rank.rank;
    /* Each rank fills its own elements, so the sums over the ranks are all ranges. */
    double *ranges = calloc(2 * count + LW_SUM_EXTRA, sizeof *ranges);
    lw_status status = ranges ? LW_OK : lw_fail(LW_ENOMEM, "no memory for %zu ranges", count);
    double agreed[LW_SUM_EXTRA];
    status = lw_exchange_sum(net, status, 0, agreed);
    if (status == LW_OK && ranges) {
        if (data->target.values && data->rows > 0)
            measure(data, ranges + 2 * rank);
        status = lw_exchange_sum(net, status, 2 * count, ranges);
    }
    double low = 0.0, high = 1.0; /* labels */
    int is_first = 1;
    for (size_t i = 0; status == LW_OK && ranges && i < count; i++) {
        const double *range = ranges + 2 * i;
        if (range[0] == 0.0 && range[1] == 0.0)
            continue; /* no values, or nothing but zeros */
        low = is_first || range[0] < low ? range[0] : low;
        high = is_first || range[1] > high ? range[1] : high;
        is_first = 0;
    }
    if (status == LW_OK)
        net->threshold = (float)(0.5 * low + 0.5 * high);
    free(ranges);
    return status;
}
