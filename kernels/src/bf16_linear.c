/* Dense layers in bf16: loops over blocks of rows and panels of weights. */
#include "activation.h"
#include "bf16_gradient.h"
#include "bf16_operand.h"
#include "dispatch.h"
#include "gemm.h"
#include "size_math.h"

enum {
    /* Rows multiplied before their epilogue: their floats, one panel wide, stay in the first-level
     * cache. A multiple of 2, so that row pairs stay together. */
    ROWS = 128
};

static size_t half_up(size_t n)
{
    return n / 2 + n % 2;
}

/* The forward pass and the input gradient. */
struct pass {
    const struct lw_isa *isa;
    size_t m, n, k;
    const lw_bf16 *a;
    size_t lda;
    const lw_bf16 *panels;
    struct lw_bf16_epilogue epilogue;
};

/* The epilogue of a part of a matrix from a row and a column on. */
static struct lw_bf16_epilogue epilogue_from(const struct lw_bf16_epilogue *all, size_t row,
                                             size_t col)
{
    struct lw_bf16_epilogue epilogue = *all;
    epilogue.bias = all->bias ? all->bias + col : NULL;
    epilogue.z = all->z ? all->z + row * all->ldz + col : NULL;
    epilogue.saved = all->saved ? all->saved + row * all->lds + col : NULL;
    epilogue.to.rows = all->to.rows ? all->to.rows + row * all->to.ld + col : NULL;
    epilogue.to.vnni2 = all->to.vnni2 ? all->to.vnni2 + row * all->to.ld_vnni2 + 2 * col : NULL;
    epilogue.to.floats = all->to.floats ? all->to.floats + row * all->to.ld_floats + col : NULL;
    return epilogue;
}

/* Rows row .. row + m - 1 times the panel whose first column is col. */
static void run_bf16_panel(const struct pass *pass, size_t row, size_t m, size_t col)
{
    _Alignas(64) float c[ROWS * LW_BF16_PANEL];
    const size_t steps = half_up(pass->k), lanes = pass->isa->lanes;
    const size_t n = lw_min_size(LW_BF16_PANEL, pass->n - col);
    struct lw_column_panel panel = {
        .m = m,
        .kc = steps,
        .a = lw_bf16_floats(pass->a) + row * (pass->lda / 2),
        .a_row = pass->lda / 2,
        .a_col = 1,
        .a_tile = pass->isa->tile_mr * (pass->lda / 2),
        .b_row = LW_BF16_PANEL,
        .ldc = LW_BF16_PANEL,
        .epilogue = &lw_epilogue_store,
    };
    for (size_t j = 0; j < n; j += panel.n) {
        /* Whole vectors, because a panel has space for them. */
        panel.n = lw_min_size(pass->isa->tile_nr, (n - j + lanes - 1) / lanes * lanes);
        panel.b = lw_bf16_floats(pass->panels) + col * steps + j;
        panel.c = c + j;
        panel.next_b = col + LW_BF16_PANEL < pass->n ? panel.b + LW_BF16_PANEL * steps : NULL;
        pass->isa->bf16_panel(&panel);
    }
    const struct lw_bf16_epilogue epilogue = epilogue_from(&pass->epilogue, row, col);
    pass->isa->bf16_finish(&epilogue, m, n, c, LW_BF16_PANEL);
}

static void run_pass(const struct pass *pass)
{
    for (size_t row = 0; row < pass->m; row += ROWS) {
        for (size_t col = 0; col < pass->n; col += LW_BF16_PANEL)
            run_bf16_panel(pass, row, lw_min_size(ROWS, pass->m - row), col);
    }
}

lw_status lw_bf16_linear_forward(size_t batch, size_t in, size_t out, const lw_bf16 *x, size_t ldx,
                                 const lw_bf16 *w, const float *b, lw_activation activation,
                                 lw_bf16 *z, size_t ldz, const lw_bf16_output *y)
{
    static const char name[] = "lw_bf16_linear_forward";
    const struct lw_operand pre =
        lw_optional_operand(lw_bf16_rows_operand("z", z, batch, out, ldz));
    const struct lw_operand operands[] = {
        lw_bf16_rows_operand("x", x, batch, in, ldx),
        lw_bf16_packed_operand("w", w, in, out),
        lw_optional_operand(lw_vector_operand("b", b, out)),
        pre,
    };
    lw_status status = lw_check_elementwise(name, activation);
    if (status == LW_OK)
        status = lw_bf16_check_ld(name, "x", in, ldx);
    if (status == LW_OK && z)
        status = lw_bf16_check_ld(name, "z", out, ldz);
    if (status == LW_OK)
        status = lw_bf16_check_output(name, batch, out, y, "y", operands, 4);
    if (status == LW_OK)
        status = lw_check_output(name, &pre, operands, 3);
    if (status != LW_OK)
        return status;
    const struct pass pass = {
        .isa = lw_isa_current(),
        .m = batch,
        .n = out,
        .k = in,
        .a = x,
        .lda = ldx,
        .panels = w,
        .epilogue = {LW_EPILOGUE_FORWARD, activation, b, z, ldz, NULL, 0, *y},
    };
    run_pass(&pass);
    return LW_OK;
}

lw_status lw_bf16_linear_backward_input(size_t batch, size_t in, size_t out, const lw_bf16 *dz,
                                        size_t lddz, const lw_bf16 *w, lw_activation activation,
                                        const lw_bf16 *saved, size_t lds, const lw_bf16_output *dx)
{
    static const char name[] = "lw_bf16_linear_backward_input";
    const int needs_saved = activation != LW_ACTIVATION_LINEAR;
    const struct lw_operand operands[] = {
        lw_bf16_rows_operand("dz", dz, batch, out, lddz),
        lw_bf16_packed_operand("w", w, out, in),
        lw_bf16_rows_operand("saved", saved, needs_saved ? batch : 0, in,
                             needs_saved ? lds : in + in % 2),
    };
    lw_status status = lw_check_elementwise(name, activation);
    if (status == LW_OK)
        status = lw_bf16_check_ld(name, "dz", out, lddz);
    if (status == LW_OK && needs_saved)
        status = lw_bf16_check_ld(name, "saved", in, lds);
    if (status == LW_OK)
        status = lw_bf16_check_output(name, batch, in, dx, "dx", operands, 3);
    if (status != LW_OK)
        return status;
    const struct pass pass = {
        .isa = lw_isa_current(),
        .m = batch,
        .n = in,
        .k = out,
        .a = dz,
        .lda = lddz,
        .panels = w,
        .epilogue = {LW_EPILOGUE_BACKWARD, activation, NULL, NULL, 0, needs_saved ? saved : NULL,
                     lds, *dx},
    };
    run_pass(&pass);
    return LW_OK;
}

lw_status lw_bf16_linear_backward_weights(size_t batch, size_t in, size_t out, const lw_bf16 *x,
                                          size_t ldx, const lw_bf16 *dz, size_t lddz, float beta,
                                          float *dw, size_t lddw, float *db)
{
    static const char name[] = "lw_bf16_linear_backward_weights";
    const struct lw_operand operands[] = {
        lw_bf16_vnni2_operand("x", x, batch, in, ldx),
        lw_bf16_vnni2_operand("dz", dz, batch, out, lddz),
        lw_optional_operand(lw_vector_operand("db", db, out)),
    };
    const struct lw_operand result = {"dw", dw, in, out, lddw};
    if (beta != 0.0f && beta != 1.0f)
        return lw_fail(LW_EINVAL, "%s: beta is 0 or 1", name);
    lw_status status = lw_check_output(name, &result, operands, 3);
    if (status == LW_OK)
        status = lw_check_output(name, &operands[2], operands, 2);
    if (status != LW_OK)
        return status;
    const struct lw_bf16_gradient gradient = {
        .isa = lw_isa_current(),
        .in = in,
        .out = out,
        .steps = half_up(batch),
        .x = lw_bf16_floats(x),
        .dz = lw_bf16_floats(dz),
        .ldx = ldx,
        .lddz = lddz,
        .add_to_c = beta != 0.0f,
        .c = dw,
        .ldc = lddw,
        .epilogue = &lw_epilogue_store,
    };
    status = lw_bf16_gradient_run(name, &gradient);
    if (status == LW_OK && db)
        gradient.isa->bf16_column_sums(gradient.steps, out, gradient.dz, lddz, beta != 0.0f, db);
    return status;
}
