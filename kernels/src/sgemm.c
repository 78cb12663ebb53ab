/* The public matrix product. */
#include "argument.h"
#include "dispatch.h"
#include "gemm.h"
#include "threads.h"

/* Below so many operations a product of dots runs on the calling thread. */
static const double FLOPS_FOR_THREADS = 300e3;

/* Rows or columns in a multiple of which threads share dots: a tile's. */
enum { SHARE = 16 };

/*
 * Whether lw_sgemm takes dot products (its header says when). A rule of the shape alone; it is not
 * applied to the products of a layer, whose bits must not depend on how its rows are shared out.
 */
static int takes_dots(int transa, int transb, size_t m, size_t n, size_t k, float alpha, float beta)
{
    return !transa && transb && (m <= 4 || n <= 16) && k >= 32 && alpha == 1.0f &&
           (beta == 0.0f || beta == 1.0f);
}

/* A product of dots and the set to run it on. */
struct dots_job {
    const struct lw_isa *isa;
    struct lw_dots dots;
};

static void dots_share(const void *argument, size_t begin, size_t end)
{
    const struct dots_job *job = argument;
    struct lw_dots part = job->dots;
    if (part.m < part.n) {
        part.b += begin * part.ldb;
        part.c += begin;
        part.n = end - begin;
    } else {
        part.a += begin * part.lda;
        part.c += begin * part.ldc;
        part.m = end - begin;
    }
    job->isa->gemm_dots(&part);
}

static void run_dots(const struct dots_job *job)
{
    const struct lw_dots *dots = &job->dots;
    const double flops = 2.0 * (double)dots->m * (double)dots->n * (double)dots->k;
    if (flops < FLOPS_FOR_THREADS) {
        job->isa->gemm_dots(dots);
        return;
    }
    lw_for_shares(dots->m < dots->n ? dots->n : dots->m, SHARE, flops / 8.0, dots_share, job);
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
    if (product && takes_dots(transa, transb, m, n, k, alpha, beta)) {
        const struct dots_job job = {lw_isa_current(),
                                     {m, n, k, a, b, lda, ldb, c, ldc, beta != 0.0f}};
        run_dots(&job);
        return LW_OK;
    }
    const struct lw_gemm gemm = {
        .isa = lw_isa_for_columns(n),
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
    return lw_gemm_run(&gemm);
}
