/* Checks of one case each, which the suites call in loops and the fuzzer with shapes of its own. */
#ifndef CASES_H
#define CASES_H

#include "problem.h"
#include "small_net_case.h"

/* lw_sgemm or lw_linear_forward with its second operand packed; leaves out what has no packed
 * form. */
void case_packed(struct tally *tally, struct problem *p);

/* Forward pass and input gradient of weights in their own form; the variant chooses operands and
 * activations. */
void case_weights_passes(struct tally *tally, size_t batch, size_t in, size_t out, size_t variant);

/* Their updates by so many rules. */
void case_weights_update(struct tally *tally, size_t batch, size_t in, size_t out, size_t variant,
                         size_t rules);

/* A layer of bf16; round chooses the rest. */
void case_bf16_layer(struct tally *tally, size_t batch, size_t in, size_t out, size_t round);

/* Passes and steps of a narrow network; leaves out what does not go together. */
void case_small_net(struct tally *tally, const struct small_net_shape *shape, size_t rows,
                    lw_small_net_loss loss, enum small_net_target target, int picked);

#endif
