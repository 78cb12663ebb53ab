#include "gemm_plan.h"
#include "size_math.h"

/* Rows at multiples of this distance share a set of the first-level cache, so that the rows of a
 * tile evict each other. */
static int is_page_stride(size_t stride)
{
    return stride % 512 == 0;
}

/* Whether one cache line of each of `rows` rows stays in the first-level cache while other lines
 * stream: they may use two thirds of its ways, each one page long. See "Reading A in place" in
 * docs/measurements.md. */
static int rows_stay_in_cache(size_t rows, size_t stride)
{
    enum { PAGE = 4096 / sizeof(float) };
    const size_t ways = lw_cache_bytes(1) / sizeof(float) / PAGE;
    size_t sets = 1;
    while (sets < PAGE / 16 && stride * sets % PAGE != 0)
        sets *= 2;
    return (rows + sets - 1) / sets <= ways * 2 / 3;
}

/* Whether A is best read in place, for all columns: reading a tile's operand in place costs
 * nothing, if it stays in the second-level cache or is read only a few times. */
static int stays_in_place(const struct lw_gemm *g, size_t m)
{
    const size_t rows = lw_min_size(m, g->isa->tile_mr);
    return g->alpha == 1.0f && (g->a_col != 1 || rows_stay_in_cache(rows, g->a_row)) &&
           g->k <= LW_BLOCKING_WHOLE_STEPS && m * g->k <= lw_cache_bytes(2) / sizeof(float) / 2;
}

/* Whether M is so small that wide tiles are used. */
static int is_skinny(const struct lw_gemm *g, size_t m)
{
    return m <= sizeof g->isa->nr_skinny / sizeof *g->isa->nr_skinny && g->alpha == 1.0f;
}

/* Blocks of all k steps, if C is not added to: the panels of B are packed once, and all of them are
 * used by a few tiles of A at a time, a fourth of the second-level cache. */
static struct lw_blocking whole_steps(const struct lw_gemm *g, size_t k)
{
    const size_t mr = g->isa->tile_mr, nr = g->isa->tile_nr;
    const size_t rows = lw_cache_bytes(2) / sizeof(float) / 4 / k / mr * mr;
    const size_t cols = LW_BLOCKING_MAX_FLOATS / k / nr * nr;
    return (struct lw_blocking){rows > 0 ? rows : mr, k, cols};
}

struct lw_gemm_plan lw_gemm_plan(const struct lw_gemm *g, size_t m, size_t n)
{
    struct lw_gemm_plan plan;
    const size_t mr = g->isa->tile_mr, nr = g->isa->tile_nr, k = g->k;
    const int skinny = is_skinny(g, m), in_place = stays_in_place(g, m);
    /* Packing costs a pass over the operand, which then streams. */
    plan.pack_a = !skinny && !in_place && !g->a_panel_stride &&
                  (g->alpha != 1.0f || n > 8 * nr ||
                   (g->a_col == 1 && !rows_stay_in_cache(lw_min_size(m, mr), g->a_row)));
    /* Packing B with its first tile costs a fiftieth of 64^3. */
    const size_t few = is_page_stride(g->b_row) ? 4 : 16;
    plan.pack_b = !g->packed_b && !g->b_panel_stride && (g->b_col != 1 || m > few * mr);
    plan.width = skinny && !plan.pack_b ? g->isa->nr_skinny[m - 1] : nr;
    if (lw_gemm_has_panels(g))
        plan.width = plan.width < nr || g->c_panel_stride ? nr : plan.width / nr * nr;
    const int by_rows = g->a_col == 1 && !plan.pack_a && !plan.pack_b && !lw_gemm_has_panels(g);
    plan.tail = by_rows && !skinny ? g->isa->nr_tail : plan.width;
    plan.a_floats = plan.b_floats = 0;
    plan.keep_b = 0;
    if (in_place) {
        plan.size = (struct lw_blocking){m, k + !k, n};
    } else {
        plan.size = g->a_panel_stride ? whole_steps(g, k) : lw_blocking_of(g->isa, k);
        /* Panels of equal width: each one packs A again. */
        const size_t panels = (n + plan.size.nc - 1) / plan.size.nc;
        plan.size.nc = lw_round_up((n + panels - 1) / panels, nr);
        plan.keep_b = m > plan.size.mc;
        if (plan.pack_a)
            plan.a_floats = plan.size.kc * lw_round_up(lw_min_size(plan.size.mc, m), mr);
    }
    /* Wide panels for skinny M may end at any column. */
    const size_t rest = skinny ? 1 : n % nr;
    if (plan.pack_b || (!g->packed_b && rest > 0 && rest < g->isa->min_n))
        plan.b_floats =
            plan.size.kc * (plan.keep_b ? lw_round_up(lw_min_size(plan.size.nc, n), nr) : nr);
    return plan;
}

size_t lw_gemm_panel_columns(const struct lw_gemm *g, const struct lw_gemm_plan *plan, size_t rest)
{
    const size_t nr = g->isa->tile_nr;
    if (rest >= plan->width && (rest > plan->tail || rest == plan->width))
        return plan->width;
    /* Panels of a packed B are used whole, several at once or the last one. */
    return lw_gemm_has_panels(g) && rest > nr ? rest / nr * nr : rest;
}
