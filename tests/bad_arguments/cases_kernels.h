/* Cases of bf16.h, narrow.h and weights.h, one function per library function of that name. */
#ifndef LANEWISE_TEST_CASES_KERNELS_H
#define LANEWISE_TEST_CASES_KERNELS_H

#include "bad_arguments.h"

void bad_bf16_from_float(void);
void bad_bf16_gather(void);
void bad_bf16_linear_backward_input(void);
void bad_bf16_linear_backward_weights(void);
void bad_bf16_linear_forward(void);
void bad_bf16_pack(void);
void bad_bf16_packed_size(void);
void bad_bf16_to_float(void);
void bad_bf16_weights_of(void);
void bad_bf16_weights_pack(void);
void bad_bf16_weights_update(void);
void bad_small_net_blocks(void);
void bad_small_net_fits(void);
void bad_small_net_pass(void);
void bad_small_net_plan(void);
void bad_small_net_step(void);
void bad_weights_arrange(void);
void bad_weights_backward_input(void);
void bad_weights_backward_update(void);
void bad_weights_floats(void);
void bad_weights_forward(void);
void bad_weights_of(void);
void bad_weights_place(void);
void bad_weights_restore(void);
void bad_weights_update(void);

#endif
