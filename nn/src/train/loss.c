/* Losses: compatible networks and targets, scale, and the losses of rows. */
#include "loss.h"

#include "data/dataset.h"
#include "layers/activation.h"

static lw_loss default_loss(lw_activation activation)
{
    switch (activation) {
    case LW_ACTIVATION_SOFTMAX:
        return LW_LOSS_CROSS_ENTROPY;
    case LW_ACTIVATION_SIGMOID:
        return LW_LOSS_BINARY_CROSS_ENTROPY;
    default:
        return LW_LOSS_MSE;
    }
}

lw_status lw_loss_resolve(const lw_net *net, lw_loss loss, lw_loss_rule *rule)
{
    const lw_status status = lw_check_net(net);
    if (status != LW_OK)
        return status;
    const lw_activation activation = lw_last_layer(net)->spec.activation;
    if (loss == LW_LOSS_DEFAULT)
        loss = default_loss(activation);
    if (loss < LW_LOSS_MSE || loss > LW_LOSS_CROSS_ENTROPY)
        return lw_fail(LW_EINVAL, "unknown loss %d", (int)loss);
    if (loss == LW_LOSS_CROSS_ENTROPY && activation != LW_ACTIVATION_SOFTMAX)
        return lw_fail(LW_ESHAPE, "cross-entropy needs softmax in the last layer");
    if (loss == LW_LOSS_BINARY_CROSS_ENTROPY && activation != LW_ACTIVATION_SIGMOID)
        return lw_fail(LW_ESHAPE, "binary cross-entropy needs a sigmoid in the last layer");
    *rule = (lw_loss_rule){.loss = loss,
                           .outputs = lw_net_outputs(net),
                           .from_logits = lw_activation_has_logit_loss(activation) &&
                                          loss == default_loss(activation)};
    return LW_OK;
}

static lw_status check_target_kind(const lw_loss_rule *rule, int has_labels)
{
    if (has_labels && rule->loss == LW_LOSS_BINARY_CROSS_ENTROPY && rule->outputs > 1)
        return lw_fail(LW_ESHAPE, "binary cross-entropy of %zu outputs needs values, not labels",
                       rule->outputs);
    return LW_OK;
}

lw_status lw_loss_check_target(const lw_loss_rule *rule, const lw_target *target)
{
    if (!target || (!target->values && !target->labels))
        return lw_fail(LW_EINVAL, "no target: values and labels are both NULL");
    if (target->values && target->labels)
        return lw_fail(LW_EINVAL, "two targets: values and labels are both set");
    return check_target_kind(rule, target->labels != NULL);
}

lw_status lw_loss_check_labels(const lw_loss_rule *rule, size_t rows, const int32_t *labels)
{
    return lw_check_labels("target", rows, labels, lw_label_classes(rule->outputs));
}

lw_status lw_loss_check_values(const lw_loss_rule *rule, size_t rows, const float *values)
{
    if (rule->loss != LW_LOSS_CROSS_ENTROPY && rule->loss != LW_LOSS_BINARY_CROSS_ENTROPY)
        return LW_OK;
    for (size_t i = 0; i < rows * rule->outputs; i++)
        if (!(values[i] >= 0.0f && values[i] <= 1.0f))
            return lw_fail(LW_EDATA,
                           "target: row %zu, output %zu is %g; a cross-entropy needs "
                           "probabilities, from 0 to 1",
                           i / rule->outputs, i % rule->outputs, (double)values[i]);
    return LW_OK;
}

lw_status lw_loss_check_shape(const lw_net *net, const lw_loss_rule *rule, size_t inputs,
                              size_t outputs, int has_labels)
{
    const size_t classes = lw_label_classes(rule->outputs);
    if (inputs != lw_net_inputs(net))
        return lw_fail(LW_ESHAPE, "the data have %zu inputs, the network %zu", inputs,
                       lw_net_inputs(net));
    if (has_labels && outputs > classes)
        return lw_fail(LW_ESHAPE, "the data have %zu classes, the network %zu", outputs, classes);
    if (!has_labels && outputs != rule->outputs)
        return lw_fail(LW_ESHAPE, "the data have %zu outputs, the network %zu", outputs,
                       rule->outputs);
    return check_target_kind(rule, has_labels);
}

lw_status lw_loss_check_data(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data)
{
    if (lw_is_distributed(net) && data && data->rows == 0)
        return LW_OK;
    lw_status status = lw_dataset_check(data);
    if (status == LW_OK)
        status = lw_loss_check_target(rule, &data->target);
    if (status == LW_OK)
        status = lw_loss_check_shape(net, rule, data->inputs, data->outputs,
                                     data->target.labels != NULL);
    if (status == LW_OK && data->target.values)
        status = lw_loss_check_values(rule, data->rows, data->target.values);
    return status;
}

double lw_loss_factor(const lw_loss_rule *rule, size_t rows)
{
    switch (rule->loss) {
    case LW_LOSS_MSE:
    case LW_LOSS_BINARY_CROSS_ENTROPY:
        return 1.0 / ((double)rows * (double)rule->outputs);
    case LW_LOSS_HALF_MSE:
        return 0.5 / (double)rows;
    case LW_LOSS_CROSS_ENTROPY:
        return 1.0 / (double)rows;
    default:
        return 1.0;
    }
}

float lw_loss_scale(const lw_loss_rule *rule, size_t rows)
{
    return (float)((rule->from_logits ? 1.0 : 2.0) * lw_loss_factor(rule, rows));
}

lw_status lw_loss_not_finite(const char *prefix, const char *location)
{
    return lw_fail(LW_EDIVERGED, "%sthe loss is not finite%s%s", prefix, location ? ": " : "",
                   location ? location : "");
}

double lw_loss_value(const lw_loss_rule *rule, size_t rows, size_t batch, const float *row_loss)
{
    /* A single chain of 8000 additions would take half the time of a small network's step. */
    enum { CHAINS = 8 };
    double sum[CHAINS] = {0.0}, total = 0.0;
    size_t i = 0;
    for (; i + CHAINS <= rows; i += CHAINS)
        for (size_t c = 0; c < CHAINS; c++)
            sum[c] += (double)row_loss[i + c];
    for (; i < rows; i++)
        sum[i % CHAINS] += (double)row_loss[i];
    for (size_t c = 0; c < CHAINS; c++)
        total += sum[c];
    return total * lw_loss_factor(rule, batch);
}

lw_target lw_target_from(const lw_target *target, size_t first, size_t outputs)
{
    return (lw_target){target->values ? target->values + first * outputs : NULL,
                       target->labels ? target->labels + first : NULL,
                       target->weights ? target->weights + first : NULL};
}

/* Converts labels to target values: one-hot rows, or the label itself for a single output. */
static void expand_labels(size_t rows, size_t outputs, const int32_t *labels, float *values)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < outputs; j++)
            values[i * outputs + j] =
                outputs == 1 ? (float)labels[i] : (float)((size_t)labels[i] == j);
}

static lw_status unweighted_rows(const lw_loss_rule *rule, size_t rows, const float *scored,
                                 const lw_target *target, float *expanded, size_t batch,
                                 float *row_loss, float *gradient)
{
    const size_t outputs = rule->outputs;
    const float scale = lw_loss_scale(rule, batch);
    const float *values = target->values;

    if (rule->loss == LW_LOSS_CROSS_ENTROPY && target->labels && outputs > 1)
        return lw_softmax_cross_entropy(rows, outputs, scored, outputs, target->labels, scale,
                                        row_loss, gradient, outputs);
    if (target->labels) {
        expand_labels(rows, outputs, target->labels, expanded);
        values = expanded;
    }
    switch (rule->loss) {
    case LW_LOSS_CROSS_ENTROPY:
        return lw_softmax_cross_entropy_probs(rows, outputs, scored, outputs, values, outputs,
                                              scale, row_loss, gradient, outputs);
    case LW_LOSS_BINARY_CROSS_ENTROPY:
        return lw_sigmoid_cross_entropy(rows, outputs, scored, outputs, values, outputs, scale,
                                        row_loss, gradient, outputs);
    default: /* the squared errors */
        return lw_squared_error(rows, outputs, scored, outputs, values, outputs, scale, row_loss,
                                gradient, outputs);
    }
}

lw_status lw_loss_rows(const lw_loss_rule *rule, size_t rows, const float *scored,
                       const lw_target *target, float *expanded, size_t batch, float *row_loss,
                       float *gradient)
{
    const lw_status status =
        unweighted_rows(rule, rows, scored, target, expanded, batch, row_loss, gradient);
    if (status != LW_OK || !target->weights)
        return status;
    for (size_t i = 0; i < rows; i++) {
        row_loss[i] *= target->weights[i];
        for (size_t j = 0; j < rule->outputs && gradient; j++)
            gradient[i * rule->outputs + j] *= target->weights[i];
    }
    return LW_OK;
}
