/* Losses: compatible networks and targets, scale, and the losses of rows. */
#ifndef LANEWISE_LOSS_H
#define LANEWISE_LOSS_H

#include "net.h"

/* The loss of a network. */
typedef struct lw_loss_rule {
    lw_loss loss; /* never LW_LOSS_DEFAULT */
    size_t outputs;
    int from_logits; /* a cross-entropy, computed from z of the last layer; 0: from its y */
} lw_loss_rule;

/* Returns LW_EINVAL for an unknown loss, LW_ESHAPE if it does not match the last activation. */
lw_status lw_loss_resolve(const lw_net *net, lw_loss loss, lw_loss_rule *rule);

/* Returns LW_EINVAL unless exactly one of values and labels is set, LW_ESHAPE if it does not match
 * the loss. */
lw_status lw_loss_check_target(const lw_loss_rule *rule, const lw_target *target);

/* Returns LW_EDATA, with the row, if a label is out of range. */
lw_status lw_loss_check_labels(const lw_loss_rule *rule, size_t rows, const int32_t *labels);

/* Returns LW_EDATA, with the row, if a value is no probability and the loss a cross-entropy. */
lw_status lw_loss_check_values(const lw_loss_rule *rule, size_t rows, const float *values);

/* Returns LW_ESHAPE unless data with these inputs and outputs (with labels: classes) match the
 * network and its loss. */
lw_status lw_loss_check_shape(const lw_net *net, const lw_loss_rule *rule, size_t inputs,
                              size_t outputs, int has_labels);

/* Checks a data set for training or evaluation: lw_dataset_check, shape and target. On a
 * distributed network a rank may have no rows; the rest of its data set is then not checked. */
lw_status lw_loss_check_data(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data);

/* The factor between the sum of a batch's row losses and its loss. */
double lw_loss_factor(const lw_loss_rule *rule, size_t rows);

/* The scale of a batch's gradient: the factor, twice that for squared errors. */
float lw_loss_scale(const lw_loss_rule *rule, size_t rows);

/* The contribution of some rows to the loss of a batch: the sum of their losses, in eight
 * interleaved partial sums, times the factor. */
double lw_loss_value(const lw_loss_rule *rule, size_t rows, size_t batch, const float *row_loss);

/* Records "PREFIXthe loss is not finite", with ": LOCATION" unless location is NULL, and returns
 * LW_EDIVERGED. */
lw_status lw_loss_not_finite(const char *prefix, const char *location);

/*
 * Computes the losses of some rows of a batch and their gradient with respect to scored.
 *
 *   scored    rows x outputs: z if from_logits, otherwise y
 *   target    of these rows
 *   expanded  workspace, rows x outputs, for labels converted to target values
 *   batch     rows of the whole batch, for the scale of the gradient
 *   gradient  rows x outputs; NULL: only the losses
 */
lw_status lw_loss_rows(const lw_loss_rule *rule, size_t rows, const float *scored,
                       const lw_target *target, float *expanded, size_t batch, float *row_loss,
                       float *gradient);

/* The target of the rows from `first` on. */
lw_target lw_target_from(const lw_target *target, size_t first, size_t outputs);

#endif
