/* The public matrix product. */
#include "argument.h"
#include "dispatch.h"
#include "dots.h"

/*
 * Whether lw_sgemm takes dot products (its header says when). A rule of the shape alone; what does not hold for all
 * batches of a layer is not applied to its products.
 */
static int takes_dots(int transa, int transb, size_t m, size_t n, size_t k, float alpha, float beta)
{
    const int few = transb && (m <= 4 || n <= 16) && k >= 32;
    return !transa && (few || lw_is_narrow(n, k)) && alpha == 1.0f &&
           (beta == 0.0f || beta == 1.0f);
}

lw_status lw_sgemm(int transa, int transb, size_t m, size_t n, size_t k, float alpha,
                   const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                   size_t ldc)
{
    static const char name[] = "lw_sgemm";
    if ((transa != 0 && transa != 1) || (transb != 0 && transb != 1))
        return lw_fail(LW_EINVAL, "%s: transa and transb are 0 or 1", name);
    const struct lw_operand result = {"c", c, m, n, ldc};
    /* Without a product A and B are not read, and need not be there. */
    const int product = alpha != 0.0f && k > 0 && m > 0 && n > 0;
    const struct lw_operand operands[] = {{"a", a, transa ? k : m, transa ? m : k, lda},
                                          {"b", b, transb ? n : k, transb ? k : n, ldb}};
    const lw_status status = lw_check_output(name, &result, operands, product ? 2 : 0);
    if (status != LW_OK)
        return status;
    const int dots = product && takes_dots(transa, transb, m, n, k, alpha, beta);
    const struct lw_gemm gemm = {
        .isa = dots ? lw_isa_current() : lw_isa_for_columns(n),
        .m = m,
        .n = n,
        .k = product ? k : 0,
        .alpha = alpha,
        .beta = beta,
        .a = a,
        .a_row = transa ? 1 : lda,
        .a_col = transa ? lda : 1,
        .b = b,
        .b_row = transb ? 1 : ldb,
        .b_col = transb ? ldb : 1,
        .packed_b = NULL,
        .c = c,
        .ldc = ldc,
        .end = &lw_end_store,
        .b_sums = NULL,
    };
    return dots ? lw_dots_run(&gemm) : lw_gemm_run(&gemm);
}
