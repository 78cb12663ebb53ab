/* The passes of a dense layer, and their argument checks for all layouts of its weights. */
#ifndef LANEWISE_LINEAR_H
#define LANEWISE_LINEAR_H

#include "argument.h"
#include "isa_table.h"

/* Forward pass: y and z share memory with no other operand. w is empty if the weights are
 * packed. */
lw_status lw_check_forward(const char *name, lw_activation activation, const struct lw_operand *x,
                           struct lw_operand w, struct lw_operand b, struct lw_operand z,
                           struct lw_operand y);

/* Backward pass to the input. */
lw_status lw_check_backward_input(const char *name, lw_activation activation,
                                  const struct lw_operand *dz, struct lw_operand w,
                                  struct lw_operand saved, struct lw_operand dx);

/* lw_linear_forward and lw_linear_backward_input on a given set. */
lw_status lw_linear_forward_on(const struct lw_isa *isa, size_t batch, size_t in, size_t out,
                               const float *x, size_t ldx, const float *w, size_t ldw,
                               const float *b, lw_activation activation, float *z, size_t ldz,
                               float *y, size_t ldy);
lw_status lw_linear_backward_input_on(const struct lw_isa *isa, size_t batch, size_t in, size_t out,
                                      const float *dz, size_t lddz, const float *w, size_t ldw,
                                      lw_activation activation, const float *saved, size_t lds,
                                      float *dx, size_t lddx);

#endif
