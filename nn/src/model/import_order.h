/* The order of the dense layers of a file of weights. */
#ifndef LANEWISE_IMPORT_ORDER_H
#define LANEWISE_IMPORT_ORDER_H

#include "import_modules.h"
#include <lanewise/nn.h>

/*
 * Orders the dense layers, and marks those that are not in the network as not placed:
 *
 *   options->order       the named layers
 *   numbers              if all names are PREFIX<number> with one prefix: ascending
 *   shapes               if exactly one order of all layers chains
 *   options->partial     else the layers PREFIX<number> with the empty or the only prefix
 *
 * Returns LW_ESHAPE if there is no order or layers do not chain, LW_EINVAL for a layer that is
 * named twice, LW_EFORMAT for unsupported types, LW_ENOMEM. chain: room for all modules.
 */
lw_status lw_import_order(const lw_import_modules *modules, const lw_import_options *options,
                          lw_import_module **chain, size_t *count);

#endif
