/* The list of layer kinds. */
#ifndef LANEWISE_KINDS_H
#define LANEWISE_KINDS_H

#include "layer.h"

/* The kind of a layer in a network of the given precision; NULL for an unknown one. */
const lw_layer_kind *lw_layer_kind_of(const lw_layer_spec *spec, lw_precision precision);

/* The name of a layer in model files. */
const char *lw_layer_name(const lw_layer_spec *spec);

/* Sets what the name determines of a specification. Returns 0 for an unknown name. */
int lw_layer_parse(const char *name, lw_layer_spec *spec);

#endif
