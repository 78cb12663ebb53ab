/* Layouts of trained weights. */
#ifndef LANEWISE_WEIGHTS_LAYOUT_H
#define LANEWISE_WEIGHTS_LAYOUT_H

#include "isa_table.h"

/* Returns LW_EINVAL for NULL and for weights that were not initialised. */
lw_status lw_check_weights(const char *function, const lw_weights *weights);

/* Floats between the starts of two panels. */
size_t lw_panel_stride(const lw_weights *weights);

#endif
