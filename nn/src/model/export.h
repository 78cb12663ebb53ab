/* What the formats that networks are saved and exported to have in common. */
#ifndef LANEWISE_EXPORT_H
#define LANEWISE_EXPORT_H

#include "train/net.h"

/* The flat view, to be freed. LW_EDATA, with layer and place, if a parameter is NaN or Inf; path is
 * for messages. */
lw_status lw_export_parameters(const lw_net *net, const char *path, float **flat);

/* A flat view in the order of files: matrices as (cols, rows). */
void lw_store_tensors(const lw_net *net, const float *flat, float *stored);

#endif
