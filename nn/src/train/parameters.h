/* Flat views of the parameters, gradients and moments of a network. */
#ifndef LANEWISE_PARAMETERS_H
#define LANEWISE_PARAMETERS_H

#include "net.h"

typedef enum lw_view {
    LW_VIEW_PARAMETERS,
    LW_VIEW_GRADIENTS,
    LW_VIEW_VELOCITY,
    LW_VIEW_VARIANCE
} lw_view;

/* Copies a buffer of the network, which exists, to its flat view, tensors row-major, and back. */
void lw_view_get(const lw_net *net, lw_view view, float *flat);
void lw_view_set(lw_net *net, lw_view view, const float *flat);

/* Copies a tensor, row-major. */
void lw_view_get_tensor(const lw_net *net, lw_view view, const lw_tensor *tensor, float *values);

#endif
