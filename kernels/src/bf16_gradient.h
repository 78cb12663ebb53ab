/* The weight gradient of a dense layer on bf16, stored or used by an optimizer. */
#ifndef LANEWISE_BF16_GRADIENT_H
#define LANEWISE_BF16_GRADIENT_H

#include "isa_table.h"

/* Pairs of rows that are taken at once: a panel of 32 columns of them takes 64 KB. */
enum { LW_BF16_STEPS = 512 };

struct lw_bf16_gradient {
    const struct lw_isa *isa;
    size_t in, out, steps; /* rows and columns of C, pairs of rows */
    const float *x, *dz;
    size_t ldx, lddz;
    int add_to_c;
    float *c;
    size_t ldc;
    size_t panel_stride, first; /* panel not 0: C is stored in panels this far apart, and begins
                                   with row first of them */
    const struct lw_epilogue *epilogue; /* only to store, for more steps than are taken at once */
    const struct lw_bf16_block
        *pack; /* not NULL: what is made of each panel of C after it, but for its columns */
};

/* LW_OK, or LW_ENOMEM with C unchanged. */
lw_status lw_bf16_gradient_run(const char *function, const struct lw_bf16_gradient *gradient);

#endif
