#include "gemm.h"

#include "argument.h"
#include "blocking.h"
#include "dispatch.h"
#include "scratch.h"
#include "threads.h"

#include <assert.h>

/* Products below this many operations per thread run faster on fewer threads. */
static const double FLOPS_PER_THREAD = 1e6;

/* A product whose packed operands fit here takes no buffer from the pool. */
enum { SMALL_FLOATS = 4096 };

/* More threads than this share a product only through several calls. */
enum { MAX_THREADS = 256 };

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t round_up(size_t n, size_t step)
{
    return (n + step - 1) / step * step;
}

/* The product of a block of rows and columns of C. */
static struct lw_gemm sub_product(const struct lw_gemm *g, struct lw_range rows,
                                  struct lw_range cols)
{
    struct lw_gemm sub = *g;
    sub.m = rows.end - rows.begin;
    sub.n = cols.end - cols.begin;
    if (g->k > 0) {
        sub.a += rows.begin * g->a_row;
        sub.b += cols.begin * g->b_col;
    }
    sub.c += rows.begin * g->ldc + cols.begin;
    if (g->end.bias)
        sub.end.bias += cols.begin;
    if (g->end.z)
        sub.end.z += rows.begin * g->end.ldz + cols.begin;
    if (g->end.saved)
        sub.end.saved += rows.begin * g->end.lds + cols.begin;
    return sub;
}

/* All tiles of one block of A with one panel of B. */
static void run_tiles(const struct lw_isa *isa, const struct lw_gemm *block, const float *packed_a,
                      const float *packed_b, int add_to_c)
{
    const size_t mr = isa->tile_mr, nr = isa->tile_nr, kc = block->k;
    struct lw_tile_end end = block->end;
    for (size_t j = 0; j < block->n; j += nr) {
        for (size_t i = 0; i < block->m; i += mr) {
            end.bias = block->end.bias ? block->end.bias + j : NULL;
            end.z = block->end.z ? block->end.z + i * end.ldz + j : NULL;
            end.saved = block->end.saved ? block->end.saved + i * end.lds + j : NULL;
            isa->gemm_tile(kc, packed_a + i * kc, packed_b + j * kc, block->c + i * block->ldc + j,
                           block->ldc, min_size(mr, block->m - i), min_size(nr, block->n - j),
                           add_to_c, &end);
        }
    }
}

static void scale_c(const struct lw_isa *isa, const struct lw_gemm *g)
{
    for (size_t i = 0; i < g->m; i++)
        isa->scale(g->n, g->beta, g->c + i * g->ldc);
}

/* A product on the calling thread. scratch has room for the packed block of A and panel of B. */
static void run_serial(const struct lw_isa *isa, const struct lw_gemm *g, struct lw_blocking size,
                       float *scratch)
{
    static const struct lw_tile_end store = {.kind = LW_END_STORE};
    if (g->beta != 0.0f && g->beta != 1.0f)
        scale_c(isa, g);
    for (size_t j = 0; j < g->n; j += size.nc) {
        const struct lw_range cols = {j, min_size(j + size.nc, g->n)};
        size_t p = 0;
        do { /* once for k = 0 too: the end has to run */
            const size_t kc = min_size(size.kc, g->k - p);
            const int last = p + kc == g->k, add_to_c = p > 0 || g->beta != 0.0f;
            float *packed_b = scratch;
            float *packed_a = packed_b + kc * round_up(cols.end - cols.begin, isa->tile_nr);
            /* With k = 0 there is nothing to pack, and A and B may be NULL. */
            if (kc > 0)
                isa->pack_b(kc, cols.end - cols.begin, g->b + p * g->b_row + j * g->b_col, g->b_row,
                            g->b_col, packed_b);
            for (size_t i = 0; i < g->m; i += size.mc) {
                const struct lw_range rows = {i, min_size(i + size.mc, g->m)};
                struct lw_gemm block = sub_product(g, rows, cols);
                block.k = kc;
                if (!last)
                    block.end = store;
                if (kc > 0)
                    isa->pack_a(block.m, kc, block.a + p * g->a_col, g->a_row, g->a_col, g->alpha,
                                packed_a);
                run_tiles(isa, &block, packed_a, packed_b, add_to_c);
            }
            p += kc;
        } while (p < g->k);
    }
}

/* Threads as a grid over C: the one with the least packing, that is, the most square parts. */
struct grid {
    int rows, cols;
};

static struct grid best_grid(const struct lw_isa *isa, size_t m, size_t n, int threads)
{
    struct grid best = {1, 1};
    double least = -1.0;
    for (int rows = 1; rows <= threads; rows++) {
        const int cols = threads / rows;
        /* A thread's share in whole tiles: time for the tiles, and packing on top of it. */
        const struct lw_range m_part = lw_share(m, isa->tile_mr, 0, rows);
        const struct lw_range n_part = lw_share(n, isa->tile_nr, 0, cols);
        const double height = (double)round_up(m_part.end, isa->tile_mr);
        const double width = (double)round_up(n_part.end, isa->tile_nr);
        const double cost = height * width + 16.0 * (height + width);
        if (least < 0.0 || cost < least) {
            least = cost;
            best.rows = rows;
            best.cols = cols;
        }
    }
    return best;
}

static lw_status run_parallel(const struct lw_isa *isa, const struct lw_gemm *g,
                              struct lw_blocking size, int threads)
{
    const struct grid grid = best_grid(isa, g->m, g->n, threads);
    const int parts = grid.rows * grid.cols;
    float *scratch[MAX_THREADS];
    /* All buffers before any work, so that a failure leaves C alone. */
    for (int part = 0; part < parts; part++) {
        scratch[part] = lw_scratch_take();
        if (!scratch[part]) {
            while (part-- > 0)
                lw_scratch_give(scratch[part]);
            return lw_fail(LW_ENOMEM, "no memory for the buffers of %d threads", parts);
        }
    }
#pragma omp parallel for num_threads(parts) schedule(static, 1)
    for (int part = 0; part < parts; part++) {
        const struct lw_range rows = lw_share(g->m, isa->tile_mr, part / grid.cols, grid.rows);
        const struct lw_range cols = lw_share(g->n, isa->tile_nr, part % grid.cols, grid.cols);
        const struct lw_gemm sub = sub_product(g, rows, cols);
        if (sub.m > 0 && sub.n > 0)
            run_serial(isa, &sub, size, scratch[part]);
    }
    for (int part = 0; part < parts; part++)
        lw_scratch_give(scratch[part]);
    return LW_OK;
}

lw_status lw_gemm_run(const struct lw_gemm *g)
{
    if (g->m == 0 || g->n == 0)
        return LW_OK;
    const struct lw_isa *isa = lw_isa_current();
    const struct lw_blocking size = lw_blocking_of(isa);
    assert(size.kc * (size.mc + size.nc) <= lw_scratch_floats());

    const double flops = 2.0 * (double)g->m * (double)g->n * (double)g->k;
    const int wanted = lw_thread_count(flops, FLOPS_PER_THREAD);
    if (wanted > 1)
        return run_parallel(isa, g, size, wanted < MAX_THREADS ? wanted : MAX_THREADS);

    const size_t needed =
        min_size(g->k, size.kc) * (round_up(min_size(g->m, size.mc), isa->tile_mr) +
                                   round_up(min_size(g->n, size.nc), isa->tile_nr));
    if (needed <= SMALL_FLOATS) {
        _Alignas(64) float small[SMALL_FLOATS];
        run_serial(isa, g, size, small);
        return LW_OK;
    }
    float *scratch = lw_scratch_take();
    if (!scratch)
        return lw_fail(LW_ENOMEM, "no memory for a packing buffer");
    run_serial(isa, g, size, scratch);
    lw_scratch_give(scratch);
    return LW_OK;
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
    const struct lw_operand left = {"a", a, transa ? k : m, transa ? m : k, lda};
    const struct lw_operand right = {"b", b, transb ? n : k, transb ? k : n, ldb};
    lw_status status = lw_check_operand(name, &result);
    if (product && status == LW_OK)
        status = lw_check_output(name, &result, (const struct lw_operand[]){left, right}, 2);
    if (status != LW_OK)
        return status;
    const struct lw_gemm gemm = {
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
        .c = c,
        .ldc = ldc,
    };
    return lw_gemm_run(&gemm);
}
