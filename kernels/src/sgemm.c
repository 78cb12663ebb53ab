/* The public matrix product. */
#include "argument.h"
#include "dispatch.h"
#include "gemm_dot.h"

/* Whether lw_sgemm is a dot-product GEMM, as stated in its header. Depends on the shape only; rules
 * that depend on the batch size of a layer are not included. */
static int prefers_dot(int transa, int transb, size_t m, size_t n, size_t k, float alpha,
                       float beta)
{
    const int few = transb && (m <= 4 || n <= 16) && k >= 32;
    return !transa && (few || lw_gemm_prefers_dot(n, k)) && alpha == 1.0f &&
           (beta == 0.0f || beta == 1.0f);
}

/* op(X), rows x cols, as stored. */
static inline struct lw_operand stored(const char *name, int transposed, size_t rows, size_t cols,
                                       const float *x, size_t ld)
{
    const struct lw_operand operand = {name, x, transposed ? cols : rows, transposed ? rows : cols,
                                       ld};
    return operand;
}

/* Full check of arguments that fail the fast one. A separate function, so that the fast path needs
 * no operands in memory. */
__attribute__((noinline)) static lw_status check(int transa, int transb, int product,
                                                 const struct lw_gemm *g, size_t lda, size_t ldb)
{
    static const char name[] = "lw_sgemm";
    if ((transa != 0 && transa != 1) || (transb != 0 && transb != 1))
        return lw_fail(LW_EINVAL, "%s: transa and transb are 0 or 1", name);
    const struct lw_operand result = stored("c", 0, g->m, g->n, g->c, g->ldc);
    const struct lw_operand operands[] = {stored("a", transa, g->m, g->k, g->a, lda),
                                          stored("b", transb, g->k, g->n, g->b, ldb)};
    return lw_check_all(name, &result, operands, product ? 2 : 0, 0);
}

lw_status lw_sgemm(int transa, int transb, size_t m, size_t n, size_t k, float alpha,
                   const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                   size_t ldc)
{
    struct lw_gemm gemm;
    gemm.m = m;
    gemm.n = n;
    gemm.k = k;
    gemm.alpha = alpha;
    gemm.beta = beta;
    gemm.a = a;
    gemm.a_row = transa ? 1 : lda;
    gemm.a_col = transa ? lda : 1;
    gemm.b = b;
    gemm.b_row = transb ? 1 : ldb;
    gemm.b_col = transb ? ldb : 1;
    gemm.packed_b = NULL;
    gemm.a_panel_stride = 0;
    gemm.b_panel_stride = 0;
    gemm.c_panel_stride = 0;
    gemm.c = c;
    gemm.ldc = ldc;
    gemm.epilogue = &lw_epilogue_store;
    gemm.b_sums = NULL;
    /* Without steps A and B are not read and may be NULL. */
    const int product = alpha != 0.0f && k > 0 && m > 0 && n > 0;
    const struct lw_operand result = stored("c", 0, m, n, c, ldc);
    const struct lw_operand operands[] = {stored("a", transa, m, k, a, lda),
                                          stored("b", transb, k, n, b, ldb)};
    if (!product || (unsigned)transa > 1 || (unsigned)transb > 1 ||
        !lw_valid_at_sight(&result, operands, 2)) {
        const lw_status status = check(transa, transb, product, &gemm, lda, ldb);
        if (status != LW_OK)
            return status;
        gemm.k = product ? k : 0;
    }
    if (product && prefers_dot(transa, transb, m, n, k, alpha, beta)) {
        gemm.isa = lw_isa_current();
        return lw_dot_gemm_run(&gemm);
    }
    gemm.isa = lw_isa_for_columns(n);
    return lw_gemm_run(&gemm);
}
