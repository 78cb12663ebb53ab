/* Activations of a layer, softmax included: their forward and backward pass, and their
 * double-precision reference. */
#ifndef LANEWISE_ACTIVATION_H
#define LANEWISE_ACTIVATION_H

#include <lanewise/nn.h>

/* Whether the backward pass reads z; otherwise it reads y. */
int lw_activation_derives_from_z(lw_activation activation);

/* y = activation(z), rows x cols without gaps. */
lw_status lw_activation_forward(lw_activation activation, size_t rows, size_t cols, const float *z,
                                float *y);

/* dz from the gradient dy at y, which may be dz. Reads y, or z where the derivative is computed
 * from it. */
lw_status lw_activation_backward(lw_activation activation, size_t rows, size_t cols, const float *z,
                                 const float *y, const float *dy, float *dz);

/* A row in double precision. */
void lw_activation_reference(lw_activation activation, size_t cols, const double *z, double *y);

/* log(sum_j exp(z[j])) without overflow. */
double lw_log_sum_exp(size_t n, const double *z);

#endif
