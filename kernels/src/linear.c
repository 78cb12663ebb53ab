#include "linear.h"

#include "activation.h"
#include "dispatch.h"
#include "gemm_dot.h"
#include "packed.h"

lw_status lw_check_forward(const char *name, lw_activation activation, const struct lw_operand *x,
                           struct lw_operand w, struct lw_operand b, struct lw_operand z,
                           struct lw_operand y)
{
    const struct lw_operand pre = lw_optional_operand(z);
    const struct lw_operand operands[] = {*x, w, lw_optional_operand(b), pre};
    lw_status status = lw_check_elementwise(name, activation);
    if (status == LW_OK)
        status = lw_check_output(name, &y, operands, 4);
    if (status == LW_OK)
        status = lw_check_output(name, &pre, operands, 3);
    return status;
}

lw_status lw_check_backward_input(const char *name, lw_activation activation,
                                  const struct lw_operand *dz, struct lw_operand w,
                                  struct lw_operand saved, struct lw_operand dx)
{
    if (activation == LW_ACTIVATION_LINEAR)
        saved = lw_optional_operand(saved);
    const lw_status status = lw_check_elementwise(name, activation);
    return status == LW_OK ? lw_check_output(name, &dx, (struct lw_operand[]){*dz, w, saved}, 3)
                           : status;
}

/* The variant of a set for n columns and k steps. */
static const struct lw_isa *isa_for_layer(const struct lw_isa *isa, size_t n, size_t k)
{
    return lw_gemm_prefers_dot(n, k) ? isa : lw_isa_half_width(isa, n);
}

/* The passes whose A is row-major. */
static lw_status run_by_rows(const struct lw_gemm *gemm)
{
    return lw_gemm_prefers_dot(gemm->n, gemm->k) ? lw_dot_gemm_run(gemm) : lw_gemm_run(gemm);
}

lw_status lw_linear_forward_on(const struct lw_isa *isa, size_t batch, size_t in, size_t out,
                               const float *x, size_t ldx, const float *w, size_t ldw,
                               const float *b, lw_activation activation, float *z, size_t ldz,
                               float *y, size_t ldy)
{
    const struct lw_operand input = {"x", x, batch, in, ldx}, weights = {"w", w, in, out, ldw};
    const struct lw_operand pre = {"z", z, batch, out, ldz}, output = {"y", y, batch, out, ldy};
    const lw_status status = lw_check_forward("lw_linear_forward", activation, &input, weights,
                                              lw_vector_operand("b", b, out), pre, output);
    if (status != LW_OK)
        return status;
    const struct lw_epilogue epilogue = {LW_EPILOGUE_FORWARD, activation, b, z, ldz, NULL, 0, NULL};
    const struct lw_gemm gemm = {
        .isa = isa_for_layer(isa, out, in),
        .m = batch,
        .n = out,
        .k = in,
        .alpha = 1.0f,
        .beta = 0.0f,
        .a = x,
        .a_row = ldx,
        .a_col = 1,
        .b = w,
        .b_row = ldw,
        .b_col = 1,
        .packed_b = NULL,
        .c = y,
        .ldc = ldy,
        .epilogue = &epilogue,
        .b_sums = NULL,
    };
    return run_by_rows(&gemm);
}

lw_status lw_linear_forward(size_t batch, size_t in, size_t out, const float *x, size_t ldx,
                            const float *w, size_t ldw, const float *b, lw_activation activation,
                            float *z, size_t ldz, float *y, size_t ldy)
{
    return lw_linear_forward_on(lw_isa_current(), batch, in, out, x, ldx, w, ldw, b, activation, z,
                                ldz, y, ldy);
}

lw_status lw_linear_forward_packed(size_t batch, const float *x, size_t ldx,
                                   const lw_packed_matrix *w, const float *b,
                                   lw_activation activation, float *z, size_t ldz, float *y,
                                   size_t ldy)
{
    static const char name[] = "lw_linear_forward_packed";
    if (!w)
        return lw_fail(LW_EINVAL, "%s: w is NULL", name);
    const struct lw_operand input = {"x", x, batch, w->k, ldx}, packed = {"w", NULL, 0, 0, 0};
    const struct lw_operand pre = {"z", z, batch, w->n, ldz}, output = {"y", y, batch, w->n, ldy};
    const lw_status status = lw_check_forward(name, activation, &input, packed,
                                              lw_vector_operand("b", b, w->n), pre, output);
    if (status != LW_OK)
        return status;
    struct lw_gemm gemm = lw_packed_product(w, batch, x, ldx, 1, y, ldy);
    const struct lw_epilogue epilogue = {LW_EPILOGUE_FORWARD, activation, b, z, ldz, NULL, 0, NULL};
    gemm.epilogue = &epilogue;
    if (w->columns) {
        gemm.packed_b = NULL;
        gemm.b = w->columns;
        gemm.b_row = 1;
        gemm.b_col = w->k;
    }
    return run_by_rows(&gemm);
}

lw_status lw_linear_backward_input_on(const struct lw_isa *isa, size_t batch, size_t in, size_t out,
                                      const float *dz, size_t lddz, const float *w, size_t ldw,
                                      lw_activation activation, const float *saved, size_t lds,
                                      float *dx, size_t lddx)
{
    static const char name[] = "lw_linear_backward_input";
    const struct lw_operand gradient = {"dz", dz, batch, out, lddz},
                            weights = {"w", w, in, out, ldw};
    const lw_status status = lw_check_backward_input(
        name, activation, &gradient, weights, (struct lw_operand){"saved", saved, batch, in, lds},
        (struct lw_operand){"dx", dx, batch, in, lddx});
    if (status != LW_OK)
        return status;
    const enum lw_epilogue_kind kind =
        activation == LW_ACTIVATION_LINEAR ? LW_EPILOGUE_STORE : LW_EPILOGUE_BACKWARD;
    const struct lw_epilogue epilogue = {kind, activation, NULL, NULL, 0, saved, lds, NULL};
    const struct lw_gemm gemm = {
        .isa = isa_for_layer(isa, in, out),
        .m = batch,
        .n = in,
        .k = out,
        .alpha = 1.0f,
        .beta = 0.0f,
        .a = dz,
        .a_row = lddz,
        .a_col = 1,
        .b = w,
        .b_row = 1,
        .b_col = ldw,
        .packed_b = NULL,
        .c = dx,
        .ldc = lddx,
        .epilogue = &epilogue,
        .b_sums = NULL,
    };
    return run_by_rows(&gemm);
}

lw_status lw_linear_backward_input(size_t batch, size_t in, size_t out, const float *dz,
                                   size_t lddz, const float *w, size_t ldw,
                                   lw_activation activation, const float *saved, size_t lds,
                                   float *dx, size_t lddx)
{
    return lw_linear_backward_input_on(lw_isa_current(), batch, in, out, dz, lddz, w, ldw,
                                       activation, saved, lds, dx, lddx);
}

lw_status lw_linear_backward_weights(size_t batch, size_t in, size_t out, const float *x,
                                     size_t ldx, const float *dz, size_t lddz, float beta,
                                     float *dw, size_t lddw, float *db)
{
    static const char name[] = "lw_linear_backward_weights";
    if (beta != 0.0f && beta != 1.0f)
        return lw_fail(LW_EINVAL, "%s: beta is 0 or 1", name);
    const struct lw_operand weights = {"dw", dw, in, out, lddw};
    const struct lw_operand bias = lw_optional_operand(lw_vector_operand("db", db, out));
    const struct lw_operand operands[] = {
        {"x", x, batch, in, ldx}, {"dz", dz, batch, out, lddz}, bias};
    lw_status status = lw_check_output(name, &weights, operands, 3);
    if (status == LW_OK)
        status = lw_check_output(name, &bias, operands, 2);
    if (status != LW_OK)
        return status;
    const struct lw_gemm gemm = {
        .isa = lw_isa_for_columns(out),
        .m = in,
        .n = out,
        .k = batch,
        .alpha = 1.0f,
        .beta = beta,
        .a = x,
        .a_row = 1,
        .a_col = ldx,
        .b = dz,
        .b_row = lddz,
        .b_col = 1,
        .packed_b = NULL,
        .c = dw,
        .ldc = lddw,
        .epilogue = &lw_epilogue_store,
        .b_sums = db,
    };
    return lw_gemm_run(&gemm);
}
