/* Products whose elements are dot products of rows. */
#ifndef LANEWISE_GEMM_DOT_H
#define LANEWISE_GEMM_DOT_H

#include "gemm.h"

/* Whether a product with row-major A, n columns and k steps is faster as dot products: transposing
 * a small B costs less than idle lanes. Independent of the number of rows, so that the bits of a
 * layer do not depend on how a batch is partitioned. */
int lw_gemm_prefers_dot(size_t n, size_t k);

/* C = A * B by dot products. A of g is row-major, alpha is 1, beta 0 or 1, nothing is packed, and B
 * is contiguous along k or lw_gemm_prefers_dot. */
lw_status lw_dot_gemm_run(const struct lw_gemm *g);

#endif
