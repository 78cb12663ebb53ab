/*
 * Lanewise kernels: the arithmetic of dense networks on the vector units of a CPU.
 *
 * The following holds for every function unless its description says otherwise.
 *
 *   Matrices   row-major float32. Row i of X starts at x[i * ldx]; ldx, the leading dimension,
 *              counts floats and is at least the number of columns. Only the named elements are
 *              accessed: nothing is read past the end of a row, and floats between rows keep their
 *              values. Pointers need the natural alignment of float, which is not checked.
 *   Sizes      count floats or rows, never bytes. A size of 0 is valid: the result is empty, or the
 *              value of the formula for an empty sum. A pointer to an empty operand may be NULL.
 *   Aliasing   outputs share no memory with other operands, except where "in place" is allowed.
 *              Interleaved column blocks of one matrix (same leading dimension) do not overlap.
 *   Bits       results are identical for any number of threads and for all FMA instruction sets
 *              (AVX2, AVX-512, NEON). The scalar set has no FMA and rounds differently, within the
 *              same bounds. Row sums use 16 interleaved partial sums, combined in a fixed tree, for
 *              every vector length.
 *   NaN        propagates to every element of the result that depends on it. Its payload is
 *              unspecified.
 *   Denormals  are computed, neither flushed nor read as zero (in the default floating-point mode).
 *   Threads    at most lw_max_threads(), fewer for small problems. Concurrent calls are safe if
 *              their outputs are distinct.
 *   Status     LW_OK. LW_EINVAL: a required pointer is NULL, a leading dimension is too small, or
 *              the product of sizes overflows. LW_EOVERLAP. LW_ENOMEM: no scratch memory. On
 *              failure outputs are unchanged.
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
 * The name of the current instruction set: "scalar", "avx2", "avx512vl" (AVX-512 with 256-bit
 * vectors), "avx512", "avx512bf16" (with bf16 products) or "neon".
 *
 * The first call of any kernel selects the widest set that CPU and operating system support, or the
 * one named by the environment variable LANEWISE_ISA. The selection is kept.
 */
LW_API const char *lw_isa_name(void);

/*
 * Returns LW_EISA if LANEWISE_ISA names a set that is unknown or cannot run on this machine; the
 * best available set is in use then, and lw_last_error() names both.
 */
LW_API LW_CHECKED lw_status lw_isa_status(void);

/* The name of the index-th instruction set that this machine can run, narrowest first; NULL past
 * the last. */
LW_API const char *lw_isa_available(size_t index);

/*
 * Selects an instruction set for subsequent calls in all threads. Calls in progress finish on the
 * set they started with, and a network keeps the set it was created with. Returns LW_EISA if the
 * set is unknown or not available; the selection is then unchanged.
 */
LW_API LW_CHECKED lw_status lw_isa_select(const char *name);

/*
 * The maximum number of threads of a call: the value of lw_set_threads, or if none is set
 *
 *   min(OpenMP threads of the context (omp_get_max_threads),
 *       processors in the affinity mask of the thread,
 *       CPU-time quota of the control groups, rounded up)
 *
 * and never more than OpenMP's limit (OMP_THREAD_LIMIT). The mask is read at a thread's first call,
 * the quota at the first call of the process.
 *
 * Returns 1 without OpenMP, inside a parallel region, and in a child of fork() without exec whose
 * parent had started threads, because OpenMP's threads are not inherited. All functions work there.
 *
 * If the system refuses to start a thread, OpenMP's library ends the program. With a value of 1 no
 * thread is started.
 */
LW_API int lw_max_threads(void);

/*
 * Sets the maximum number of threads for calls of the calling thread; 0 or less restores the
 * default. Values above the processor count are accepted; values above LW_MAX_THREADS are clamped
 * to it. Returns the previous setting, 0 for none. Costs a few instructions, so a program can set
 * it around a call.
 */
LW_API int lw_set_threads(int threads);

/* The largest setting of lw_set_threads. */
#define LW_MAX_THREADS 1024

/*
 * Allocates a packing buffer for the calling thread, unless it has one, and keeps it until the
 * thread ends. Single-threaded calls of this thread (lw_set_threads(1), or inside a parallel
 * region) then allocate nothing and do not return LW_ENOMEM, except lw_sgemm_pack, which allocates
 * its result.
 */
LW_API LW_CHECKED lw_status lw_scratch_reserve(void);

/* ---- General matrix product --------------------------------------------------------------- */

/*
 * C = alpha * op(A) * op(B) + beta * C, op(X) = X or its transpose.
 *
 *   transa, transb  0 = as stored, 1 = transposed
 *   A  m x k, lda >= k   (transa = 1: stored k x m, lda >= m)
 *   B  k x n, ldb >= n   (transb = 1: stored n x k, ldb >= k)
 *   C  m x n, ldc >= n
 *
 * With k = 0 or alpha = 0, C = beta * C, and A and B are not read. With beta = 0, C is not read and
 * may hold any values, including NaN.
 *
 * Every element is one chain of fused multiply-adds over p = 0..k-1 in that order, starting from
 * beta * C (rounded; C itself for beta = 1, +0 for beta = 0), of the products
 * (alpha * A[i][p]) * B[p][j] with alpha * A rounded once. Its error is at most
 * g * (|alpha| * sum_p |A[i][p] * B[p][j]| + |beta * C[i][j]|) with g = n*u / (1 - n*u), n = k + 2,
 * u = 2^-24 (n = 2k + 2 on scalar), plus (k + 1) * 2^-149 where results or products are denormal.
 *
 * Exception: with transa = 0, k >= 32, alpha = 1 and beta 0 or 1, an element is a dot product taken
 * as a row sum (16 chains of fused multiply-adds and a tree), then added to beta * C, if n <= 12
 * and k <= 131072, or if transb = 1 and m <= 4 or n <= 16. The same bounds hold.
 *
 * Returns LW_EINVAL also for transa or transb other than 0 and 1, LW_EOVERLAP if C shares memory
 * with A or B.
 */
LW_API LW_CHECKED lw_status lw_sgemm(int transa, int transb, size_t m, size_t n, size_t k,
                                     float alpha, const float *a, size_t lda, const float *b,
                                     size_t ldb, float beta, float *c, size_t ldc);

/*
 * A copy of op(B), k x n, packed once for many products, for example weights during inference.
 *
 * The handle may be used by several threads at once and keeps the instruction set that was current
 * when it was made. lw_packed_matrix_destroy releases it and accepts NULL. Returns LW_EINVAL also
 * for transb other than 0 and 1. *packed is unchanged on failure.
 */
typedef struct lw_packed_matrix lw_packed_matrix;
LW_API LW_CHECKED lw_status lw_sgemm_pack(lw_packed_matrix **packed, int transb, size_t k, size_t n,
                                          const float *b, size_t ldb);
LW_API void lw_packed_matrix_destroy(lw_packed_matrix *packed);

/* C = alpha * op(A) * B + beta * C with a packed B, k x n. Bit-identical to lw_sgemm, except that
 * every element is one chain. */
LW_API LW_CHECKED lw_status lw_sgemm_packed(int transa, size_t m, float alpha, const float *a,
                                            size_t lda, const lw_packed_matrix *b, float beta,
                                            float *c, size_t ldc);

/* ---- Activations -------------------------------------------------------------------------- */

/*
 * Activations of an element z. s is the value that the derivative is computed from, see
 * lw_activation_saves_input. Softmax works on rows (lw_softmax); elementwise functions return
 * LW_EINVAL for it.
 */
typedef enum lw_activation {
    LW_ACTIVATION_LINEAR = 0, /* z                                                 s unused */
    LW_ACTIVATION_RELU,       /* max(0, z); relu(-0) is +0                         s = output */
    LW_ACTIVATION_LEAKY_RELU, /* z > 0 ? z : LW_LEAKY_SLOPE * z                    s = output */
    LW_ACTIVATION_SIGMOID,    /* 1 / (1 + exp(-z)), within 2 ulp                   s = output */
    LW_ACTIVATION_TANH,       /* tanh(z), within 2 ulp                             s = output */
    LW_ACTIVATION_GELU,       /* z sigmoid(2q), q = sqrt(2/pi) (z + 0.044715 z^3)  s = z */
    LW_ACTIVATION_SILU,       /* z sigmoid(z)                                      s = z */
    LW_ACTIVATION_SOFTMAX     /* softmax of a row */
} lw_activation;

/* Slope of leaky ReLU below 0. */
#define LW_LEAKY_SLOPE 0.01f

/* 1 for every activation except softmax, 0 for softmax and for unknown values. */
LW_API int lw_activation_is_elementwise(lw_activation activation);

/* 1 if the derivative is computed from z (GELU, SiLU), 0 if from the output: which of the two a
 * forward pass must keep for the backward pass. */
LW_API int lw_activation_saves_input(lw_activation activation);

/*
 * y[i] = activation(x[i]), i < n. In place (y == x) is allowed.
 *
 * An ulp is the spacing of floats at the correctly rounded result. Bounds hold for every finite
 * input, including denormal results: sigmoid and tanh 2 ulp; GELU (tanh form, Hendrycks and Gimpel
 * 2016) and SiLU have the relative error of a product with sigmoid, at most 4 + 3 |2q| ulp and 4
 * ulp, plus |z| * 2^-149 where that sigmoid is denormal. At +-Inf: the limits (sigmoid 0 and 1,
 * tanh -1 and 1, SiLU and GELU +Inf at +Inf and -0 at -Inf). tanh(-0), SiLU(-0) and GELU(-0) are
 * -0.
 */
LW_API LW_CHECKED lw_status lw_activate(lw_activation activation, size_t n, const float *x,
                                        float *y);

/*
 * dz[i] = dy[i] * activation'(z[i]), i < n, with saved[i] the s of lw_activation.
 *
 * saved may be NULL for LW_ACTIVATION_LINEAR. In place (dz == dy) is allowed. At 0 the derivative
 * of ReLU and leaky ReLU is the left one. Where the derivative is exactly 0 (ReLU), dz is +0 for
 * any dy; a NaN in saved gives NaN.
 */
LW_API LW_CHECKED lw_status lw_activate_backward(lw_activation activation, size_t n,
                                                 const float *saved, const float *dy, float *dz);

/* y[i] = exp(x[i]), within 1 ulp; +Inf above 88.72; small results are denormal or 0. In place is
 * allowed. */
LW_API LW_CHECKED lw_status lw_vector_exp(size_t n, const float *x, float *y);

/* y[i] = log(x[i]), within 1 ulp, denormal x included; -Inf at +-0, NaN below 0, +Inf at +Inf. In
 * place is allowed. */
LW_API LW_CHECKED lw_status lw_vector_log(size_t n, const float *x, float *y);

/* ---- Dense layer -------------------------------------------------------------------------- */

/*
 * Forward pass: Y = activation(X * W + b).
 *
 *   X  batch x in    ldx >= in
 *   W  in x out      ldw >= out
 *   b  out           contiguous; NULL: no bias
 *   Z  batch x out   ldz >= out; receives X * W + b; NULL: not stored. GELU and SiLU need it in the
 *                    backward pass
 *   Y  batch x out   ldy >= out; write-only
 *
 * With in = 0, Y = activation(b). Every element of Z is one chain of fused multiply-adds over
 * p = 0..in-1 from +0, or if out <= 12 and 32 <= in <= 131072 a row sum (see lw_sgemm), plus b. It
 * depends neither on the batch size nor on the index of the row. Its error is at most
 * g * (sum_p |X[i][p] * W[p][j]| + |b[j]|) with g as for lw_sgemm, n = in + 1 (2 in + 1 on scalar).
 *
 * Returns LW_EINVAL for LW_ACTIVATION_SOFTMAX, LW_EOVERLAP if Y or Z shares memory with another
 * operand.
 */
LW_API LW_CHECKED lw_status lw_linear_forward(size_t batch, size_t in, size_t out, const float *x,
                                              size_t ldx, const float *w, size_t ldw,
                                              const float *b, lw_activation activation, float *z,
                                              size_t ldz, float *y, size_t ldy);

/* lw_linear_forward with W packed by lw_sgemm_pack(&w, 0, in, out, ...). Bit-identical. */
LW_API LW_CHECKED lw_status lw_linear_forward_packed(size_t batch, const float *x, size_t ldx,
                                                     const lw_packed_matrix *w, const float *b,
                                                     lw_activation activation, float *z, size_t ldz,
                                                     float *y, size_t ldy);

/*
 * Backward pass to the input: DX = (DZ * W^T) .* activation'(S).
 *
 *   DZ  batch x out   lddz >= out; gradient at the pre-activation of this layer
 *   W   in x out      ldw >= out
 *   S   batch x in    lds >= in; the s of lw_activation, saved by the layer below; NULL for
 *                     LW_ACTIVATION_LINEAR
 *   DX  batch x in    lddx >= in; write-only; gradient at the pre-activation of the layer below,
 *                     whose activation is the argument
 *
 * One chain of fused multiply-adds over out, or if in <= 12 and 32 <= out <= 131072 a row sum, then
 * lw_activate_backward.
 */
LW_API LW_CHECKED lw_status lw_linear_backward_input(size_t batch, size_t in, size_t out,
                                                     const float *dz, size_t lddz, const float *w,
                                                     size_t ldw, lw_activation activation,
                                                     const float *saved, size_t lds, float *dx,
                                                     size_t lddx);

/*
 * Backward pass to the parameters: DW = X^T * DZ + beta * DW, db = column sums of DZ + beta * db.
 *
 *   X     batch x in    ldx >= in
 *   DZ    batch x out   lddz >= out
 *   beta  0 overwrites, 1 accumulates; LW_EINVAL for other values
 *   DW    in x out      lddw >= out
 *   db    out           contiguous; NULL: not computed
 *
 * With batch = 0 the sums are empty. The chains run over the batch in row order, as in lw_sgemm and
 * lw_column_sums.
 */
LW_API LW_CHECKED lw_status lw_linear_backward_weights(size_t batch, size_t in, size_t out,
                                                       const float *x, size_t ldx, const float *dz,
                                                       size_t lddz, float beta, float *dw,
                                                       size_t lddw, float *db);

/* ---- Rows --------------------------------------------------------------------------------- */

/*
 * Y[i][j] = exp(X[i][j] - max_i) / sum_j exp(X[i][j] - max_i). In place (y == x, ldy == ldx) is
 * allowed.
 *
 * Every element is within 5 + |X[i][j] - max_i| + log2(cols) + cols / 16 ulp of the exact value. A
 * row that contains NaN or +Inf, or only -Inf, becomes NaN; other elements of -Inf become 0.
 */
LW_API LW_CHECKED lw_status lw_softmax(size_t rows, size_t cols, const float *x, size_t ldx,
                                       float *y, size_t ldy);

/*
 * Y[i][j] = (X[i][j] - max_i) - log(sum_j exp(X[i][j] - max_i)). In place is allowed.
 *
 * Special rows as in lw_softmax, except that an element of -Inf, or one more than FLT_MAX below the
 * maximum, becomes -Inf.
 */
LW_API LW_CHECKED lw_status lw_log_softmax(size_t rows, size_t cols, const float *x, size_t ldx,
                                           float *y, size_t ldy);

/*
 * Backward pass of softmax from its output: DZ[i][j] = Y[i][j] * (DY[i][j] - sum_k DY[i][k] *
 * Y[i][k]). In place (dz == dy, same leading dimension) is allowed.
 */
LW_API LW_CHECKED lw_status lw_softmax_backward(size_t rows, size_t cols, const float *y,
                                                size_t ldy, const float *dy, size_t lddy, float *dz,
                                                size_t lddz);

/* out[j] = sum_i X[i][j] + beta * out[j], beta 0 or 1: one chain of additions in row order, from +0
 * or out[j]. */
LW_API LW_CHECKED lw_status lw_column_sums(size_t rows, size_t cols, const float *x, size_t ldx,
                                           float beta, float *out);

/*
 * index[i] = column of the largest element of row i, the first of equal ones. NaN counts as larger
 * than any number. Returns LW_EINVAL for cols = 0 with rows > 0, and for cols > INT32_MAX.
 */
LW_API LW_CHECKED lw_status lw_argmax(size_t rows, size_t cols, const float *x, size_t ldx,
                                      int32_t *index);

/* *sum = sum of x[i]^2 in fixed blocks of 1024 elements, the blocks added in double. */
LW_API LW_CHECKED lw_status lw_vector_sum_squares(size_t n, const float *x, double *sum);

/* x[i] = factor * x[i]. */
LW_API LW_CHECKED lw_status lw_vector_scale(size_t n, float factor, float *x);

/* ---- Losses: value and gradient of each row in one pass ----------------------------------- */

/*
 * Softmax and cross-entropy with integer labels:
 *
 *   loss[i] = log(sum_j exp(X[i][j] - max_i)) - (X[i][label_i] - max_i)
 *   G[i][j] = scale * (softmax(X)[i][j] - (j == label_i))
 *
 *   X       rows x cols  ldx >= cols; the logits
 *   labels  rows         0 <= label < cols
 *   loss    rows         NULL: not stored
 *   G       rows x cols  ldg >= cols; NULL: not stored; in place (g == x) is allowed
 *
 * For finite logits the gradient is finite, and the loss is finite unless max_i - X[i][label_i]
 * exceeds FLT_MAX. Returns LW_EDATA, with the row in the message, if a label is out of range.
 */
LW_API LW_CHECKED lw_status lw_softmax_cross_entropy(size_t rows, size_t cols, const float *x,
                                                     size_t ldx, const int32_t *labels, float scale,
                                                     float *loss, float *g, size_t ldg);

/*
 * Softmax and cross-entropy with a matrix T of target probabilities, rows x cols, ldt >= cols:
 *
 *   loss[i] = sum_j T[i][j] * (log(sum_k exp(X[i][k] - max_i)) - (X[i][j] - max_i))
 *   G[i][j] = scale * (softmax(X)[i][j] * sum_k T[i][k] - T[i][j])
 *
 * Rows of T need not sum to 1. Where T is 0, a logit of -Inf contributes 0. For finite operands the
 * loss is +Inf if max_i - X[i][j] exceeds FLT_MAX for some T[i][j] > 0.
 */
LW_API LW_CHECKED lw_status lw_softmax_cross_entropy_probs(size_t rows, size_t cols, const float *x,
                                                           size_t ldx, const float *t, size_t ldt,
                                                           float scale, float *loss, float *g,
                                                           size_t ldg);

/*
 * Sigmoid and binary cross-entropy from logits:
 *
 *   loss[i] = sum_j max(x, 0) - x * t + log(1 + exp(-|x|)),   x = X[i][j], t = T[i][j] in [0, 1]
 *   G[i][j] = scale * (sigmoid(x) - t)
 *
 * Operands as in lw_softmax_cross_entropy_probs. For finite logits terms and gradient are finite.
 */
LW_API LW_CHECKED lw_status lw_sigmoid_cross_entropy(size_t rows, size_t cols, const float *x,
                                                     size_t ldx, const float *t, size_t ldt,
                                                     float scale, float *loss, float *g,
                                                     size_t ldg);

/*
 * Squared error: loss[i] = sum_j (Y[i][j] - T[i][j])^2, G[i][j] = scale * (Y[i][j] - T[i][j]).
 *
 * scale includes the factor 2 of the derivative and the divisor of a mean. Operands as in
 * lw_softmax_cross_entropy_probs.
 */
LW_API LW_CHECKED lw_status lw_squared_error(size_t rows, size_t cols, const float *y, size_t ldy,
                                             const float *t, size_t ldt, float scale, float *loss,
                                             float *g, size_t ldg);

/* ---- Optimizers --------------------------------------------------------------------------- */

/* Parameters of lw_sgd_update. */
typedef struct lw_sgd_update_params {
    float learning_rate; /* see the formula */
    float momentum;      /* 0: none; velocity is not accessed and may be NULL */
    float weight_decay;  /* added to the gradient: g + weight_decay * w */
    int nesterov;        /* non-zero: look-ahead form; needs momentum */
} lw_sgd_update_params;

/*
 * One step of stochastic gradient descent on n parameters, as PyTorch defines it:
 *
 *   g' = g + weight_decay * w
 *   v  = momentum * v + g'                 (momentum != 0)
 *   d  = nesterov ? g' + momentum * v : v  (momentum != 0; else d = g')
 *   w  = w - learning_rate * d
 *
 * Updates w and v in place; they share no memory with g. Products and sums are fused multiply-adds.
 * A denormal v becomes 0. Returns LW_EINVAL if params is NULL, for nesterov without momentum and
 * for momentum without velocity. Other values, including NaN, are used as they are.
 */
LW_API LW_CHECKED lw_status lw_sgd_update(size_t n, const lw_sgd_update_params *params,
                                          const float *g, float *w, float *velocity);

/* Parameters of lw_adam_update. */
typedef struct lw_adam_update_params {
    float learning_rate; /* see the formula */
    float beta1, beta2;  /* decay rates of the moments, in [0, 1) */
    float epsilon;       /* added to the root of the second moment */
    float weight_decay;  /* decoupled == 0: added to the gradient (Adam with L2) */
    int decoupled; /* non-zero: AdamW, w is first scaled by 1 - learning_rate * weight_decay */
    uint64_t step; /* number of the update, from 1: for the bias correction */
} lw_adam_update_params;

/*
 * One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019), as PyTorch defines
 * it:
 *
 *   w  = w - learning_rate * weight_decay * w         (decoupled)
 *   g' = g + weight_decay * w                         (not decoupled)
 *   m  = m + (1 - beta1) * (g' - m)                   (beta1 > 0.5)
 *   m  = g' - beta1 * (g' - m)                        (beta1 <= 0.5)
 *   v  = beta2 * v + (1 - beta2) * g'^2
 *   w  = w - learning_rate / (1 - beta1^step) * m / (sqrt(v) / sqrt(1 - beta2^step) + epsilon)
 *
 * The two forms of m are those of PyTorch's lerp; its weight 1 - beta1 is rounded to float, and in
 * the second form beta1 is 1 minus that weight. The product and the sum are one fused multiply-add,
 * except on the scalar instruction set. A denormal m or v becomes 0. Bias corrections are computed
 * in double precision, once per call. Returns LW_EINVAL for step 0 and for betas outside [0, 1).
 */
LW_API LW_CHECKED lw_status lw_adam_update(size_t n, const lw_adam_update_params *params,
                                           const float *g, float *w, float *m, float *v);

#ifdef __cplusplus
}
#endif

#endif
