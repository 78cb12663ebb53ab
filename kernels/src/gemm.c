#include "gemm_plan.h"

#include "dispatch.h"
#include "optimizer.h"
#include "scratch.h"
#include "size_math.h"
#include "threads.h"

#include <assert.h>

/* Products below this many operations per thread run faster on fewer threads. */
static const double FLOPS_PER_THREAD = 200e3;

/* Packed operands of at most this size need no buffer from the pool. */
enum { SMALL_FLOATS = 4096 };

/* Steps of the panel of B in a small-K product: at most 16 steps of 32 columns. */
enum { SMALL_K_FLOATS = 512 };

/* Maximum number of threads in one product. */
enum { MAX_THREADS = 256 };

const struct lw_epilogue lw_epilogue_store = {.kind = LW_EPILOGUE_STORE};

/* Rows and columns of C. */
struct block {
    struct lw_range rows, cols;
};

/* The address of element (row, j) of C; j is the first column of a panel. */
static float *element_of_c(const struct lw_gemm *g, size_t row, size_t j)
{
    const size_t nr = g->isa->tile_nr;
    return g->c_panel_stride
               ? g->c + j / nr * g->c_panel_stride + (g->c_first + row) * lw_min_size(nr, g->n - j)
               : g->c + row * g->ldc + j;
}

/* Adds kc steps from step p on to a block of C. packed_a contains the packed rows of A, if they are
 * packed. Packs panels of B if this is the first block of rows that uses them. */
static void run_panels(const struct lw_gemm *g, const struct lw_gemm_plan *plan,
                       const struct block *block, size_t p, size_t kc, int first,
                       const float *packed_a, float *packed_b)
{
    const struct lw_isa *isa = g->isa;
    const size_t row = block->rows.begin;
    size_t mr = isa->tile_mr, nr = isa->tile_nr;
    struct lw_column_panel panel;
    panel.m = block->rows.end - row;
    panel.kc = kc;
    panel.row = row;
    panel.add_to_c = p > 0 || g->beta != 0.0f;
    panel.epilogue = p + kc == g->k ? g->epilogue : &lw_epilogue_store;
    panel.a = plan->pack_a        ? packed_a
              : g->a_panel_stride ? g->a
              : kc > 0            ? g->a + row * g->a_row + p * g->a_col
                                  : NULL;
    panel.a_row = plan->pack_a ? 1 : g->a_row;
    panel.a_col = plan->pack_a ? mr : g->a_col;
    panel.a_tile = mr * (plan->pack_a ? kc : g->a_row);
    panel.a_panel_stride = g->a_panel_stride;
    panel.a_panel_cols = nr;
    for (size_t j = block->cols.begin; j < block->cols.end; j += panel.n) {
        panel.n = lw_gemm_panel_columns(g, plan, block->cols.end - j);
        /* A narrow tail runs faster on the half-width set, whose packed panels of A would have
         * another height. */
        if (panel.n < nr && !plan->pack_a && !g->packed_b) {
            isa = lw_isa_half_width(isa, panel.n);
            mr = isa->tile_mr;
            nr = isa->tile_nr;
            panel.a_tile = mr * g->a_row;
        }
        panel.col = j;
        panel.c = element_of_c(g, row, j);
        panel.c_right = element_of_c(g, row, j + panel.n);
        panel.ldc = g->c_panel_stride ? panel.n : g->ldc;
        panel.packed = NULL;
        panel.b_panel_stride = nr;
        if (kc == 0) {
            panel.b = NULL;
            panel.b_row = 0;
        } else if (g->packed_b) {
            panel.b = g->packed_b + j * g->k + p * nr;
            panel.b_row = nr;
            panel.b_panel_stride = g->k * nr;
        } else {
            const size_t whole = g->isa->tile_nr;
            const size_t b_row = g->b_panel_stride ? lw_min_size(whole, g->n - j) : g->b_row;
            const float *source =
                g->b + p * b_row +
                (g->b_panel_stride ? j / whole * g->b_panel_stride : j * g->b_col);
            if (plan->pack_b || panel.n < isa->min_n) {
                float *to = packed_b + (plan->keep_b ? (j - block->cols.begin) * kc : 0);
                const int pack = first || !plan->keep_b, along = g->b_col == 1 && panel.n == nr;
                panel.b = pack && along ? source : to;
                panel.b_row = pack && along ? b_row : nr;
                panel.packed = pack && along ? to : NULL;
                if (pack && !along)
                    isa->pack_b(kc, panel.n, source, b_row, g->b_col, to);
            } else {
                panel.b = source;
                panel.b_row = b_row;
                panel.b_panel_stride = g->b_panel_stride ? g->b_panel_stride : nr;
            }
        }
        panel.next_b =
            g->b_panel_stride && j + panel.n < block->cols.end
                ? g->b + (j + panel.n) / g->isa->tile_nr * g->b_panel_stride + p * panel.b_row
                : NULL;
        isa->gemm_panel(&panel);
    }
}

static void scale_c(const struct lw_gemm *g, const struct block *block)
{
    for (size_t i = block->rows.begin; i < block->rows.end; i++)
        g->isa->scale(block->cols.end - block->cols.begin, g->beta,
                      g->c + i * g->ldc + block->cols.begin);
}

/* Column sums of B, contiguous along its rows, for the part that computes the first rows of C. */
static void sum_b(const struct lw_gemm *g, const struct block *part)
{
    const size_t begin = part->cols.begin, count = part->cols.end - begin;
    if (!g->b_sums || count == 0 || part->rows.begin > 0)
        return;
    if (g->epilogue->kind == LW_EPILOGUE_UPDATE)
        lw_update_bias(g->isa, g->epilogue->update, g->k, g->b, g->b_row, begin, count, g->b_sums);
    else
        g->isa->column_sums(g->k, count, g->k > 0 ? g->b + begin : NULL, g->b_row, g->beta != 0.0f,
                            g->b_sums + begin);
}

/* Computes a part of the product on the calling thread. */
static void run_serial(const struct lw_gemm *g, const struct lw_gemm_plan *plan,
                       const struct block *part, float *scratch)
{
    const struct lw_blocking size = plan->size;
    float *packed_b = scratch, *packed_a = scratch + plan->b_floats;
    if (g->beta != 0.0f && g->beta != 1.0f)
        scale_c(g, part);
    sum_b(g, part);
    for (size_t j = part->cols.begin; j < part->cols.end; j += size.nc) {
        size_t p = 0;
        do { /* once for k = 0 too: the epilogue must run */
            const size_t kc = lw_min_size(size.kc, g->k - p);
            for (size_t i = part->rows.begin; i < part->rows.end; i += size.mc) {
                const struct block block = {{i, lw_min_size(i + size.mc, part->rows.end)},
                                            {j, lw_min_size(j + size.nc, part->cols.end)}};
                if (plan->pack_a && kc > 0)
                    g->isa->pack_a(block.rows.end - i, kc, g->a + i * g->a_row + p * g->a_col,
                                   g->a_row, g->a_col, g->alpha, packed_a);
                run_panels(g, plan, &block, p, kc, i == part->rows.begin, packed_a, packed_b);
            }
            p += kc;
        } while (p < g->k);
    }
}

/* Whether all of B fits the registers of the small-K product. */
static int is_small_k(const struct lw_gemm *g)
{
    const size_t max = g->isa->max_small_k[g->n > g->isa->lanes];
    return g->k - 1 < max && g->a_col == 1 && !lw_gemm_has_panels(g) && !g->a_panel_stride &&
           g->alpha == 1.0f;
}

/* Computes a part of a small-K product on the calling thread. */
static void run_small_k(const struct lw_gemm *g, const struct block *part)
{
    _Alignas(64) float packed[SMALL_K_FLOATS];
    const size_t row = part->rows.begin;
    /* Assigned separately: an initialiser would first clear the whole struct, by a string
     * instruction of 40 cycles. */
    struct lw_column_panel panel;
    panel.m = part->rows.end - row;
    panel.kc = g->k;
    panel.a = g->a + row * g->a_row;
    panel.a_row = g->a_row;
    panel.a_col = 1;
    panel.ldc = g->ldc;
    panel.add_to_c = g->beta != 0.0f;
    panel.epilogue = g->epilogue;
    panel.row = row;
    if (g->beta != 0.0f && g->beta != 1.0f)
        scale_c(g, part);
    sum_b(g, part);
    for (size_t j = part->cols.begin; j < part->cols.end; j += panel.n) {
        panel.n = lw_min_size(g->isa->small_k_width, part->cols.end - j);
        panel.col = j;
        panel.c = g->c + row * g->ldc + j;
        panel.b = g->b + j * g->b_col;
        panel.b_row = g->b_row;
        if (g->b_col == g->k && (g->k == 2 || g->k == 4)) {
            panel.b_row = 0;
        } else if (g->b_col != 1) {
            for (size_t q = 0; q < panel.n; q++) {
                for (size_t p = 0; p < g->k; p++)
                    packed[p * g->isa->small_k_width + q] = panel.b[q * g->b_col + p];
            }
            panel.b = packed;
            panel.b_row = g->isa->small_k_width;
        }
        g->isa->gemm_small_k(&panel);
    }
}

/* Rows are partitioned in multiples of this: small enough for even parts with few rows, otherwise
 * large enough that short rows fill cache lines. */
static size_t row_step(const struct lw_gemm *g)
{
    return g->m < 1024 ? 4 : 16;
}

/* The same for columns: whole vectors, or whole panels if B is packed. */
static size_t column_step(const struct lw_gemm *g)
{
    return lw_gemm_has_panels(g) ? g->isa->tile_nr : g->isa->lanes;
}

/* The grid of threads over C with the least packing, that is, with the most square parts. */
struct grid {
    int rows, cols;
};

static struct grid best_grid(const struct lw_gemm *g, int threads)
{
    struct grid best = {1, 1};
    double lowest_cost = -1.0;
    /* Among equal grids the one with more rows, whose threads share no cache line of C except at
     * row ends; with more columns if B is large, because all threads of a column pack it. See
     * "Thread grid" in docs/measurements.md. */
    const int many_rows = g->n * g->k <= lw_cache_bytes(2) / sizeof(float);
    for (int rows = 1; rows <= threads; rows++) {
        const int cols = threads / rows;
        /* Time of the largest part: its tiles plus packing. */
        const double height = (double)lw_partition(g->m, row_step(g), 0, rows).end;
        const double width = (double)lw_partition(g->n, column_step(g), 0, cols).end;
        const double cost = height * width + 16.0 * (height + width);
        if (lowest_cost < 0.0 || cost < lowest_cost || (many_rows && cost <= lowest_cost)) {
            lowest_cost = cost;
            best.rows = rows;
            best.cols = cols;
        }
    }
    return best;
}

static lw_status run_parallel(const struct lw_gemm *g, int threads)
{
    const struct grid grid = best_grid(g, threads);
    const int parts = grid.rows * grid.cols;
    float *scratch[MAX_THREADS];
    /* Takes all buffers before any work, so that C is unchanged on failure. */
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
        const struct block block = {
            lw_partition(g->m, row_step(g), part / grid.cols, grid.rows),
            lw_partition(g->n, column_step(g), part % grid.cols, grid.cols),
        };
        const size_t m = block.rows.end - block.rows.begin, n = block.cols.end - block.cols.begin;
        if (m == 0 || n == 0)
            continue;
        if (is_small_k(g)) {
            run_small_k(g, &block);
            continue;
        }
        const struct lw_gemm_plan plan = lw_gemm_plan(g, m, n);
        run_serial(g, &plan, &block, scratch[part]);
    }
    for (int part = 0; part < parts; part++)
        lw_scratch_give(scratch[part]);
    return LW_OK;
}

static int thread_count(const struct lw_gemm *g)
{
    /* Storing an element counts as one more step. See "Threads for short products" in
     * docs/measurements.md. */
    const double steps = (double)(ptrdiff_t)g->k + 1.0;
    const double flops = 2.0 * (double)(ptrdiff_t)g->m * (double)(ptrdiff_t)g->n * steps;
    const int wanted = lw_thread_count(flops, FLOPS_PER_THREAD);
    if (wanted == 1)
        return 1;
    /* With less than two tiles per thread, half-width tiles would lose what threads gain. */
    const size_t max = g->m * g->n / (2 * lw_min_size(g->m, g->isa->tile_mr) * g->isa->tile_nr);
    return max < (size_t)wanted ? (int)(max + !max) : wanted;
}

lw_status lw_gemm_run(const struct lw_gemm *g)
{
    if (g->m == 0 || g->n == 0) {
        sum_b(g, &(struct block){{0, 0}, {0, g->n}}); /* db needs no rows of dW */
        return LW_OK;
    }
    const int wanted = thread_count(g);
    if (wanted > 1)
        return run_parallel(g, wanted < MAX_THREADS ? wanted : MAX_THREADS);

    const struct block all = {{0, g->m}, {0, g->n}};
    if (is_small_k(g)) {
        run_small_k(g, &all);
        return LW_OK;
    }
    const struct lw_gemm_plan plan = lw_gemm_plan(g, g->m, g->n);
    assert(plan.a_floats + plan.b_floats <= lw_scratch_floats());
    if (plan.a_floats + plan.b_floats <= SMALL_FLOATS) {
        _Alignas(64) float small[SMALL_FLOATS + 16]; /* as lw_scratch_floats */
        run_serial(g, &plan, &all, small);
        return LW_OK;
    }
    float *scratch = lw_scratch_take();
    if (!scratch)
        return lw_fail(LW_ENOMEM, "no memory for a packing buffer");
    run_serial(g, &plan, &all, scratch);
    lw_scratch_give(scratch);
    return LW_OK;
}
