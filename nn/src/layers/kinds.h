/* The list of layer kinds. */
#ifndef LANEWISE_KINDS_H
#define LANEWISE_KINDS_H

#include "layer.h"

/* The kind of a layer in a network of the given precision. */
const lw_layer_kind *lw_layer_kind_of(const lw_layer_spec *spec, lw_precision precision);

#endif
