#include "gemm_dot.h"

#include "scratch.h"
#include "threads.h"

/* Products with fewer operations run on the calling thread. */
static const double FLOPS_FOR_THREADS = 300e3;

enum {
    GRAIN = 16, /* threads divide rows or columns in multiples of this, the size of a tile */
    SMALL_FLOATS = 4096 /* floats of a transposed B that needs no buffer from the pool */
};

int lw_gemm_prefers_dot(size_t n, size_t k)
{
    /* Dot products are faster up to about 16 columns; see "Dot-product GEMM" in
     * docs/measurements.md. A transposed B must fit a buffer. */
    enum { COLUMNS = 12, STEPS = 32, MAX_STEPS = 1 << 17 };
    return n <= COLUMNS && k >= STEPS && k <= MAX_STEPS;
}

/* A dot-product GEMM and the set that runs it. */
struct job {
    const struct lw_isa *isa;
    struct lw_dot_gemm product;
};

static void run_range(const void *argument, size_t begin, size_t end)
{
    const struct job *job = argument;
    struct lw_dot_gemm part = job->product;
    if (part.m < part.n) {
        part.b += begin * part.ldb;
        part.c += begin;
        part.col = begin;
        part.n = end - begin;
    } else {
        part.a += begin * part.lda;
        part.c += begin * part.ldc;
        part.row = begin;
        part.m = end - begin;
    }
    job->isa->gemm_dot(&part);
}

static void run(const struct lw_gemm *g, const float *b, size_t ldb)
{
    const struct job job = {g->isa,
                            {g->m, g->n, g->k, g->a, b, g->a_row, ldb, g->c, g->ldc,
                             g->beta != 0.0f, g->epilogue, 0, 0}};
    const double flops =
        2.0 * (double)(ptrdiff_t)g->m * (double)(ptrdiff_t)g->n * (double)(ptrdiff_t)g->k;
    if (flops < FLOPS_FOR_THREADS)
        g->isa->gemm_dot(&job.product);
    else
        lw_parallel_for(g->m < g->n ? g->n : g->m, GRAIN, flops / 8.0, run_range, &job);
}

/* A separate function, so that products of a few dozen nanoseconds need no aligned stack frame. */
__attribute__((noinline)) static lw_status run_transposed(const struct lw_gemm *g)
{
    _Alignas(64) float small[SMALL_FLOATS];
    const int is_small = g->n * g->k <= SMALL_FLOATS;
    float *columns = is_small ? small : lw_scratch_take();
    if (!columns)
        return lw_fail(LW_ENOMEM, "no memory for a packing buffer");
    g->isa->transpose(g->k, g->n, g->b, g->b_row, columns);
    run(g, columns, g->k);
    if (!is_small)
        lw_scratch_give(columns);
    return LW_OK;
}

lw_status lw_dot_gemm_run(const struct lw_gemm *g)
{
    if (g->m == 0 || g->n == 0)
        return LW_OK;
    if (g->b_row != 1)
        return run_transposed(g);
    run(g, g->b, g->b_col);
    return LW_OK;
}
