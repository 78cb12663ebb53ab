/* The activations of layers, including softmax: forward and backward passes and a reference in
 * double precision. */
#ifndef LANEWISE_ACTIVATION_H
#define LANEWISE_ACTIVATION_H

#include <lanewise/nn.h>

/* 1 if the backward pass reads z, 0 if it reads y. */
int lw_activation_derives_from_z(lw_activation activation);

/* 1 if the activation's cross-entropy is computed from z, the logits: softmax and sigmoid. */
int lw_activation_has_logit_loss(lw_activation activation);

/* y = activation(z); both are rows x cols and contiguous. */
lw_status lw_activation_forward(lw_activation activation, size_t rows, size_t cols, const float *z,
                                float *y);

/* Computes dz from dy, the gradient at y; dz may be dy. Reads z if lw_activation_derives_from_z,
 * otherwise y. */
lw_status lw_activation_backward(lw_activation activation, size_t rows, size_t cols, const float *z,
                                 const float *y, const float *dy, float *dz);

/* y = activation(z) for one row, in double precision. */
void lw_activation_reference(lw_activation activation, size_t cols, const double *z, double *y);

/* log(sum_j exp(z[j])) without overflow. */
double lw_log_sum_exp(size_t n, const double *z);

#endif
