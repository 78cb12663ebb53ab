/* Losses: which go with which network and target, their scaling, and one function for their rows.
 */
#ifndef LANEWISE_LOSS_H
#define LANEWISE_LOSS_H

#include "net.h"

/* A loss on the outputs of a certain network. */
typedef struct lw_loss_rule {
    lw_loss loss; /* never LW_LOSS_DEFAULT */
    size_t outputs;
    int from_logits; /* computed from the last layer's z; otherwise from its y */
} lw_loss_rule;

/* LW_EINVAL for an unknown loss, LW_ESHAPE for one that the last activation does not go with. */
lw_status lw_loss_resolve(const lw_net *net, lw_loss loss, lw_loss_rule *rule);

/* Whether target can be the target of that loss: one kind is set (LW_EINVAL) and the loss takes it
 * (LW_ESHAPE). */
lw_status lw_loss_check_target(const lw_loss_rule *rule, const lw_target *target);

/* LW_EDATA, with the row, for a label that names no output. */
lw_status lw_loss_check_labels(const lw_loss_rule *rule, size_t rows, const int32_t *labels);

/* LW_ESHAPE unless rows of so many inputs and outputs (with labels: classes) fit the network and
 * its loss. */
lw_status lw_loss_check_shape(const lw_net *net, const lw_loss_rule *rule, size_t inputs,
                              size_t outputs, int labels);

/* Whether a data set can train or judge the network: lw_dataset_check, its shape, its target. One of several ranks may
 * have no rows, and then nothing else of a data set. */
lw_status lw_loss_check_data(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data);

/* One more than the largest label that a network with so many outputs takes. */
size_t lw_loss_classes(size_t outputs);

/* The loss of a batch is this times the sum of its row losses. */
double lw_loss_factor(const lw_loss_rule *rule, size_t rows);

/* What the gradient of a batch is scaled by: the factor, doubled for squares. */
float lw_loss_scale(const lw_loss_rule *rule, size_t rows);

/* The sum of the losses of some rows, eight interleaved sums in row order, times the factor of a batch of so many. */
double lw_loss_value(const lw_loss_rule *rule, size_t rows, size_t batch, const float *row_loss);

/*
 * Losses of some rows of a batch, and their gradient at the place that they are computed from.
 *
 *   scored    rows x outputs; z or y, as from_logits says
 *   target    of these rows
 *   expanded  room for rows x outputs, for labels that stand for target values
 *   batch     rows of the whole batch: what the gradient is scaled by
 *   gradient  rows x outputs; NULL: only the losses
 */
lw_status lw_loss_rows(const lw_loss_rule *rule, size_t rows, const float *scored,
                       const lw_target *target, float *expanded, size_t batch, float *row_loss,
                       float *gradient);

/* The rows of a target from row first on. */
lw_target lw_target_from(const lw_target *target, size_t first, size_t outputs);

#endif
