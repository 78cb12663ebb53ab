/* Mutants of matrix products. */
#include "mutants.h"

#include <lanewise/internal/openmp.h>
#include <math.h>
#include <string.h>

static void last_k_dropped(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.kc -= broken.kc > 0;
    good_isa->gemm_panel(&broken);
}
static void edit_last_k(struct lw_isa *isa)
{
    isa->gemm_panel = last_k_dropped;
}

static void bias_missing(const struct lw_column_panel *panel)
{
    struct lw_epilogue epilogue = *panel->epilogue;
    struct lw_column_panel broken = *panel;
    epilogue.bias = NULL;
    broken.epilogue = &epilogue;
    good_isa->gemm_panel(&broken);
}
static void edit_bias(struct lw_isa *isa)
{
    isa->gemm_panel = bias_missing;
}

static void tail_short(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.n -= broken.n > 1 && broken.n < good_isa->tile_nr;
    good_isa->gemm_panel(&broken);
}
static void edit_tail(struct lw_isa *isa)
{
    isa->gemm_panel = tail_short;
}

static void starts_from_zero(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.add_to_c = 0;
    good_isa->gemm_panel(&broken);
}
static void edit_add_to_c(struct lw_isa *isa)
{
    isa->gemm_panel = starts_from_zero;
}

static void always_reads_c(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.add_to_c = 1;
    good_isa->gemm_panel(&broken);
}
static void edit_reads_c(struct lw_isa *isa)
{
    isa->gemm_panel = always_reads_c;
}

static void dot_last_dropped(const struct lw_dot_gemm *dots)
{
    struct lw_dot_gemm broken = *dots;
    broken.k--;
    good_isa->gemm_dot(&broken);
}
static void edit_dot_last(struct lw_isa *isa)
{
    isa->gemm_dot = dot_last_dropped;
}

static void dot_not_added(const struct lw_dot_gemm *dots)
{
    struct lw_dot_gemm broken = *dots;
    broken.add_to_c = 0;
    good_isa->gemm_dot(&broken);
}
static void edit_dot_add(struct lw_isa *isa)
{
    isa->gemm_dot = dot_not_added;
}

static void dot_column_dropped(const struct lw_dot_gemm *dots)
{
    struct lw_dot_gemm broken = *dots;
    broken.n -= broken.n > 1;
    good_isa->gemm_dot(&broken);
}
static void edit_dot_column(struct lw_isa *isa)
{
    isa->gemm_dot = dot_column_dropped;
}

static void dot_rows_dropped(const struct lw_dot_gemm *dots)
{
    struct lw_dot_gemm broken = *dots;
    broken.m -= broken.m > 16 ? broken.m % 16 : 0;
    good_isa->gemm_dot(&broken);
}
static void edit_dot_rows(struct lw_isa *isa)
{
    isa->gemm_dot = dot_rows_dropped;
}

/* Stores the last vector of a wide panel one column too far to the left. */
static void last_vector_shifted(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.n -= broken.n > good_isa->lanes && broken.n % good_isa->lanes != 0;
    good_isa->gemm_panel(&broken);
}
static void edit_last_vector(struct lw_isa *isa)
{
    isa->gemm_panel = last_vector_shifted;
}

/* All rows of a skinny product use the first row of A. */
static void skinny_m_rows_equal(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    if (broken.m > 1 && broken.m <= sizeof good_isa->nr_skinny / sizeof *good_isa->nr_skinny)
        broken.a_row = 0;
    good_isa->gemm_panel(&broken);
}
static void edit_skinny_m(struct lw_isa *isa)
{
    isa->gemm_panel = skinny_m_rows_equal;
}

/* Reads the panels of a packed B as contiguous columns. */
static void panels_ignored(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.b_panel_stride = good_isa->tile_nr;
    good_isa->gemm_panel(&broken);
}
static void edit_panels(struct lw_isa *isa)
{
    isa->gemm_panel = panels_ignored;
}

/* Leaves C unchanged if a derivative follows. */
static void derivative_left_out(const struct lw_column_panel *panel)
{
    static const struct lw_epilogue store = {.kind = LW_EPILOGUE_STORE};
    struct lw_column_panel broken = *panel;
    if (broken.epilogue->kind == LW_EPILOGUE_BACKWARD)
        broken.epilogue = &store;
    good_isa->gemm_panel(&broken);
}
static void edit_panel_derivative(struct lw_isa *isa)
{
    isa->gemm_panel = derivative_left_out;
}

static void dot_bias_missing(const struct lw_dot_gemm *dots)
{
    struct lw_epilogue epilogue = *dots->epilogue;
    struct lw_dot_gemm broken = *dots;
    epilogue.bias = NULL;
    broken.epilogue = &epilogue;
    good_isa->gemm_dot(&broken);
}
static void edit_dot_bias(struct lw_isa *isa)
{
    isa->gemm_dot = dot_bias_missing;
}

/* Every part of the rows uses the data of the first one. */
static void dot_position_lost(const struct lw_dot_gemm *dots)
{
    struct lw_dot_gemm broken = *dots;
    broken.row = 0;
    good_isa->gemm_dot(&broken);
}
static void edit_dot_position(struct lw_isa *isa)
{
    isa->gemm_dot = dot_position_lost;
}

static void last_column_not_transposed(size_t rows, size_t cols, const float *from, size_t stride,
                                       float *to)
{
    good_isa->transpose(rows, cols, from, stride, to);
    to[rows * cols - 1] = from[0];
}
static void edit_transpose(struct lw_isa *isa)
{
    isa->transpose = last_column_not_transposed;
}

static void small_k_last_k_dropped(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.kc -= broken.kc > 1 && broken.b_row != 0;
    good_isa->gemm_small_k(&broken);
}
static void edit_small_k_last_k(struct lw_isa *isa)
{
    isa->gemm_small_k = small_k_last_k_dropped;
}

/* Reads contiguous columns of B as rows; accesses no other memory. */
static void small_k_not_deinterleaved(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.b_row += broken.b_row == 0 ? broken.n : 0;
    good_isa->gemm_small_k(&broken);
}
static void edit_small_k_deinterleave(struct lw_isa *isa)
{
    isa->gemm_small_k = small_k_not_deinterleaved;
}

static void small_k_starts_from_zero(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.add_to_c = 0;
    good_isa->gemm_small_k(&broken);
}
static void edit_small_k_add_to_c(struct lw_isa *isa)
{
    isa->gemm_small_k = small_k_starts_from_zero;
}

static void small_k_bias_missing(const struct lw_column_panel *panel)
{
    struct lw_epilogue epilogue = *panel->epilogue;
    struct lw_column_panel broken = *panel;
    epilogue.bias = NULL;
    broken.epilogue = &epilogue;
    good_isa->gemm_small_k(&broken);
}
static void edit_small_k_bias(struct lw_isa *isa)
{
    isa->gemm_small_k = small_k_bias_missing;
}

/* Only if the rows of C are contiguous and vectors may cross row ends. */
static int is_flattened(const struct lw_column_panel *panel)
{
    return panel->n == panel->ldc && panel->n < good_isa->lanes && panel->m * panel->n >= 4096;
}

static void flattened_last_row_dropped(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.m -= is_flattened(panel) ? 1 : 0;
    good_isa->gemm_small_k(&broken);
}
static void edit_flattened_last_row(struct lw_isa *isa)
{
    isa->gemm_small_k = flattened_last_row_dropped;
}

static void flattened_reads_on(const struct lw_column_panel *panel)
{
    good_isa->gemm_small_k(panel);
    if (is_flattened(panel)) {
        const volatile float beyond = *(const volatile float *)(panel->a + panel->m * panel->a_row);
        (void)beyond;
    }
}
static void edit_flattened_reads_on(struct lw_isa *isa)
{
    isa->gemm_small_k = flattened_reads_on;
}

/* Loses a panel's last float, as whole vectors written in another order would. */
static void b_one_short(size_t kc, size_t n, const float *b, size_t row, size_t col, float *packed)
{
    good_isa->pack_b(kc, n, b, row, col, packed);
    packed[(kc - 1) * good_isa->tile_nr + (n < good_isa->tile_nr ? n : good_isa->tile_nr) - 1] =
        0.0f;
}
static void edit_b_one_short(struct lw_isa *isa)
{
    isa->pack_b = b_one_short;
}

static void a_one_short(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                        float *packed)
{
    good_isa->pack_a(m, kc, a, row, col, alpha, packed);
    packed[(kc - 1) * good_isa->tile_mr + (m < good_isa->tile_mr ? m : good_isa->tile_mr) - 1] =
        0.0f;
}
static void edit_a_one_short(struct lw_isa *isa)
{
    isa->pack_a = a_one_short;
}

/* The last step of a panel writes past its width, into the next panel. */
static void a_spoils_next(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                          float *packed)
{
    good_isa->pack_a(m, kc, a, row, col, alpha, packed);
    for (size_t next = good_isa->tile_mr; next < m; next += good_isa->tile_mr)
        packed[next * kc] = 0.0f;
}
static void edit_a_spoils_next(struct lw_isa *isa)
{
    isa->pack_a = a_spoils_next;
}

/* Multiplies a panel of B without packing it. */
static void not_packed_on_the_way(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    good_isa->gemm_panel(&broken);
    if (panel->packed)
        memset(panel->packed, 0, panel->kc * good_isa->tile_nr * sizeof *panel->packed);
}
static void edit_not_packed(struct lw_isa *isa)
{
    isa->gemm_panel = not_packed_on_the_way;
}

/* A tile that overlaps the rows above, although it accumulates. */
static void last_rows_added(const struct lw_column_panel *panel)
{
    struct lw_column_panel first = *panel;
    const size_t rest = panel->m % good_isa->tile_mr;
    good_isa->gemm_panel(panel);
    if (panel->add_to_c || rest == 0 || panel->m < good_isa->tile_mr ||
        panel->epilogue->kind != LW_EPILOGUE_STORE || panel->a_col != 1)
        return;
    first.a += (panel->m / good_isa->tile_mr - 1) * panel->a_tile;
    first.c += (panel->m / good_isa->tile_mr - 1) * good_isa->tile_mr * panel->ldc;
    first.m = good_isa->tile_mr;
    first.packed = NULL;
    first.add_to_c = 1;
    good_isa->gemm_panel(&first);
}
static void edit_last_rows(struct lw_isa *isa)
{
    isa->gemm_panel = last_rows_added;
}

/* Adds two sums over the halves of k: exact on eighths, but other bits. */
static void k_split(const struct lw_column_panel *panel)
{
    enum { MOST = 512 * 32 };
    const size_t half = panel->kc / 2, nr = good_isa->tile_nr;
    struct lw_column_panel first = *panel, second = *panel;
    float sum[MOST];
    if (panel->epilogue->kind != LW_EPILOGUE_STORE || half == 0 || panel->m * nr > MOST) {
        good_isa->gemm_panel(panel);
        return;
    }
    first.kc = half;
    second.kc -= half;
    second.a += half * panel->a_col;
    second.b += half * panel->b_row;
    second.c = sum;
    second.ldc = nr;
    second.add_to_c = 0;
    good_isa->gemm_panel(&first);
    good_isa->gemm_panel(&second);
    for (size_t i = 0; i < panel->m; i++) {
        for (size_t j = 0; j < panel->n; j++)
            panel->c[i * panel->ldc + j] += sum[i * nr + j];
    }
}
static void edit_k_split(struct lw_isa *isa)
{
    isa->gemm_panel = k_split;
}

/* The same, but only if several threads divide the product. */
static void k_split_by_threads(const struct lw_column_panel *panel)
{
    (omp_get_num_threads() > 2 ? k_split : good_isa->gemm_panel)(panel);
}
static void edit_k_split_by_threads(struct lw_isa *isa)
{
    isa->gemm_panel = k_split_by_threads;
}

static void writes_padding(const struct lw_column_panel *panel)
{
    good_isa->gemm_panel(panel);
    if (panel->m > 1 && panel->n < panel->ldc)
        panel->c[panel->n] = 0.0f;
}
static void edit_writes_padding(struct lw_isa *isa)
{
    isa->gemm_panel = writes_padding;
}

static void alpha_ignored(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                          float *packed)
{
    (void)alpha;
    good_isa->pack_a(m, kc, a, row, col, 1.0f, packed);
}
static void edit_alpha(struct lw_isa *isa)
{
    isa->pack_a = alpha_ignored;
}

/* Swaps rows and columns within the square that both orders contain, so that no other memory is
 * read. */
static void strides_swapped(size_t kc, size_t n, const float *b, size_t row, size_t col,
                            float *packed)
{
    const size_t square = kc < n ? kc : n;
    good_isa->pack_b(kc, n, b, row, col, packed);
    for (size_t p = 0; p < square; p++) {
        for (size_t j = 0; j < square && j < good_isa->tile_nr; j++)
            packed[p * good_isa->tile_nr + j] = b[j * row + p * col];
    }
}
static void edit_strides(struct lw_isa *isa)
{
    isa->pack_b = strides_swapped;
}

static const struct mutant mutants[] = {
    {"last k dropped", "exact", "lw_sgemm", edit_last_k, NULL},
    {"last k dropped", "chains", NULL, edit_last_k, NULL},
    {"bias missing", "exact", "lw_linear_forward", edit_bias, NULL},
    {"tail one short", "exact", "lw_sgemm", edit_tail, NULL},
    {"C not added to", "exact", "lw_sgemm", edit_add_to_c, NULL},
    {"C read for beta = 0", "exact", "lw_sgemm", edit_reads_c, NULL},
    {"C read for beta = 0", "special_products", NULL, edit_reads_c, NULL},
    {"k split in two sums", "bits", "lw_sgemm", edit_k_split, NULL},
    {"k split in two sums", "chains", NULL, edit_k_split, NULL},
    {"k split by threads", "threads", "lw_sgemm", edit_k_split_by_threads, NULL},
    {"padding written", "memory", "lw_sgemm", edit_writes_padding, NULL},
    {"alpha ignored", "exact", "lw_sgemm", edit_alpha, NULL},
    {"strides swapped", "exact", "lw_linear_backward_input", edit_strides, NULL},
    {"strides swapped", "packed", NULL, edit_strides, NULL},
    {"last k of a dot product dropped", "chains", NULL, edit_dot_last, NULL},
    {"dot product not added to C", "chains", NULL, edit_dot_add, NULL},
    {"column of dot products dropped", "exact", "lw_sgemm", edit_dot_column, NULL},
    {"rows below tiles of dot products dropped", "exact", "lw_sgemm", edit_dot_rows, NULL},
    {"last vector of a panel shifted", "exact", "lw_sgemm", edit_last_vector, NULL},
    {"rows of skinny M equal", "exact", "lw_sgemm", edit_skinny_m, NULL},
    {"rows of skinny M equal", "chains", NULL, edit_skinny_m, NULL},
    {"panels ignored", "packed", NULL, edit_panels, NULL},
    {"derivative left out", "exact", "lw_linear_backward_input", edit_panel_derivative, NULL},
    {"bias of dot products missing", "exact", "lw_linear_forward", edit_dot_bias, NULL},
    {"bias of dot products missing", "chains", NULL, edit_dot_bias, NULL},
    {"position of dot products lost", "threads", "lw_linear_backward_input", edit_dot_position,
     NULL},
    {"column not transposed", "exact", "lw_linear_forward", edit_transpose, NULL},
    {"column not transposed", "chains", NULL, edit_transpose, NULL},
    {"last k of a small-K product dropped", "exact", "lw_linear_forward", edit_small_k_last_k,
     NULL},
    {"last k of a small-K product dropped", "chains", NULL, edit_small_k_last_k, NULL},
    {"small-K B not deinterleaved", "exact", "lw_sgemm", edit_small_k_deinterleave, NULL},
    {"small-K B not deinterleaved", "chains", NULL, edit_small_k_deinterleave, NULL},
    {"small-K B not deinterleaved", "bits", "lw_linear_backward_input", edit_small_k_deinterleave,
     NULL},
    {"small-K product not added to C", "exact", "lw_sgemm", edit_small_k_add_to_c, NULL},
    {"bias of a small-K product missing", "bounded", "lw_linear_forward", edit_small_k_bias, NULL},
    {"last flattened row dropped", "exact", "lw_sgemm", edit_flattened_last_row, NULL},
    {"last flattened row dropped", "threads", "lw_linear_forward", edit_flattened_last_row, NULL},
    {"last flattened row dropped", "bits", "lw_sgemm", edit_flattened_last_row, NULL},
    {"A read past flattened rows", "memory", "lw_sgemm", edit_flattened_reads_on, NULL},
    {"B packed one float short", "exact", "lw_sgemm", edit_b_one_short, NULL},
    {"B packed one float short", "packed", NULL, edit_b_one_short, NULL},
    {"A packed one float short", "exact", "lw_sgemm", edit_a_one_short, NULL},
    {"next panel of A spoilt", "exact", "lw_sgemm", edit_a_spoils_next, NULL},
    {"B not packed with its first tile", "exact", "lw_linear_forward", edit_not_packed, NULL},
    {"rows reached up to added to", "exact", "lw_sgemm", edit_last_rows, NULL},
};
const struct mutant_list mutants_of_products = {mutants, sizeof mutants / sizeof *mutants};
