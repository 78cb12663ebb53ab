/* The weight gradient of a dense layer in bf16, stored or fused with the optimizer update. */
#ifndef LANEWISE_BF16_GRADIENT_H
#define LANEWISE_BF16_GRADIENT_H

#include "isa_table.h"

/* Row pairs per block: a panel of 32 columns has 64 KB. */
enum { LW_BF16_STEPS = 512 };

struct lw_bf16_gradient {
    const struct lw_isa *isa;
    size_t in, out, steps; /* rows and columns of C, row pairs */
    const float *x, *dz;
    size_t ldx, lddz;
    int add_to_c;
    float *c;
    size_t ldc;
    /* Not 0: distance between the panels of C, and the first row of C in them. */
    size_t panel_stride, first;
    /* Only LW_EPILOGUE_STORE if there is more than one block of steps. */
    const struct lw_epilogue *epilogue;
    /* Not NULL: packs each panel of C after its update, with the panel's columns. */
    const struct lw_bf16_block *pack;
};

/* Returns LW_OK, or LW_ENOMEM with C unchanged. */
lw_status lw_bf16_gradient_run(const char *function, const struct lw_bf16_gradient *gradient);

#endif
