/* Narrow networks: plans, and batches by blocks. */
#include "argument.h"
#include "dispatch.h"

#include "optimizer.h"
#include <lanewise/narrow.h>
#include <math.h>

static size_t padded(size_t count)
{
    return (count + LW_NARROW_SECTION - 1) / LW_NARROW_SECTION * LW_NARROW_SECTION;
}

int lw_narrow_fits(size_t inputs, size_t layer_count, const lw_narrow_layer *layers)
{
    int fits = layers && inputs - 1 < LW_NARROW_INPUTS && layer_count - 1 < LW_NARROW_LAYERS;
    for (size_t l = 0; fits && l < layer_count; l++)
        fits = layers[l].units - 1 < LW_NARROW_UNITS;
    return fits && (layer_count > 1 || inputs * layers[0].units <= LW_NARROW_ALONE);
}

lw_status lw_narrow_plan(lw_narrow *plan, size_t inputs, size_t layer_count,
                         const lw_narrow_layer *layers)
{
    static const char name[] = "lw_narrow_plan";
    if (!plan || !layers)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", name, plan ? "layers" : "plan");
    if (!lw_narrow_fits(inputs, layer_count, layers))
        return lw_fail(LW_ESHAPE, "%s: layers of a network of %zu inputs are not narrow", name,
                       inputs);
    for (size_t l = 0; l < layer_count; l++) {
        const unsigned activation = (unsigned)layers[l].activation;
        if (activation > LW_SOFTMAX || (activation == LW_SOFTMAX && l + 1 < layer_count))
            return lw_fail(LW_EINVAL, "%s: activation %u in layers[%zu]", name, activation, l);
    }
    *plan = (lw_narrow){.inputs = inputs, .layer_count = layer_count};
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
    plan->workspace = columns * LW_NARROW_BLOCK + largest * LW_NARROW_SECTION;
    return LW_OK;
}

size_t lw_narrow_blocks(size_t rows)
{
    return rows / LW_NARROW_BLOCK + (rows % LW_NARROW_BLOCK != 0);
}

/* NULL if the batch has what its loss needs, else what is wrong. */
static const char *flaw_of_loss(const lw_narrow *plan, const lw_narrow_batch *batch)
{
    const lw_activation activation = plan->layers[plan->layer_count - 1].activation;
    switch (batch->loss) {
    case LW_NARROW_NO_LOSS:
        return NULL;
    case LW_NARROW_OUTPUT_GRADIENT:
    case LW_NARROW_ACTIVATION_GRADIENT:
        return batch->gradient ? NULL : "gradient is NULL";
    case LW_NARROW_SIGMOID_ENTROPY:
        if (activation != LW_SIGMOID)
            return "loss needs a sigmoid in the last layer";
        break;
    case LW_NARROW_SOFTMAX_ENTROPY:
        if (activation != LW_SOFTMAX)
            return "loss needs softmax in the last layer";
        break;
    case LW_NARROW_SQUARED_ERROR:
        break;
    default:
        return "loss is unknown";
    }
    return batch->values || batch->labels ? NULL : "values and labels are NULL";
}

/* Of the widest network. */
static const size_t most_rows = PTRDIFF_MAX / sizeof(float) / LW_NARROW_INPUTS;

static lw_status check(const char *name, const lw_narrow *plan, const lw_narrow_batch *batch,
                       const float *parameters, const float *sums, const float *workspace)
{
    if (!plan || !batch || !parameters || !workspace)
        return lw_fail(LW_EINVAL, "%s: %s is NULL", name,
                       !plan         ? "plan"
                       : !batch      ? "batch"
                       : !parameters ? "parameters"
                                     : "workspace");
    if (plan->layer_count - 1 >= LW_NARROW_LAYERS)
        return lw_fail(LW_EINVAL, "%s: plan has %zu layers", name, plan->layer_count);
    if (batch->rows == 0)
        return LW_OK;
    if (batch->rows > most_rows)
        return lw_fail(LW_EINVAL, "%s: %zu rows overflow the address space", name, batch->rows);
    if (!batch->x)
        return lw_fail(LW_EINVAL, "%s: x is NULL", name);
    if (sums && batch->loss == LW_NARROW_NO_LOSS)
        return lw_fail(LW_EINVAL, "%s: sums without a loss", name);
    const char *flaw = flaw_of_loss(plan, batch);
    return flaw ? lw_fail(LW_EINVAL, "%s: %s", name, flaw) : LW_OK;
}

lw_status lw_narrow_pass(const lw_narrow *plan, const lw_narrow_batch *batch, size_t first,
                         size_t count, const float *parameters, float *sums, float *workspace)
{
    static const char name[] = "lw_narrow_pass";
    const lw_status status = check(name, plan, batch, parameters, sums, workspace);
    if (status != LW_OK)
        return status;
    const size_t blocks = lw_narrow_blocks(batch->rows);
    if (first > blocks || count > blocks - first)
        return lw_fail(LW_EINVAL, "%s: first %zu and count %zu of %zu blocks", name, first, count,
                       blocks);
    const struct lw_isa *isa = lw_isa_for_columns(batch->rows);
    for (size_t i = 0; i < count; i++) {
        const size_t row = (first + i) * LW_NARROW_BLOCK, rest = batch->rows - row;
        isa->narrow_block(&(struct lw_narrow_block){
            .net = plan,
            .batch = batch,
            .first = row,
            .rows = rest < LW_NARROW_BLOCK ? rest : LW_NARROW_BLOCK,
            .parameters = parameters,
            .sums = sums ? sums + i * plan->parameter_count : NULL,
            .workspace = workspace,
        });
    }
    return LW_OK;
}

static int are_finite(size_t rows, const float *row_loss)
{
    int finite = 1;
    for (size_t i = 0; i < rows; i++)
        finite &= isfinite(row_loss[i]) != 0;
    return finite;
}

lw_status lw_narrow_step(const lw_narrow *plan, const lw_narrow_batch *batch,
                         const lw_narrow_update *update, float *parameters, float *gradients,
                         float *m, float *v, float *workspace)
{
    static const char name[] = "lw_narrow_step";
    lw_status status = check(name, plan, batch, parameters, gradients, workspace);
    if (status != LW_OK)
        return status;
    if (!gradients || !update || !update->sgd == !update->adam)
        return lw_fail(LW_EINVAL, "%s: %s", name,
                       !gradients ? "gradients is NULL"
                       : !update  ? "update is NULL"
                                  : "update is not one of sgd and adam");
    if (batch->rows > LW_NARROW_BLOCK)
        return lw_fail(LW_EINVAL, "%s: %zu rows are more than a block", name, batch->rows);
    status = update->sgd ? lw_check_sgd(name, update->sgd, m != NULL)
                         : lw_check_adam(name, update->adam);
    if (status == LW_OK && update->adam && (!m || !v))
        status = lw_fail(LW_EINVAL, "%s: m or v is NULL", name);
    if (status != LW_OK)
        return status;
    const struct lw_isa *isa = lw_isa_for_columns(batch->rows);
    isa->narrow_block(&(struct lw_narrow_block){.net = plan,
                                                .batch = batch,
                                                .rows = batch->rows,
                                                .parameters = parameters,
                                                .sums = gradients,
                                                .workspace = workspace});
    if (batch->row_loss && !are_finite(batch->rows, batch->row_loss))
        return lw_fail(LW_EDIVERGED, "%s: the loss of a row is not finite", name);
    if (update->sgd) {
        isa->sgd_update(plan->parameter_count, update->sgd, gradients, parameters, m);
    } else {
        const struct lw_adam_step step = lw_adam_step_of(update->adam);
        isa->adam_update(plan->parameter_count, &step, gradients, parameters, m, v);
    }
    return LW_OK;
}
