/* The forward pass and the input gradient of trained weights, for each layout. */
#include "dispatch.h"
#include "gemm.h"
#include "gemm_dot.h"
#include "linear.h"
#include "size_math.h"
#include "weights_layout.h"

lw_status lw_weights_forward(const lw_weights *weights, size_t batch, const float *x, size_t ldx,
                             const float *b, lw_activation activation, float *z, size_t ldz,
                             float *y, size_t ldy)
{
    lw_status status = lw_check_weights("lw_weights_forward", weights);
    if (status != LW_OK)
        return status;
    const size_t in = weights->in, out = weights->out;
    if (weights->layout == LW_WEIGHTS_ROW_MAJOR)
        return lw_linear_forward_on(weights->isa, batch, in, out, x, ldx, weights->w, out, b,
                                    activation, z, ldz, y, ldy);
    status = lw_check_forward(
        "lw_weights_forward", activation, &(struct lw_operand){"x", x, batch, in, ldx},
        lw_vector_operand("w", weights->w, lw_weights_floats(weights)),
        lw_vector_operand("b", b, out), (struct lw_operand){"z", z, batch, out, ldz},
        (struct lw_operand){"y", y, batch, out, ldy});
    if (status != LW_OK)
        return status;
    const int columns = weights->layout == LW_WEIGHTS_TRANSPOSED;
    const struct lw_epilogue epilogue = {
        .kind = LW_EPILOGUE_FORWARD, .activation = activation, .bias = b, .z = z, .ldz = ldz};
    const struct lw_gemm gemm = {
        .isa = weights->isa,
        .m = batch,
        .n = out,
        .k = in,
        .alpha = 1.0f,
        .a = x,
        .a_row = ldx,
        .a_col = 1,
        .b = weights->w,
        .b_row = 1,
        .b_col = columns ? in : 1,
        .b_panel_stride = columns ? 0 : weights->panel_stride,
        .c = y,
        .ldc = ldy,
        .epilogue = &epilogue,
    };
    return columns ? lw_dot_gemm_run(&gemm) : lw_gemm_run(&gemm);
}

lw_status lw_weights_backward_input(const lw_weights *weights, size_t batch, const float *dz,
                                    size_t lddz, lw_activation activation, const float *saved,
                                    size_t lds, float *dx, size_t lddx)
{
    static const char name[] = "lw_weights_backward_input";
    lw_status status = lw_check_weights(name, weights);
    if (status != LW_OK)
        return status;
    const size_t in = weights->in, out = weights->out;
    if (weights->layout == LW_WEIGHTS_ROW_MAJOR)
        return lw_linear_backward_input_on(weights->isa, batch, in, out, dz, lddz, weights->w, out,
                                           activation, saved, lds, dx, lddx);
    status =
        lw_check_backward_input(name, activation, &(struct lw_operand){"dz", dz, batch, out, lddz},
                                lw_vector_operand("w", weights->w, lw_weights_floats(weights)),
                                (struct lw_operand){"saved", saved, batch, in, lds},
                                (struct lw_operand){"dx", dx, batch, in, lddx});
    if (status != LW_OK)
        return status;
    struct lw_epilogue epilogue = {.activation = activation, .saved = saved, .lds = lds};
    struct lw_gemm gemm = {.isa = weights->isa, .k = out, .alpha = 1.0f, .epilogue = &epilogue};
    if (weights->layout == LW_WEIGHTS_TRANSPOSED) {
        epilogue.kind =
            activation == LW_ACTIVATION_LINEAR ? LW_EPILOGUE_STORE : LW_EPILOGUE_BACKWARD;
        gemm.m = batch;
        gemm.n = in;
        gemm.a = dz;
        gemm.a_row = lddz;
        gemm.a_col = 1;
        gemm.b = weights->w;
        gemm.b_row = in;
        gemm.b_col = 1;
        gemm.c = dx;
        gemm.ldc = lddx;
        return lw_gemm_run(&gemm);
    }
    /* DX^T = W * DZ^T: transposes DZ, which is small, instead of W. */
    epilogue.kind = LW_EPILOGUE_TRANSPOSED;
    epilogue.z = dx;
    epilogue.ldz = lddx;
    gemm.m = in;
    gemm.n = batch;
    gemm.a = weights->w;
    gemm.a_panel_stride = weights->panel_stride;
    gemm.a_row = lw_min_size(weights->isa->tile_nr, out);
    gemm.a_col = 1;
    gemm.b = dz;
    gemm.b_row = 1;
    gemm.b_col = lddz;
    gemm.c = dx;
    gemm.ldc = 1;
    const lw_status done = lw_gemm_run(&gemm);
    if (done == LW_OK && activation != LW_ACTIVATION_LINEAR && activation != LW_ACTIVATION_RELU) {
        for (size_t i = 0; i < batch; i++)
            weights->isa->activate_backward(activation, in, saved + i * lds, dx + i * lddx,
                                            dx + i * lddx);
    }
    return done;
}
