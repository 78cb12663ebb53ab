/* Checks of one case each. The suites call them in loops, the fuzzer with its own shapes. */
#ifndef CASES_H
#define CASES_H

#include "problem.h"
#include "small_net_case.h"

/* lw_sgemm or lw_linear_forward with the second operand packed; ignores combinations without a
 * packed version. */
void case_packed(struct tally *tally, struct problem *p);

/* Forward pass and input gradient with weights in their internal layout; variant selects operands
 * and activations. */
void case_weights_passes(struct tally *tally, size_t batch, size_t in, size_t out, size_t variant);

/* Updates of these weights by as many update rules as given. */
void case_weights_update(struct tally *tally, size_t batch, size_t in, size_t out, size_t variant,
                         size_t rules);

/* A bf16 layer; round selects the other parameters. */
void case_bf16_layer(struct tally *tally, size_t batch, size_t in, size_t out, size_t round);

/* Passes and steps of a small network; ignores invalid combinations. */
void case_small_net(struct tally *tally, const struct small_net_shape *shape, size_t rows,
                    lw_small_net_loss loss, enum small_net_target target, int picked);

#endif
