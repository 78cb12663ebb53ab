/* The functions of bf16.h as plain loops. Every instruction set must return their bits. */
#ifndef REFERENCE_BF16_H
#define REFERENCE_BF16_H

#include <lanewise/internal/bf16.h>

lw_bf16 reference_bf16(float x);
float reference_float(lw_bf16 x);

/* A float rounded to bf16. */
float reference_rounded(float x);

/* c + sum_p a[p * a_step] * b[p * b_step], p < k, in the order of bf16.h, for floats that are bf16.
 * The product of two is exact. */
float reference_dot(float c, size_t k, const float *a, size_t a_step, const float *b,
                    size_t b_step);

/* Index of element (p, j) in packed weights, for a sum over k with n results. */
size_t reference_packed_index(size_t k, size_t p, size_t j);

#endif
