/* The rows of bf16.h, narrow.h and weights.h, each for the function of its name. */
#ifndef LANEWISE_TEST_MISUSE_KERNELS_H
#define LANEWISE_TEST_MISUSE_KERNELS_H

#include "misuse.h"

void misuse_bf16_from_float(void);
void misuse_bf16_gather(void);
void misuse_bf16_linear_backward_input(void);
void misuse_bf16_linear_backward_weights(void);
void misuse_bf16_linear_forward(void);
void misuse_bf16_pack(void);
void misuse_bf16_packed_size(void);
void misuse_bf16_to_float(void);
void misuse_bf16_weights_of(void);
void misuse_bf16_weights_pack(void);
void misuse_bf16_weights_update(void);
void misuse_narrow_blocks(void);
void misuse_narrow_fits(void);
void misuse_narrow_pass(void);
void misuse_narrow_plan(void);
void misuse_narrow_step(void);
void misuse_weights_arrange(void);
void misuse_weights_backward_input(void);
void misuse_weights_backward_update(void);
void misuse_weights_floats(void);
void misuse_weights_forward(void);
void misuse_weights_of(void);
void misuse_weights_place(void);
void misuse_weights_restore(void);
void misuse_weights_update(void);

#endif
