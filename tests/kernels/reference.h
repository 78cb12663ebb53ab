/* The public functions in double precision, with the permitted error of each result. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "problem.h"

/* Element (r, c) of operand i is at [i][r * cols + c]; NULL for operands that are not outputs. */
struct expected {
    double *want[MAX_OPERANDS], *bound[MAX_OPERANDS];
};

/* Computes the expected results of p on the current instruction set. Free with expected_free. */
struct expected expected_create(const struct problem *p);
void expected_free(struct expected *expected);

/* Compares the outputs of p; if exact is set, no error is permitted. */
void expected_check(struct tally *tally, const struct problem *p, const struct expected *expected,
                    int exact);

/* Whether got is within bound of want, both are NaN, or both overflow to the same infinity. */
int is_within(float got, double want, double bound);

/* Activations as defined in kernels.h, including limits. */
double activation_value(lw_activation activation, double z);
double activation_bound(lw_activation activation, double z);
/* The derivative from the saved value s, as defined in kernels.h. */
double activation_slope(lw_activation activation, double s);
double activation_slope_bound(lw_activation activation, double s);

void reference_sgemm(const struct problem *p, struct expected *e);
void reference_linear_forward(const struct problem *p, struct expected *e);
void reference_linear_backward_input(const struct problem *p, struct expected *e);
void reference_linear_backward_weights(const struct problem *p, struct expected *e);
void reference_activate(const struct problem *p, struct expected *e);
void reference_activate_backward(const struct problem *p, struct expected *e);
void reference_exp(const struct problem *p, struct expected *e);
void reference_log(const struct problem *p, struct expected *e);
void reference_scale(const struct problem *p, struct expected *e);
void reference_sum_squares(const struct problem *p, struct expected *e);
void reference_softmax(const struct problem *p, struct expected *e);
void reference_log_softmax(const struct problem *p, struct expected *e);
void reference_softmax_backward(const struct problem *p, struct expected *e);
void reference_column_sums(const struct problem *p, struct expected *e);
void reference_argmax(const struct problem *p, struct expected *e);
void reference_softmax_cross_entropy(const struct problem *p, struct expected *e);
void reference_softmax_cross_entropy_probs(const struct problem *p, struct expected *e);
void reference_sigmoid_cross_entropy(const struct problem *p, struct expected *e);
void reference_squared_error(const struct problem *p, struct expected *e);
void reference_sgd_update(const struct problem *p, struct expected *e);
void reference_adam_update(const struct problem *p, struct expected *e);

#endif
