/* Forward passes that keep nothing in the network. */
#ifndef LANEWISE_PREDICT_H
#define LANEWISE_PREDICT_H

#include "loss.h"

/* What to compute of each row; NULL: not wanted. */
typedef struct lw_inference {
    float *y;        /* rows x outputs */
    int32_t *label;  /* rows, as lw_classify */
    float *row_loss; /* rows; needs the two below */
    const lw_loss_rule *rule;
    const lw_target *target;
} lw_inference;

/* On failure what the inference names may be half written. */
lw_status lw_infer(const lw_net *net, size_t rows, const float *x, const lw_inference *inference);

/* Loss, and accuracy (NaN for a regression), of a data set that lw_loss_check_data has passed;
 * ranks of the network share its rows. */
lw_status lw_score(const lw_net *net, const lw_loss_rule *rule, const lw_dataset *data,
                   double *loss, double *accuracy);

#endif
