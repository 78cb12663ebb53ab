/* Mutants of bf16 kernels. */
#include "mutants.h"

/* ---- Conversions ---- */

static void truncates(size_t n, const float *x, lw_bf16 *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = (lw_bf16)(bits_of(x[i]) >> 16);
}
static void edit_rounding(struct lw_isa *isa)
{
    isa->bf16_from_float = truncates;
}

static void keeps_data_after_end(const struct lw_bf16_epilogue *epilogue, size_t row, size_t n,
                                 const float *upper, const float *lower)
{
    lw_bf16 *const behind =
        epilogue->to.rows ? epilogue->to.rows + row * epilogue->to.ld + n : NULL;
    const lw_bf16 before = behind && n % 2 ? *behind : 0;
    good_isa->bf16_two_rows(epilogue, row, n, upper, lower);
    if (behind && n % 2)
        *behind = before;
}
static void edit_zero_after(struct lw_isa *isa)
{
    isa->bf16_two_rows = keeps_data_after_end;
}

/* ---- Packing ---- */

/* Processes n pairs. */
static void swap_halves(float *vnni2, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vnni2[i] = float_of(bits_of(vnni2[i]) << 16 | bits_of(vnni2[i]) >> 16);
}
static void swaps_pairs_of_w(const struct lw_bf16_block *block)
{
    good_isa->bf16_pack(block);
    if (block->forward && block->rows.begin == 0 && block->cols.begin == 0 && block->in > 0 &&
        block->out > 0)
        swap_halves(block->forward, LW_BF16_PANEL);
}
static void edit_pairs(struct lw_isa *isa)
{
    isa->bf16_pack = swaps_pairs_of_w;
}

static void packs_another_panel(const struct lw_bf16_block *block)
{
    struct lw_bf16_block wrong = *block;
    if (block->cols.begin > 0)
        wrong.w -= LW_BF16_PANEL;
    good_isa->bf16_pack(&wrong);
}
static void edit_panel(struct lw_isa *isa)
{
    isa->bf16_pack = packs_another_panel;
}

static void packs_whole_pairs_only(const struct lw_bf16_block *block)
{
    struct lw_bf16_block even = *block;
    even.rows.end -= block->rows.end % 2;
    good_isa->bf16_pack(&even);
}
static void edit_odd_rows(struct lw_isa *isa)
{
    isa->bf16_pack = packs_whole_pairs_only;
}

/* ---- Products ---- */

static void drops_last_pair(const struct lw_column_panel *panel)
{
    struct lw_column_panel shorter = *panel;
    shorter.kc -= shorter.kc > 0;
    good_isa->bf16_panel(&shorter);
}
static void edit_last_pair(struct lw_isa *isa)
{
    isa->bf16_panel = drops_last_pair;
}

/* Treats pairs as floats. */
static void multiplies_floats(const struct lw_column_panel *panel)
{
    good_isa->gemm_panel(panel);
}
static void edit_floats(struct lw_isa *isa)
{
    isa->bf16_panel = multiplies_floats;
}

static void forgets_bias(const struct lw_bf16_epilogue *epilogue, size_t m, size_t n, float *c,
                         size_t ldc)
{
    struct lw_bf16_epilogue bare = *epilogue;
    bare.bias = NULL;
    good_isa->bf16_finish(&bare, m, n, c, ldc);
}
static void edit_bias(struct lw_isa *isa)
{
    isa->bf16_finish = forgets_bias;
}

static void ignores_saved(const struct lw_bf16_epilogue *epilogue, size_t m, size_t n, float *c,
                          size_t ldc)
{
    struct lw_bf16_epilogue linear = *epilogue;
    if (epilogue->kind == LW_EPILOGUE_BACKWARD && epilogue->activation == LW_ACTIVATION_RELU)
        linear.activation = LW_ACTIVATION_LINEAR;
    good_isa->bf16_finish(&linear, m, n, c, ldc);
}
static void edit_saved(struct lw_isa *isa)
{
    isa->bf16_finish = ignores_saved;
}

static void sums_restart(size_t steps, size_t cols, const float *vnni2, size_t ld, int add_to_out,
                         float *out)
{
    (void)add_to_out;
    good_isa->bf16_column_sums(steps, cols, vnni2, ld, 0, out);
}
static void edit_sums(struct lw_isa *isa)
{
    isa->bf16_column_sums = sums_restart;
}

/* Also activates the padding of an odd number of columns: sigmoid(0) is not 0. */
static void fills_data_after_end(const struct lw_bf16_epilogue *epilogue, size_t m, size_t n,
                                 float *c, size_t ldc)
{
    good_isa->bf16_finish(epilogue, m, n, c, ldc);
    for (size_t i = 0; n % 2 && epilogue->to.rows && i < m; i++)
        epilogue->to.rows[i * epilogue->to.ld + n] = 0x3f00;
}
static void edit_after(struct lw_isa *isa)
{
    isa->bf16_finish = fills_data_after_end;
}

/* ---- Master weights ---- */

static void updates_twice(const struct lw_column_panel *panel)
{
    good_isa->bf16_panel(panel);
    if (panel->epilogue->kind == LW_EPILOGUE_UPDATE)
        good_isa->bf16_panel(panel);
}
static void edit_update(struct lw_isa *isa)
{
    isa->bf16_panel = updates_twice;
}

static const struct mutant mutants[] = {
    {"bf16 truncated", "bf16", NULL, edit_rounding, NULL},
    {"no zero after odd rows", "bf16", NULL, edit_zero_after, NULL},
    {"vnni2 of one operand swapped", "bf16", NULL, edit_pairs, NULL},
    {"another panel packed", "bf16", NULL, edit_panel, NULL},
    {"last odd row not packed", "bf16", NULL, edit_odd_rows, NULL},
    {"last pair dropped", "bf16", NULL, edit_last_pair, NULL},
    {"vnni2 taken for floats", "bf16", NULL, edit_floats, NULL},
    {"bias forgotten in bf16", "bf16", NULL, edit_bias, NULL},
    {"derivative forgotten in bf16", "bf16", NULL, edit_saved, NULL},
    {"sums of vnni2 restarted", "bf16", NULL, edit_sums, NULL},
    {"update from vnni2 applied twice", "bf16_weights", NULL, edit_update, NULL},
    {"activation after odd rows", "special_bf16", NULL, edit_after, NULL},
};
const struct mutant_list mutants_of_bf16 = {mutants, sizeof mutants / sizeof *mutants};
