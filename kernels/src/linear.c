#include "argument.h"
#include "gemm.h"

lw_status lw_linear_forward(size_t batch, size_t in, size_t out, const float *x, size_t ldx,
                            const float *w, size_t ldw, const float *b, lw_activation activation,
                            float *z, size_t ldz, float *y, size_t ldy)
{
    static const char name[] = "lw_linear_forward";
    const struct lw_operand result = {"y", y, batch, out, ldy};
    const struct lw_operand pre = lw_optional_operand((struct lw_operand){"z", z, batch, out, ldz});
    const struct lw_operand operands[] = {{"x", x, batch, in, ldx},
                                          {"w", w, in, out, ldw},
                                          lw_optional_operand(lw_vector_operand("b", b, out)),
                                          pre};
    lw_status status = lw_check_elementwise(name, activation);
    if (status == LW_OK)
        status = lw_check_output(name, &result, operands, 4);
    if (status == LW_OK)
        status = lw_check_output(name, &pre, operands, 3);
    if (status != LW_OK)
        return status;
    const struct lw_gemm gemm = {
        .m = batch,
        .n = out,
        .k = in,
        .alpha = 1.0f,
        .a = x,
        .a_row = ldx,
        .a_col = 1,
        .b = w,
        .b_row = ldw,
        .b_col = 1,
        .c = y,
        .ldc = ldy,
        .end = {LW_END_FORWARD, activation, b, z, ldz, NULL, 0},
    };
    return lw_gemm_run(&gemm);
}

lw_status lw_linear_backward_input(size_t batch, size_t in, size_t out, const float *dz,
                                   size_t lddz, const float *w, size_t ldw,
                                   lw_activation activation, const float *saved, size_t lds,
                                   float *dx, size_t lddx)
{
    static const char name[] = "lw_linear_backward_input";
    struct lw_operand s = {"saved", saved, batch, in, lds};
    if (activation == LW_LINEAR)
        s = lw_optional_operand(s);
    const struct lw_operand result = {"dx", dx, batch, in, lddx};
    const struct lw_operand operands[] = {{"dz", dz, batch, out, lddz}, {"w", w, in, out, ldw}, s};
    lw_status status = lw_check_elementwise(name, activation);
    if (status == LW_OK)
        status = lw_check_output(name, &result, operands, 3);
    if (status != LW_OK)
        return status;
    const struct lw_gemm gemm = {
        .m = batch,
        .n = in,
        .k = out,
        .alpha = 1.0f,
        .a = dz,
        .a_row = lddz,
        .a_col = 1,
        .b = w,
        .b_row = 1,
        .b_col = ldw,
        .c = dx,
        .ldc = lddx,
        .end = {activation == LW_LINEAR ? LW_END_STORE : LW_END_BACKWARD, activation, NULL, NULL, 0,
                saved, lds},
    };
    return lw_gemm_run(&gemm);
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
        .c = dw,
        .ldc = lddw,
    };
    status = lw_gemm_run(&gemm);
    return status == LW_OK && db ? lw_column_sums(batch, out, dz, lddz, beta, db) : status;
}
