/* Properties of activations, also for the kernels of micro/. */
#ifndef LANEWISE_ACTIVATION_H
#define LANEWISE_ACTIVATION_H

#include "threads.h"

#include <lanewise/kernels.h>

/* The elementwise activations, in one list. */
static inline int lw_is_elementwise(lw_activation activation)
{
    switch (activation) {
    case LW_ACTIVATION_LINEAR:
    case LW_ACTIVATION_RELU:
    case LW_ACTIVATION_LEAKY_RELU:
    case LW_ACTIVATION_SIGMOID:
    case LW_ACTIVATION_TANH:
    case LW_ACTIVATION_GELU:
    case LW_ACTIVATION_SILU:
        return 1;
    case LW_ACTIVATION_SOFTMAX:
        break;
    }
    return 0;
}

/* Whether the derivative needs the pre-activation z rather than the output. */
static inline int lw_saves_input(lw_activation activation)
{
    return activation == LW_ACTIVATION_GELU || activation == LW_ACTIVATION_SILU;
}

/* Cost of an element in the units of lw_parallel_for. */
static inline int lw_activation_work(lw_activation activation)
{
    const int is_cheap = activation == LW_ACTIVATION_LINEAR || activation == LW_ACTIVATION_RELU ||
                         activation == LW_ACTIVATION_LEAKY_RELU;
    return is_cheap ? 1 : LW_WORK_MATH;
}

/* Returns LW_EINVAL for softmax and for values outside the enumeration. */
lw_status lw_check_elementwise(const char *function, lw_activation activation);

#endif
