/* Mutants of products and updates with weights in their internal layout. */
#include "mutants.h"
#include "weights_case.h"

/* Updates again the rows that a last tile, moved up to be full, would overlap. */
static void updated_twice(const struct lw_column_panel *panel)
{
    good_isa->gemm_panel(panel);
    const size_t mr = good_isa->tile_mr;
    if (panel->epilogue->kind != LW_EPILOGUE_UPDATE || panel->m <= mr || panel->m % mr == 0)
        return;
    const size_t row = panel->m / mr * mr - 1;
    struct lw_column_panel again = *panel;
    again.m = 1;
    again.row += row;
    again.c += row * panel->ldc;
    again.a += row / mr * panel->a_tile + row % mr * panel->a_row;
    good_isa->gemm_panel(&again);
}
static void edit_twice(struct lw_isa *isa)
{
    isa->gemm_panel = updated_twice;
}

static lw_status bias_left_out(const lw_weights *weights, size_t first, size_t count, size_t batch,
                               const float *x, size_t ldx, const float *dz, size_t lddz,
                               const lw_layer_update *update)
{
    lw_layer_update without = *update;
    without.b = NULL;
    return lw_weights_backward_update(weights, first, count, batch, x, ldx, dz, lddz, &without);
}
static void edit_bias(struct lw_isa *isa)
{
    (void)isa;
    weights_functions.backward_update = bias_left_out;
}

/* Uses the moments of the panel to the left. */
static void moments_of_another_panel(const struct lw_column_panel *panel)
{
    static const float *left;
    if (panel->epilogue->kind != LW_EPILOGUE_UPDATE || panel->col == 0) {
        left = panel->c;
        good_isa->gemm_panel(panel);
        return;
    }
    const ptrdiff_t back = (const char *)left - (const char *)panel->c;
    struct lw_tile_update update = *panel->epilogue->update;
    struct lw_epilogue epilogue = *panel->epilogue;
    struct lw_column_panel broken = *panel;
    update.m += update.m ? back : 0;
    update.v += update.v ? back : 0;
    epilogue.update = &update;
    broken.epilogue = &epilogue;
    left = panel->c;
    good_isa->gemm_panel(&broken);
}
static void edit_moments(struct lw_isa *isa)
{
    isa->gemm_panel = moments_of_another_panel;
}

static void transposed_row_dropped(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    broken.m -= panel->epilogue->kind == LW_EPILOGUE_TRANSPOSED;
    good_isa->gemm_panel(&broken);
}
static void edit_transposed(struct lw_isa *isa)
{
    isa->gemm_panel = transposed_row_dropped;
}

static void transposed_derivative_missing(const struct lw_column_panel *panel)
{
    struct lw_epilogue epilogue = *panel->epilogue;
    struct lw_column_panel broken = *panel;
    if (epilogue.kind == LW_EPILOGUE_TRANSPOSED)
        epilogue.activation = LW_ACTIVATION_LINEAR;
    broken.epilogue = &epilogue;
    good_isa->gemm_panel(&broken);
}
static void edit_derivative(struct lw_isa *isa)
{
    isa->gemm_panel = transposed_derivative_missing;
}

/* Treats the last panel as if it were as wide as the others. */
static void wrong_distance_written(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    if (panel->epilogue->kind == LW_EPILOGUE_UPDATE && panel->col > 0 && panel->ldc == panel->n)
        broken.ldc = good_isa->tile_nr;
    good_isa->gemm_panel(&broken);
}
static void edit_distance_written(struct lw_isa *isa)
{
    isa->gemm_panel = wrong_distance_written;
}

static void wrong_distance_read(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    if (panel->epilogue->kind == LW_EPILOGUE_FORWARD && panel->col > 0 && panel->b_row == panel->n)
        broken.b_row = good_isa->tile_nr;
    good_isa->gemm_panel(&broken);
}
static void edit_distance_read(struct lw_isa *isa)
{
    isa->gemm_panel = wrong_distance_read;
}

/* Reads panels of W, as A of the input gradient, in steps of whole panels to the end. */
static void last_panel_as_wide(const struct lw_column_panel *panel)
{
    struct lw_column_panel broken = *panel;
    if (panel->a_panel_stride)
        broken.kc -= panel->kc > panel->a_panel_cols ? panel->kc % panel->a_panel_cols : 0;
    good_isa->gemm_panel(&broken);
}
static void edit_last_panel(struct lw_isa *isa)
{
    isa->gemm_panel = last_panel_as_wide;
}

static lw_status range_ignored(const lw_weights *weights, size_t first, size_t count, size_t batch,
                               const float *x, size_t ldx, const float *dz, size_t lddz,
                               const lw_layer_update *update)
{
    (void)first;
    return lw_weights_backward_update(weights, 0, count, batch, x, ldx, dz, lddz, update);
}
static void edit_range(struct lw_isa *isa)
{
    (void)isa;
    weights_functions.backward_update = range_ignored;
}

static lw_status moment_of_next_weight(const lw_weights *weights, size_t first, size_t count,
                                       const float *g, const float *gb,
                                       const lw_layer_update *update)
{
    lw_layer_update shifted = *update;
    if (first > 0 && shifted.m)
        shifted.m += weights->layout == LW_WEIGHTS_ROW_MAJOR;
    return lw_weights_update(weights, first, count, g, gb, &shifted);
}
static void edit_next_moment(struct lw_isa *isa)
{
    (void)isa;
    weights_functions.update = moment_of_next_weight;
}

/* Uses another learning rate unless it begins at the first row. */
static void step_of_its_own(const struct lw_column_panel *panel)
{
    struct lw_epilogue epilogue = *panel->epilogue;
    struct lw_tile_update update;
    struct lw_column_panel broken = *panel;
    lw_sgd_update_params sgd;
    if (epilogue.kind == LW_EPILOGUE_UPDATE && epilogue.update->sgd && panel->row > 0) {
        update = *epilogue.update;
        sgd = *update.sgd;
        sgd.learning_rate *= 1.0f + 0x1p-20f;
        update.sgd = &sgd;
        epilogue.update = &update;
        broken.epilogue = &epilogue;
    }
    good_isa->gemm_panel(&broken);
}
static void edit_threads(struct lw_isa *isa)
{
    isa->gemm_panel = step_of_its_own;
}

static const struct mutant mutants[] = {
    {"rows updated twice", "weights_update", NULL, edit_twice, NULL},
    {"update of biases missing", "weights_update", NULL, edit_bias, NULL},
    {"update of biases missing", "weights_threads", NULL, edit_bias, NULL},
    {"moments of another panel", "weights_update", NULL, edit_moments, NULL},
    {"last row not transposed", "weights", NULL, edit_transposed, NULL},
    {"derivative missing where C is transposed", "weights", NULL, edit_derivative, NULL},
    {"last panel written as a whole one", "weights_update", NULL, edit_distance_written, NULL},
    {"last panel read as a whole one", "weights", NULL, edit_distance_read, NULL},
    {"last panel of A left out", "weights", NULL, edit_last_panel, NULL},
    {"range of rows ignored", "weights_update", NULL, edit_range, NULL},
    {"moment of the next weight", "weights_update", NULL, edit_next_moment, NULL},
    {"step depends on the part", "weights_threads", NULL, edit_threads, NULL},
};
const struct mutant_list mutants_of_weights = {mutants, sizeof mutants / sizeof *mutants};
