/* Products with an operand that was packed beforehand. */
#include "packed.h"

#include "argument.h"
#include "dispatch.h"
#include "gemm_dot.h"
#include "size_math.h"

#include <stdlib.h>
#include <string.h>

lw_status lw_sgemm_pack(lw_packed_matrix **packed, int transb, size_t k, size_t n, const float *b,
                        size_t ldb)
{
    static const char name[] = "lw_sgemm_pack";
    if (!packed)
        return lw_fail(LW_EINVAL, "%s: packed is NULL", name);
    if (transb != 0 && transb != 1)
        return lw_fail(LW_EINVAL, "%s: transb is 0 or 1", name);
    const struct lw_operand operand = {"b", b, transb ? n : k, transb ? k : n, ldb};
    const lw_status status = lw_check_operand(name, &operand);
    if (status != LW_OK)
        return status;
    const int prefers_dot = lw_gemm_prefers_dot(n, k);
    const struct lw_isa *isa = prefers_dot ? lw_isa_current() : lw_isa_for_columns(n);
    const size_t padded = lw_round_up(n, isa->tile_nr);
    lw_packed_matrix *made = malloc(sizeof *made);
    size_t floats;
    const int too_large = lw_floats_overflow(padded + (prefers_dot ? n : 0), k, &floats);
    /* A whole number of cache lines, at least one. */
    float *panels = too_large ? NULL : aligned_alloc(64, (floats * sizeof(float) + 64) / 64 * 64);
    if (!made || !panels) {
        free(made);
        free(panels);
        return lw_fail(LW_ENOMEM, "%s: no memory for %zu x %zu", name, k, n);
    }
    *made =
        (lw_packed_matrix){isa, k, n, panels, prefers_dot && n > 0 ? panels + padded * k : NULL};
    if (k > 0 && n > 0)
        isa->pack_b(k, n, b, transb ? 1 : ldb, transb ? ldb : 1, panels);
    if (made->columns && !transb)
        isa->transpose(k, n, b, ldb, made->columns);
    for (size_t j = 0; made->columns && transb && j < n; j++)
        memcpy(made->columns + j * k, b + j * ldb, k * sizeof(float));
    *packed = made;
    return LW_OK;
}

void lw_packed_matrix_destroy(lw_packed_matrix *packed)
{
    if (packed)
        free(packed->panels);
    free(packed);
}

struct lw_gemm lw_packed_product(const struct lw_packed_matrix *b, size_t m, const float *a,
                                 size_t a_row, size_t a_col, float *c, size_t ldc)
{
    const struct lw_gemm gemm = {
        .isa = b->isa,
        .m = m,
        .n = b->n,
        .k = b->k,
        .alpha = 1.0f,
        .a = a,
        .a_row = a_row,
        .a_col = a_col,
        .packed_b = b->panels,
        .c = c,
        .ldc = ldc,
    };
    return gemm;
}

lw_status lw_sgemm_packed(int transa, size_t m, float alpha, const float *a, size_t lda,
                          const lw_packed_matrix *b, float beta, float *c, size_t ldc)
{
    static const char name[] = "lw_sgemm_packed";
    if (!b)
        return lw_fail(LW_EINVAL, "%s: b is NULL", name);
    if (transa != 0 && transa != 1)
        return lw_fail(LW_EINVAL, "%s: transa is 0 or 1", name);
    const struct lw_operand result = {"c", c, m, b->n, ldc};
    const struct lw_operand left = {"a", a, transa ? b->k : m, transa ? m : b->k, lda};
    const int product = alpha != 0.0f && b->k > 0 && m > 0 && b->n > 0;
    const lw_status status = lw_check_output(name, &result, &left, product ? 1 : 0);
    if (status != LW_OK)
        return status;
    struct lw_gemm gemm = lw_packed_product(b, m, a, transa ? 1 : lda, transa ? lda : 1, c, ldc);
    gemm.k = product ? b->k : 0;
    gemm.alpha = alpha;
    gemm.beta = beta;
    gemm.epilogue = &lw_epilogue_store;
    return lw_gemm_run(&gemm);
}
