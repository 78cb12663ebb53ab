/*
 * Lanewise kernels: the arithmetic of dense networks on the CPU's vector units.
 *
 * What holds for every function, unless it says otherwise:
 *
 *   Matrices   row-major float32. Row i of X starts at x[i * ldx]; ldx, the leading dimension,
 *              counts floats and is at least the number of columns. Exactly the named elements
 *              are touched: nothing is read past the end of a row, and the floats between rows
 *              keep their value. Pointers need only the natural alignment of float, which is not checked.
 *   Sizes      count floats (or rows), never bytes, and may be 0; then the result is empty, or
 *              what the formula gives for an empty sum. A pointer to an empty operand may be NULL.
 *   Aliasing   outputs share no memory with other operands, except where "in place" is allowed.
 *              Interleaved column blocks of one matrix (same leading dimension) do not overlap.
 *   Bits       the result depends neither on the number of threads nor on which of the FMA
 *              instruction sets (AVX2, AVX-512, NEON) ran. The scalar set has no FMA and
 *              rounds differently, within the same bound. Row sums are taken over 16 interleaved
 *              partial sums combined in a fixed tree, whatever the vector length.
 *   NaN        propagates into every result element that depends on it. Its payload is not
 *              specified.
 *   Denormals  are computed, neither flushed nor read as zero (in the default floating-point mode).
 *   Threads    up to lw_max_threads() where there is enough work for them. Every function may be
 *              called from several threads at once on different outputs.
 *   Status     LW_OK; LW_EINVAL for a needed pointer that is NULL, a leading dimension that is
 *              too small, or sizes whose product overflows; LW_EOVERLAP; LW_ENOMEM if
 *              scratch memory cannot be had. On failure no output has changed.
 */
#ifndef LANEWISE_KERNELS_H
#define LANEWISE_KERNELS_H

#include <lanewise/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Instruction sets --------------------------------------------------------------------- */

/* The version of the library, for example "0.1.0". */
LW_API const char *lw_version(void);

/*
 * The instruction set in use: "scalar", "avx2", "avx512vl" (AVX-512 on vectors of 256 bits), "avx512",
 * "avx512bf16" (the same, with the products of bf16.h) or "neon". The first call of any kernel chooses the widest one that CPU and operating system support, or the
 * one named by the environment variable LANEWISE_ISA; the choice is then kept.
 */
LW_API const char *lw_isa_name(void);

/*
 * LW_OK; LW_EISA if LANEWISE_ISA names a set that is unknown or that this machine cannot
 * run. The best available set is in use then, and lw_last_error() says both names.
 */
LW_API lw_status lw_isa_status(void);

/* The name of the index-th instruction set that this machine can run, narrowest first; NULL
 * past the last. */
LW_API const char *lw_isa_available(size_t index);

/* Uses the named instruction set from the next call on, in all threads. LW_EISA if it is
 * unknown or not available; the set in use then stays. Calls that run meanwhile finish on the
 * one they began with. */
LW_API lw_status lw_isa_select(const char *name);

/*
 * How many threads a call may use here: what lw_set_threads says, or else the OpenMP threads of the calling
 * context (omp_get_max_threads), but no more than the processors that the calling thread may run on (its
 * affinity mask) and than the quota of CPU time of the process's control groups is worth, rounded up. The
 * machine is asked once: for the mask at a thread's first call, for the quota at the process's.
 *
 * Never more than OpenMP's limit (OMP_THREAD_LIMIT). 1 in a library built without OpenMP; 1 inside a parallel
 * region; and 1 in a child of fork() that has not called exec, if its parent had started threads before:
 * OpenMP's threads do not come along. All functions work there.
 *
 * A number above 1 is no promise of the system: where it refuses to start a thread, OpenMP's library ends the
 * program. With 1, none is started.
 */
LW_API int lw_max_threads(void);

/*
 * Sets how many threads the calls of the calling thread may use, 0 or less: as above, which is how each
 * thread begins. A number above the processors at hand is taken as it is, up to LW_MAX_THREADS, which larger
 * ones stand for; for the reasons above it can become 1. Returns the setting before, 0 for none. A few
 * instructions: meant to be set around a call.
 */
LW_API int lw_set_threads(int threads);

/* The largest setting of lw_set_threads. */
#define LW_MAX_THREADS 1024

/*
 * Gives the calling thread a packing buffer of its own, which it keeps until it ends, unless it has one. What
 * it calls from then on with one thread (lw_set_threads(1), or inside a parallel region) allocates nothing and
 * does not fail with LW_ENOMEM; lw_pack alone allocates what it returns. LW_ENOMEM if there is no memory for it.
 */
LW_API lw_status lw_scratch_reserve(void);

/* ---- General matrix product --------------------------------------------------------------- */

/*
 * C = alpha * op(A) * op(B) + beta * C, op(X) = X or its transpose.
 *
 *   transa, transb  0 = as stored, 1 = transposed
 *   A  m x k, lda >= k   (transa = 1: stored k x m, lda >= m)
 *   B  k x n, ldb >= n   (transb = 1: stored n x k, ldb >= k)
 *   C  m x n, ldc >= n
 *
 * m, n or k may be 0; with k = 0 or alpha = 0, C = beta * C and A and B are not read. With
 * beta = 0, C is not read and may hold anything, NaN too.
 *
 * Every element is one chain of fused multiply-adds over p = 0..k-1 in that order, starting
 * from beta * C (rounded; C itself for beta = 1, +0 for beta = 0), of the products
 * (alpha * A[i][p]) * B[p][j] with alpha * A rounded once. Its error is at most
 * g * (|alpha| * sum_p |A[i][p] * B[p][j]| + |beta * C[i][j]|) with g = n*u / (1 - n*u),
 * n = k + 2, u = 2^-24 (n = 2k + 2 on scalar), plus (k + 1) * 2^-149 where results or products
 * are denormal.
 *
 * One other order: with transa = 0, k >= 32, alpha = 1 and beta 0 or 1, an element is the dot product of a row and a
 * column, taken as a row sum (16 chains of fused multiply-adds and a tree), then added to beta * C, where
 * n <= 12 (and k <= 131072), or where transb = 1 and m <= 4 or n <= 16. The bounds hold all the same.
 *
 * LW_EINVAL also for transa or transb other than 0 and 1. LW_EOVERLAP if C shares memory with A
 * or B.
 */
LW_API lw_status lw_sgemm(int transa, int transb, size_t m, size_t n, size_t k, float alpha,
                          const float *a, size_t lda, const float *b, size_t ldb, float beta,
                          float *c, size_t ldc);

/*
 * B of lw_sgemm, packed once for many products: for inference, where the weights stay. The handle holds a
 * copy of op(B), k x n; b may change or go afterwards. It is released with lw_packed_destroy, may be used
 * by several threads at once, and keeps the instruction set it was made for. NULL may be destroyed. LW_EINVAL
 * also for transb other than 0 and 1; *packed is untouched on failure.
 */
typedef struct lw_packed lw_packed;
LW_API lw_status lw_pack(lw_packed **packed, int transb, size_t k, size_t n, const float *b,
                         size_t ldb);
LW_API void lw_packed_destroy(lw_packed *packed);

/* C = alpha * op(A) * B + beta * C with B packed, k x n: lw_sgemm without its other order, and but for that
 * with the same bits. */
LW_API lw_status lw_sgemm_packed(int transa, size_t m, float alpha, const float *a, size_t lda,
                                 const lw_packed *b, float beta, float *c, size_t ldc);

/* ---- Activations -------------------------------------------------------------------------- */

/* Formulas for one element z, and s, what the derivative is computed from. */
typedef enum lw_activation {
    LW_ACTIVATION_LINEAR =
        0, /* z                                                          s unused       */
    LW_ACTIVATION_RELU, /* max(0, z); relu(-0) is +0                                  s = output     */
    LW_ACTIVATION_LEAKY_RELU, /* z > 0 ? z : LW_LEAKY_SLOPE * z                             s = output     */
    LW_ACTIVATION_SIGMOID, /* 1 / (1 + exp(-z)), within 2 ulp                            s = output     */
    LW_ACTIVATION_TANH, /* tanh(z), within 2 ulp                                      s = output     */
    LW_ACTIVATION_GELU, /* z * sigmoid(2 q), q = sqrt(2/pi) (z + 0.044715 z^3)        s = z          */
    LW_ACTIVATION_SILU, /* z * sigmoid(z)                                             s = z          */
    LW_ACTIVATION_SOFTMAX /* over a row: lw_softmax; the elementwise functions refuse it: LW_EINVAL    */
} lw_activation;

/* Slope of leaky ReLU below 0. */
#define LW_LEAKY_SLOPE 0.01f

/* 1 for every activation but softmax, 0 for softmax and unknown values: whether the elementwise functions
 * accept it. */
LW_API int lw_activation_is_elementwise(lw_activation activation);

/* Whether the derivative of an elementwise activation is computed from z (1: GELU, SiLU) or
 * from the output (0). Tells which matrix a backward pass must keep. */
LW_API int lw_activation_saves_input(lw_activation activation);

/*
 * y[i] = activation(x[i]), i < n. In place (y == x) is allowed.
 *
 * ULP here and below: the spacing of floats at the correctly rounded result. Bounds hold for
 * every finite input, denormal results included: sigmoid and tanh 2 ulp; GELU (the tanh form,
 * Hendrycks and Gimpel 2016) and SiLU have the relative error of a product with sigmoid, at most
 * 4 + 3 |2q| ulp and 4 ulp, and |z| * 2^-149 besides where that sigmoid is denormal. At +-Inf: the
 * limits (sigmoid 0 and 1, tanh -1 and 1, SiLU and GELU +Inf at +Inf and -0 at -Inf). tanh(-0),
 * SiLU(-0), GELU(-0) are -0.
 */
LW_API lw_status lw_activate(lw_activation activation, size_t n, const float *x, float *y);

/*
 * dz[i] = dy[i] * activation'(z[i]), i < n, with saved[i] the s of the table above. saved may be
 * NULL for LW_ACTIVATION_LINEAR. The derivative of ReLU and leaky ReLU at 0 is that of the left side.
 * In place (dz == dy) is allowed. Where the derivative is an exact 0 (ReLU), dz is +0 whatever
 * dy is; a NaN in saved gives NaN.
 */
LW_API lw_status lw_activate_backward(lw_activation activation, size_t n, const float *saved,
                                      const float *dy, float *dz);

/* y[i] = exp(x[i]), within 1 ulp; +Inf above 88.72, down to denormals and 0 below. In place
 * allowed. */
LW_API lw_status lw_exp(size_t n, const float *x, float *y);

/* y[i] = log(x[i]), within 1 ulp, denormal x included; -Inf at +-0, NaN below, +Inf at +Inf. In
 * place allowed. */
LW_API lw_status lw_log(size_t n, const float *x, float *y);

/* ---- Dense layer -------------------------------------------------------------------------- */

/*
 * Forward: Y = activation(X * W + b).
 *
 *   X  batch x in    ldx >= in
 *   W  in x out      ldw >= out
 *   b  out           contiguous; NULL means no bias
 *   Z  batch x out   ldz >= out; X * W + b before the activation is stored here too; NULL: not
 *                    stored. GELU and SiLU need it for their backward pass
 *   Y  batch x out   ldy >= out; write-only
 *
 * With in = 0, Y = activation(b). Every element of Z is one chain of fused multiply-adds over
 * p = 0..in-1 from +0, or with out <= 12 and 32 <= in <= 131072 a row sum (as the other order of lw_sgemm),
 * then + b; it does not depend on the batch or on the row's place in it. Its error before the activation is at most
 * g * (sum_p |X[i][p] * W[p][j]| + |b[j]|) with g as for lw_sgemm, n = in + 1 (2 in + 1 on
 * scalar). LW_EINVAL for LW_ACTIVATION_SOFTMAX. LW_EOVERLAP if Y or Z shares memory with anything else.
 */
LW_API lw_status lw_linear_forward(size_t batch, size_t in, size_t out, const float *x, size_t ldx,
                                   const float *w, size_t ldw, const float *b,
                                   lw_activation activation, float *z, size_t ldz, float *y,
                                   size_t ldy);

/* lw_linear_forward with W packed by lw_pack(&w, 0, in, out, ...); the same bits. */
LW_API lw_status lw_linear_forward_packed(size_t batch, const float *x, size_t ldx,
                                          const lw_packed *w, const float *b,
                                          lw_activation activation, float *z, size_t ldz, float *y,
                                          size_t ldy);

/*
 * Backward to the layer's input: DX = (DZ * W^T) .* activation'(S).
 *
 *   DZ  batch x out   lddz >= out; gradient at this layer's pre-activation
 *   W   in x out      ldw >= out
 *   S   batch x in    lds >= in; what the layer below saved for its derivative (see
 *                     lw_activation); NULL for LW_ACTIVATION_LINEAR
 *   DX  batch x in    lddx >= in; write-only: gradient at the pre-activation of the layer below,
 *                     whose activation is the argument
 *
 * One chain of fused multiply-adds over out, or with in <= 12 and 32 <= out <= 131072 a row sum, then
 * lw_activate_backward.
 */
LW_API lw_status lw_linear_backward_input(size_t batch, size_t in, size_t out, const float *dz,
                                          size_t lddz, const float *w, size_t ldw,
                                          lw_activation activation, const float *saved, size_t lds,
                                          float *dx, size_t lddx);

/*
 * Backward to the parameters: DW = X^T * DZ + beta * DW, db = column sums of DZ + beta * db.
 *
 *   X   batch x in    ldx >= in
 *   DZ  batch x out   lddz >= out
 *   DW  in x out      lddw >= out
 *   db  out           contiguous; NULL: not computed
 *
 * beta = 0 overwrites, 1 accumulates; no other value (LW_EINVAL). With batch = 0 the sums are
 * empty. The chains run over the batch in row order, as lw_sgemm and lw_column_sums.
 */
LW_API lw_status lw_linear_backward_weights(size_t batch, size_t in, size_t out, const float *x,
                                            size_t ldx, const float *dz, size_t lddz, float beta,
                                            float *dw, size_t lddw, float *db);

/* ---- Rows --------------------------------------------------------------------------------- */

/*
 * Y[i][j] = exp(X[i][j] - max_i) / sum_j exp(X[i][j] - max_i), by rows. In place allowed (y == x,
 * ldy == ldx).
 *
 * Every element is within 5 + |X[i][j] - max_i| + log2(cols) + cols / 16 ulp of the exact value.
 * A row that holds NaN or +Inf, or whose elements are all -Inf, becomes NaN; single -Inf
 * elements become 0.
 */
LW_API lw_status lw_softmax(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                            size_t ldy);

/* Y[i][j] = (X[i][j] - max_i) - log(sum_j exp(X[i][j] - max_i)), by rows. In place allowed. Special
 * rows as lw_softmax; a single -Inf stays -Inf, and so becomes an element more than FLT_MAX below
 * the maximum. */
LW_API lw_status lw_log_softmax(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                                size_t ldy);

/*
 * Backward of softmax from its output: DZ[i][j] = Y[i][j] * (DY[i][j] - sum_k DY[i][k] * Y[i][k]).
 * In place (dz == dy, same leading dimension) allowed.
 */
LW_API lw_status lw_softmax_backward(size_t rows, size_t cols, const float *y, size_t ldy,
                                     const float *dy, size_t lddy, float *dz, size_t lddz);

/* out[j] = sum_i X[i][j] + beta * out[j], beta 0 or 1: one chain of additions in row order, from
 * +0 or out[j]. */
LW_API lw_status lw_column_sums(size_t rows, size_t cols, const float *x, size_t ldx, float beta,
                                float *out);

/*
 * index[i] = the column of the largest element of row i, the first of equal ones. A NaN counts as
 * larger than any number. LW_EINVAL for cols = 0 with rows > 0, and for cols > INT32_MAX.
 */
LW_API lw_status lw_argmax(size_t rows, size_t cols, const float *x, size_t ldx, int32_t *index);

/* *sum = sum of x[i]^2 in fixed blocks of 1024 elements, the blocks added in double. */
LW_API lw_status lw_sum_squares(size_t n, const float *x, double *sum);

/* x[i] = factor * x[i]. */
LW_API lw_status lw_scale(size_t n, float factor, float *x);

/* ---- Losses: value and gradient in one pass ------------------------------------------------ */

/*
 * Softmax and cross-entropy with integer labels, by rows:
 *
 *   loss[i]    = log(sum_j exp(X[i][j] - max_i)) - (X[i][label_i] - max_i)
 *   G[i][j]    = scale * (softmax(X)[i][j] - (j == label_i))
 *
 *   X     rows x cols  ldx >= cols; the logits
 *   labels  rows       0 <= label < cols
 *   loss  rows         NULL: not stored
 *   G     rows x cols  ldg >= cols; NULL: not stored; in place (g == x) allowed
 *
 * For finite logits the gradient is finite, and so is the loss but where max_i - X[i][label_i]
 * exceeds FLT_MAX: that loss rounds to +Inf. A logit of +-100 gives a finite loss and the right
 * gradient. LW_EDATA, with the row in the message and nothing written, for a label out of range.
 */
LW_API lw_status lw_softmax_cross_entropy(size_t rows, size_t cols, const float *x, size_t ldx,
                                          const int32_t *labels, float scale, float *loss, float *g,
                                          size_t ldg);

/*
 * The same with a matrix T of target probabilities (rows x cols, ldt >= cols):
 *
 *   loss[i] = sum_j T[i][j] * (log(sum_k exp(X[i][k] - max_i)) - (X[i][j] - max_i))
 *   G[i][j] = scale * (softmax(X)[i][j] * sum_k T[i][k] - T[i][j])
 *
 * The rows of T need not sum to 1. Where T is 0, a logit of -Inf counts as 0. For finite operands
 * the loss is +Inf where max_i - X[i][j] exceeds FLT_MAX and T[i][j] > 0, whatever T[i][j] is.
 */
LW_API lw_status lw_softmax_cross_entropy_probs(size_t rows, size_t cols, const float *x,
                                                size_t ldx, const float *t, size_t ldt, float scale,
                                                float *loss, float *g, size_t ldg);

/*
 * Sigmoid and binary cross-entropy from logits, by rows:
 *
 *   loss[i] = sum_j max(x, 0) - x * t + log(1 + exp(-|x|)),   x = X[i][j], t = T[i][j] in [0, 1]
 *   G[i][j] = scale * (sigmoid(x) - t)
 *
 * Operands as above. For finite logits every term is finite, and so is the gradient.
 */
LW_API lw_status lw_sigmoid_cross_entropy(size_t rows, size_t cols, const float *x, size_t ldx,
                                          const float *t, size_t ldt, float scale, float *loss,
                                          float *g, size_t ldg);

/*
 * Squared error, by rows: loss[i] = sum_j (Y[i][j] - T[i][j])^2, G[i][j] = scale * (Y - T)[i][j].
 * The factor 2 of the derivative and any mean belong into scale. Operands as above.
 */
LW_API lw_status lw_squared_error(size_t rows, size_t cols, const float *y, size_t ldy,
                                  const float *t, size_t ldt, float scale, float *loss, float *g,
                                  size_t ldg);

/* ---- Optimizers --------------------------------------------------------------------------- */

/* Parameters of lw_sgd_update. */
typedef struct lw_sgd_update_params {
    float learning_rate; /* see the formula */
    float momentum;      /* 0: none, velocity is not touched and may be NULL */
    float weight_decay;  /* added to the gradient: g + weight_decay * w */
    int nesterov;        /* non-zero: look-ahead form; needs momentum */
} lw_sgd_update_params;

/*
 * One step of stochastic gradient descent on n parameters, in PyTorch's form:
 *
 *   g' = g + weight_decay * w
 *   v  = momentum * v + g'                 (momentum != 0)
 *   d  = nesterov ? g' + momentum * v : v  (momentum != 0; else d = g')
 *   w  = w - learning_rate * d
 *
 * w and v are updated in place and share no memory with g. The products and sums are fused
 * multiply-adds. A v that is a denormal becomes 0. LW_EINVAL for params NULL, for nesterov without momentum and for
 * momentum without velocity; other values are computed with, NaN too.
 */
LW_API lw_status lw_sgd_update(size_t n, const lw_sgd_update_params *params, const float *g,
                               float *w, float *velocity);

/* Parameters of lw_adam_update. */
typedef struct lw_adam_update_params {
    float learning_rate; /* see the formula */
    float beta1, beta2;  /* decay of the moments, at least 0 and below 1 */
    float epsilon;       /* added to the root of the second moment */
    float weight_decay;  /* decoupled == 0: added to the gradient (Adam with L2) */
    int decoupled; /* non-zero: AdamW, w is first scaled by 1 - learning_rate * weight_decay */
    uint64_t step; /* 1 for the first update: for the bias correction */
} lw_adam_update_params;

/*
 * One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019), in PyTorch's form:
 *
 *   w  = w - learning_rate * weight_decay * w         (decoupled)
 *   g' = g + weight_decay * w                         (not decoupled)
 *   m  = m + (1 - beta1) * (g' - m)
 *   v  = beta2 * v + (1 - beta2) * g'^2
 *   w  = w - learning_rate / (1 - beta1^step) * m / (sqrt(v) / sqrt(1 - beta2^step) + epsilon)
 *
 * An m or v that is a denormal becomes 0. The corrections are computed in double once per call. LW_EINVAL for step 0 and for betas
 * outside [0, 1).
 */
LW_API lw_status lw_adam_update(size_t n, const lw_adam_update_params *params, const float *g,
                                float *w, float *m, float *v);

#ifdef __cplusplus
}
#endif

#endif
