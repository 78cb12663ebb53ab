/* Functions shared by saving and exporting networks. */
#ifndef LANEWISE_EXPORT_H
#define LANEWISE_EXPORT_H

#include "train/net.h"

/* Copies the parameters to a flat view; free it. path: for the message. Returns LW_EDATA, with
 * layer and element, if a parameter is not finite. */
lw_status lw_export_parameters(const lw_net *net, const char *path, float **flat);

/* Converts a flat view to the layout of files: matrices as (cols, rows). */
void lw_store_tensors(const lw_net *net, const float *flat, float *stored);

#endif
