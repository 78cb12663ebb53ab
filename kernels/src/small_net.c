/* Small networks: plans, and loops over the blocks of a batch. */
#include "activation.h"
#include "dispatch.h"
#include "optimizer.h"
#include "size_math.h"

#include <lanewise/internal/small_net.h>

static size_t padded(size_t count)
{
    return lw_round_up(count, LW_SMALL_NET_SECTION_FLOATS);
}

int lw_small_net_fits(size_t inputs, size_t layer_count, const lw_small_net_layer *layers)
{
    int fits =
        layers && inputs - 1 < LW_SMALL_NET_MAX_INPUTS && layer_count - 1 < LW_SMALL_NET_MAX_LAYERS;
    for (size_t l = 0; fits && l < layer_count; l++)
        fits = layers[l].units - 1 < LW_SMALL_NET_MAX_UNITS;
    return fits && (layer_count > 1 || inputs * layers[0].units <= LW_SMALL_NET_MAX_SINGLE_WEIGHTS);
}

lw_status lw_small_net_plan(lw_small_net *plan, size_t inputs, size_t layer_count,
                            const lw_small_net_layer *layers)
{
    static const char name[] = "lw_small_net_plan";
    if (!plan || !layers)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", name, plan ? "layers" : "plan");
    if (!lw_small_net_fits(inputs, layer_count, layers))
        return lw_fail(LW_ESHAPE,
                       "%s: a network of %zu inputs with these layers is not a small net", name,
                       inputs);
    for (size_t l = 0; l < layer_count; l++) {
        const lw_activation activation = layers[l].activation;
        const int is_last_softmax = l + 1 == layer_count && activation == LW_ACTIVATION_SOFTMAX;
        if (!lw_is_elementwise(activation) && !is_last_softmax)
            return lw_fail(LW_EINVAL, "%s: activation %u in layers[%zu]", name,
                           (unsigned)activation, l);
    }
    *plan = (lw_small_net){.inputs = inputs, .layer_count = layer_count, .isa = lw_isa_current()};
    size_t columns = inputs, largest = 0, at = 0;
    for (size_t l = 0, in = inputs; l < layer_count; l++) {
        const size_t units = layers[l].units;
        plan->layers[l] = layers[l];
        plan->w[l] = at;
        at += padded(in * units);
        plan->b[l] = at;
        at += padded(units);
        plan->columns[l] = columns;
        columns += 3 * units; /* y, dz, z */
        largest = in * units > largest ? in * units : largest;
        in = units;
    }
    plan->parameter_count = at;
    plan->columns[layer_count] = columns;
    columns += layers[layer_count - 1].units; /* targets */
    plan->workspace = columns * LW_SMALL_NET_BLOCK_ROWS + largest * LW_SMALL_NET_SECTION_FLOATS;
    return LW_OK;
}

size_t lw_small_net_blocks(size_t rows)
{
    return lw_ceil_div(rows, LW_SMALL_NET_BLOCK_ROWS);
}

/* Returns NULL if the batch has the data that its loss needs, else the error. */
static const char *flaw_of_loss(const lw_small_net *plan, const lw_small_net_batch *batch)
{
    const lw_activation activation = plan->layers[plan->layer_count - 1].activation;
    switch (batch->loss) {
    case LW_SMALL_NET_LOSS_NONE:
        return NULL;
    case LW_SMALL_NET_LOSS_OUTPUT_GRADIENT:
    case LW_SMALL_NET_LOSS_LOGIT_GRADIENT:
        return batch->gradient ? NULL : "gradient is NULL";
    case LW_SMALL_NET_LOSS_SIGMOID_CROSS_ENTROPY:
        if (activation != LW_ACTIVATION_SIGMOID)
            return "loss needs a sigmoid in the last layer";
        break;
    case LW_SMALL_NET_LOSS_SOFTMAX_CROSS_ENTROPY:
        if (activation != LW_ACTIVATION_SOFTMAX)
            return "loss needs softmax in the last layer";
        break;
    case LW_SMALL_NET_LOSS_SQUARED_ERROR:
        break;
    default:
        return "loss is unknown";
    }
    return batch->values || batch->labels ? NULL : "values and labels are NULL";
}

/* For the widest network. */
static const size_t max_rows = PTRDIFF_MAX / sizeof(float) / LW_SMALL_NET_MAX_INPUTS;

static lw_status check(const char *name, const lw_small_net *plan, const lw_small_net_batch *batch,
                       const float *parameters, const float *sums, const float *workspace)
{
    if (!plan || !batch || !parameters || !workspace)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", name,
                       !plan         ? "plan"
                       : !batch      ? "batch"
                       : !parameters ? "parameters"
                                     : "workspace");
    if (plan->layer_count - 1 >= LW_SMALL_NET_MAX_LAYERS)
        return lw_fail(LW_EINVAL, "%s: plan has %zu layers", name, plan->layer_count);
    if (batch->rows == 0)
        return LW_OK;
    if (batch->rows > max_rows)
        return lw_fail(LW_EINVAL, "%s: %zu rows overflow the address space", name, batch->rows);
    if (!batch->x)
        return lw_fail(LW_EINVAL, "%s: x is NULL", name);
    if (sums && batch->loss == LW_SMALL_NET_LOSS_NONE)
        return lw_fail(LW_EINVAL, "%s: sums without a loss", name);
    const char *flaw = flaw_of_loss(plan, batch);
    return flaw ? lw_fail(LW_EINVAL, "%s: %s", name, flaw) : LW_OK;
}

lw_status lw_small_net_pass(const lw_small_net *plan, const lw_small_net_batch *batch, size_t first,
                            size_t count, const float *parameters, float *sums, float *workspace)
{
    static const char name[] = "lw_small_net_pass";
    const lw_status status = check(name, plan, batch, parameters, sums, workspace);
    if (status != LW_OK)
        return status;
    const size_t blocks = lw_small_net_blocks(batch->rows);
    if (first > blocks || count > blocks - first)
        return lw_fail(LW_EINVAL, "%s: first %zu and count %zu of %zu blocks", name, first, count,
                       blocks);
    const struct lw_isa *isa = lw_isa_half_width(plan->isa, batch->rows);
    for (size_t i = 0; i < count; i++) {
        const size_t row = (first + i) * LW_SMALL_NET_BLOCK_ROWS, rest = batch->rows - row;
        isa->small_net_block(&(struct lw_small_net_block){
            .net = plan,
            .batch = batch,
            .first = row,
            .rows = rest < LW_SMALL_NET_BLOCK_ROWS ? rest : LW_SMALL_NET_BLOCK_ROWS,
            .parameters = parameters,
            .sums = sums ? sums + i * plan->parameter_count : NULL,
            .workspace = workspace,
        });
    }
    return LW_OK;
}

lw_status lw_small_net_step(const lw_small_net *plan, const lw_small_net_batch *batch,
                            const lw_small_net_update *update, float *parameters, float *gradients,
                            float *m, float *v, float *workspace)
{
    static const char name[] = "lw_small_net_step";
    lw_status status = check(name, plan, batch, parameters, gradients, workspace);
    if (status != LW_OK)
        return status;
    if (!gradients || !update || !update->sgd == !update->adam)
        return lw_fail(LW_EINVAL, "%s: %s", name,
                       !gradients ? "gradients is NULL"
                       : !update  ? "update is NULL"
                                  : "update is not one of sgd and adam");
    if (batch->rows > LW_SMALL_NET_BLOCK_ROWS)
        return lw_fail(LW_EINVAL, "%s: %zu rows are more than a block", name, batch->rows);
    status = update->sgd ? lw_check_sgd(name, update->sgd, m != NULL)
                         : lw_check_adam(name, update->adam);
    if (status == LW_OK && update->adam && (!m || !v))
        status = lw_fail(LW_EINVAL, "%s: m or v is NULL", name);
    if (status != LW_OK)
        return status;
    const struct lw_isa *isa = lw_isa_half_width(plan->isa, batch->rows);
    isa->small_net_block(&(struct lw_small_net_block){.net = plan,
                                                      .batch = batch,
                                                      .rows = batch->rows,
                                                      .parameters = parameters,
                                                      .sums = gradients,
                                                      .workspace = workspace});
    if (lw_small_net_diverged(plan, gradients))
        return lw_fail(LW_EDIVERGED, "%s: the loss of a row is not finite", name);
    if (update->sgd) {
        isa->sgd_update(plan->parameter_count, update->sgd, gradients, parameters, m);
    } else {
        const struct lw_adam_coefficients step = lw_adam_coefficients_of(update->adam);
        isa->adam_update(plan->parameter_count, &step, gradients, parameters, m, v);
    }
    return LW_OK;
}
