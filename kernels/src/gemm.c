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

/* Where the operands of a product are read. */
struct plan {
    struct lw_blocking size;
    int pack_a;      /* A is packed by blocks; otherwise read in place */
    int pack_b;      /* B is packed by strips; otherwise only a partial last strip is */
    int keep_b;      /* more than one block of rows uses the packed strips */
    size_t b_floats; /* room for packed strips of B */
};

/* Sources this far apart share a set of the first-level cache, so that the rows of a tile evict each
 * other. */
static int is_page_stride(size_t stride)
{
    return stride % 512 == 0;
}

static struct plan make_plan(const struct lw_isa *isa, const struct lw_gemm *g)
{
    struct plan plan = {.size = lw_blocking_of(isa)};
    const size_t mr = isa->tile_mr, nr = isa->tile_nr;
    /* A tile's operand read in place costs nothing; a packed one costs a pass, but streams. */
    plan.pack_a = g->alpha != 1.0f || g->n > 8 * nr || (g->a_col == 1 && is_page_stride(g->a_row));
    plan.pack_b = g->b_col != 1 || g->m > 4 * mr;
    const size_t kc = min_size(plan.size.kc, g->k);
    plan.keep_b = g->m > plan.size.mc;
    const size_t strips = plan.keep_b ? round_up(min_size(plan.size.nc, g->n), nr) : nr;
    plan.b_floats = plan.pack_b || g->n % nr != 0 ? kc * strips : 0;
    return plan;
}

static size_t scratch_needed(const struct lw_isa *isa, const struct lw_gemm *g,
                             const struct plan *plan)
{
    const size_t kc = min_size(plan->size.kc, g->k);
    return plan->b_floats +
           (plan->pack_a ? kc * round_up(min_size(plan->size.mc, g->m), isa->tile_mr) : 0);
}

/* The part of a product that takes kc steps from step p on, rows i .., columns j ..: a strip. */
static void run_strips(const struct lw_isa *isa, const struct lw_gemm *block, size_t p, size_t kc,
                       int first_block, const struct plan *plan, float *packed_b,
                       const float *packed_a)
{
    const size_t mr = isa->tile_mr, nr = isa->tile_nr;
    struct lw_tile_end end = block->end;
    struct lw_strip strip = {.m = block->m, .kc = kc, .ldc = block->ldc, .end = &end};
    strip.add_to_c = p > 0 || block->beta != 0.0f;
    if (plan->pack_a) {
        strip.a = packed_a;
        strip.a_row = 1;
        strip.a_col = mr;
        strip.a_tile = mr * kc;
    } else {
        strip.a = kc > 0 ? block->a + p * block->a_col : NULL;
        strip.a_row = block->a_row;
        strip.a_col = block->a_col;
        strip.a_tile = mr * block->a_row;
    }
    for (size_t j = 0; j < block->n; j += nr) {
        strip.n = min_size(nr, block->n - j);
        strip.c = block->c + j;
        end.bias = block->end.bias ? block->end.bias + j : NULL;
        end.z = block->end.z ? block->end.z + j : NULL;
        end.saved = block->end.saved ? block->end.saved + j : NULL;
        if (kc == 0) {
            strip.b = NULL;
        } else if (plan->pack_b || strip.n < nr) {
            float *to = packed_b + (plan->keep_b ? j * kc : 0);
            if (first_block || !plan->keep_b)
                isa->pack_b(kc, strip.n, block->b + p * block->b_row + j * block->b_col,
                            block->b_row, block->b_col, to);
            strip.b = to;
            strip.b_row = nr;
        } else {
            strip.b = block->b + p * block->b_row + j;
            strip.b_row = block->b_row;
        }
        isa->gemm_strip(&strip);
    }
}

static void scale_c(const struct lw_isa *isa, const struct lw_gemm *g)
{
    for (size_t i = 0; i < g->m; i++)
        isa->scale(g->n, g->beta, g->c + i * g->ldc);
}

/* A product on the calling thread. */
static void run_serial(const struct lw_isa *isa, const struct lw_gemm *g, const struct plan *plan,
                       float *scratch)
{
    static const struct lw_tile_end store = {.kind = LW_END_STORE};
    const struct lw_blocking size = plan->size;
    float *packed_b = scratch, *packed_a = scratch + plan->b_floats;
    if (g->beta != 0.0f && g->beta != 1.0f)
        scale_c(isa, g);
    for (size_t j = 0; j < g->n; j += size.nc) {
        const struct lw_range cols = {j, min_size(j + size.nc, g->n)};
        size_t p = 0;
        do { /* once for k = 0 too: the end has to run */
            const size_t kc = min_size(size.kc, g->k - p);
            const int last = p + kc == g->k;
            for (size_t i = 0; i < g->m; i += size.mc) {
                const struct lw_range rows = {i, min_size(i + size.mc, g->m)};
                struct lw_gemm block = sub_product(g, rows, cols);
                if (!last)
                    block.end = store;
                if (plan->pack_a && kc > 0)
                    isa->pack_a(block.m, kc, block.a + p * g->a_col, g->a_row, g->a_col, g->alpha,
                                packed_a);
                run_strips(isa, &block, p, kc, i == 0, plan, packed_b, packed_a);
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

static lw_status run_parallel(const struct lw_isa *isa, const struct lw_gemm *g, int threads)
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
        if (sub.m > 0 && sub.n > 0) {
            const struct plan plan = make_plan(isa, &sub);
            run_serial(isa, &sub, &plan, scratch[part]);
        }
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

    const double flops = 2.0 * (double)g->m * (double)g->n * (double)g->k;
    const int wanted = lw_thread_count(flops, FLOPS_PER_THREAD);
    if (wanted > 1)
        return run_parallel(isa, g, wanted < MAX_THREADS ? wanted : MAX_THREADS);

    const struct plan plan = make_plan(isa, g);
    const size_t needed = scratch_needed(isa, g, &plan);
    assert(needed <= lw_scratch_floats());
    if (needed <= SMALL_FLOATS) {
        _Alignas(64) float small[SMALL_FLOATS];
        run_serial(isa, g, &plan, small);
        return LW_OK;
    }
    float *scratch = lw_scratch_take();
    if (!scratch)
        return lw_fail(LW_ENOMEM, "no memory for a packing buffer");
    run_serial(isa, g, &plan, scratch);
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
