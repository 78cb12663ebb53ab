/* What the formats that networks are exported to have in common. */
#ifndef LANEWISE_EXPORT_H
#define LANEWISE_EXPORT_H

#include <lanewise/nn.h>

/* The formula of GELU, z * sigmoid(LW_GELU_LINEAR * z + LW_GELU_CUBIC * z^3), with the kernels' constants:
 * 2 sqrt(2 / pi), and 0.044715 times that. */
#define LW_GELU_LINEAR 1.59576912f
#define LW_GELU_CUBIC  0.0713548163f

/* The flat view, to be freed. LW_EDATA, with layer and place, if a parameter is NaN or Inf; path is
 * for messages. */
lw_status lw_export_parameters(const lw_net *net, const char *path, float **flat);

#endif
