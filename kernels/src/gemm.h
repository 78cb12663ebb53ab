/* The blocked matrix product that all dense layers use. */
#ifndef LANEWISE_GEMM_H
#define LANEWISE_GEMM_H

#include "isa_table.h"

/* C = alpha * A * B + beta * C, then the epilogue. Element (i, p) of A is a[i * a_row + p * a_col];
 * one of the two strides is 1; B likewise. Pointers of the epilogue refer to element (0, 0) of
 * C. */
struct lw_gemm {
    const struct lw_isa *isa;
    size_t m, n, k;
    float alpha, beta;
    const float *a;
    size_t a_row, a_col;
    const float *b;
    size_t b_row, b_col;
    const float *packed_b; /* replaces b: panels of all k steps, as packed by isa->pack_b */
    /* Not 0: distance between the panels of A, B or C (see lanewise/internal/weights.h); c_first is
     * the first row of C. */
    size_t a_panel_stride, b_panel_stride, c_panel_stride, c_first;
    float *c;
    size_t ldc;
    const struct lw_epilogue *epilogue;
    /* NULL, or receives the column sums of B, to which beta applies too. With an update epilogue:
     * the biases, whose gradient these sums are. */
    float *b_sums;
};

/* The epilogue of a product that is only stored. */
extern const struct lw_epilogue lw_epilogue_store;

/* Whether panels must match the panels of an operand. */
static inline int lw_gemm_has_panels(const struct lw_gemm *g)
{
    return g->packed_b || g->b_panel_stride || g->c_panel_stride;
}

/* Requires checked arguments. Returns LW_OK, or LW_ENOMEM with C unchanged. */
lw_status lw_gemm_run(const struct lw_gemm *gemm);

#endif
