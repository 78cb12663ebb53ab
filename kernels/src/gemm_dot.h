/* Products whose elements are dot products of rows. */
#ifndef LANEWISE_GEMM_DOT_H
#define LANEWISE_GEMM_DOT_H

#include "gemm.h"

/*
 * Whether products with so many columns and steps are taken as dot products where A lies by rows:
 * transposing so little of B costs less than lanes that stay idle. A rule that does not look at the
 * rows, so that the bits of a layer do not depend on how a batch is shared out.
 */
int lw_gemm_prefers_dot(size_t n, size_t k);

/* A of g lies by rows, alpha is 1, beta 0 or 1, nothing is packed, and B lies by columns or g is
 * narrow. */
lw_status lw_dot_gemm_run(const struct lw_gemm *g);

#endif
