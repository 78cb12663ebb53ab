/* Dense layers trained with bf16 products (lanewise/internal/bf16.h). */
#ifndef LANEWISE_DENSE_BF16_H
#define LANEWISE_DENSE_BF16_H

#include "layer.h"

extern const lw_layer_kind lw_dense_bf16_kind;

#endif
