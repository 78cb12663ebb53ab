/* Mutants of kernels for vectors, rows and losses, and of functions above the tables. */
#include "mutants.h"

#include <lanewise/internal/openmp.h>
#include <math.h>
#include <string.h>

/* The scalar functions under the name of an FMA set. */
static void edit_wrong_set(struct lw_isa *isa)
{
    const char *name = isa->name;
    *isa = *lw_isa_find("scalar");
    isa->name = name;
}

/* ---- Vectors ---- */

static void relu_without_nan(lw_activation activation, size_t n, const float *x, float *y)
{
    good_isa->activate(activation, n, x, y);
    for (size_t i = 0; activation == LW_ACTIVATION_RELU && i < n; i++)
        y[i] = y[i] > 0.0f ? y[i] : 0.0f;
}
static void edit_relu_nan(struct lw_isa *isa)
{
    isa->activate = relu_without_nan;
}

static void relu_of_minus_zero(lw_activation activation, size_t n, const float *x, float *y)
{
    good_isa->activate(activation, n, x, y);
    for (size_t i = 0; activation == LW_ACTIVATION_RELU && i < n; i++)
        y[i] = y[i] == 0.0f ? -0.0f : y[i];
}
static void edit_relu_zero(struct lw_isa *isa)
{
    isa->activate = relu_of_minus_zero;
}

static void derivative_missing(lw_activation activation, size_t n, const float *saved,
                               const float *dy, float *dz)
{
    good_isa->activate_backward(
        activation == LW_ACTIVATION_TANH ? LW_ACTIVATION_LINEAR : activation, n, saved, dy, dz);
}
static void edit_derivative(struct lw_isa *isa)
{
    isa->activate_backward = derivative_missing;
}

static void exp_inaccurate(size_t n, const float *x, float *y)
{
    good_isa->exp(n, x, y);
    for (size_t i = 0; i < n; i++)
        y[i] = nextafterf(y[i], INFINITY);
}
static void edit_exp_accuracy(struct lw_isa *isa)
{
    isa->exp = exp_inaccurate;
}

static void exp_reads_on(size_t n, const float *x, float *y)
{
    const volatile float beyond = *(const volatile float *)(x + n);
    (void)beyond;
    good_isa->exp(n, x, y);
}
static void edit_exp_reads_on(struct lw_isa *isa)
{
    isa->exp = exp_reads_on;
}

static void scale_writes_on(size_t n, float factor, float *x)
{
    good_isa->scale(n, factor, x);
    *(volatile float *)(x + n) = 0.0f;
}
static void edit_scale_writes_on(struct lw_isa *isa)
{
    isa->scale = scale_writes_on;
}

static float squares_in_order(size_t n, const float *x)
{
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++)
        sum = fmaf(x[i], x[i], sum);
    return sum;
}
static void edit_sum_order(struct lw_isa *isa)
{
    isa->sum_squares = squares_in_order;
}

static void later_sums_restart(size_t rows, size_t cols, const float *x, size_t ldx, int add_to_out,
                               float *out)
{
    const size_t block = 32, first = rows > block ? block : 0;
    good_isa->column_sums(rows - first, cols, x + first * ldx, ldx, add_to_out, out);
}
static void edit_column_sums(struct lw_isa *isa)
{
    isa->column_sums = later_sums_restart;
}

/* Processes a chunk of 512 elements by its first loop only. */
static void second_part_left_out(lw_activation activation, size_t n, const float *x, float *y)
{
    good_isa->activate(activation, n > 512 ? 512 : n, x, y);
    if (n > 512 && y != x)
        memcpy(y + 512, x + 512, (n - 512) * sizeof *y);
}
static void edit_parts(struct lw_isa *isa)
{
    isa->activate = second_part_left_out;
}

/* ---- Rows and losses ---- */

static void softmax_without_max(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                                size_t ldy)
{
    for (size_t i = 0; i < rows; i++) {
        float *const row = y + i * ldy;
        float sum = 0.0f;
        good_isa->exp(cols, x + i * ldx, row);
        for (size_t j = 0; j < cols; j++)
            sum += row[j];
        good_isa->scale(cols, 1.0f / sum, row);
    }
}
static void edit_softmax_max(struct lw_isa *isa)
{
    isa->softmax_rows = softmax_without_max;
}

/* Short rows are processed in chunks of about 1000 elements. */
static void first_chunk_only(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                             size_t ldy)
{
    const size_t chunk = 1024 / cols;
    good_isa->log_softmax_rows(cols <= 16 && rows > chunk ? chunk : rows, cols, x, ldx, y, ldy);
}
static void edit_chunk(struct lw_isa *isa)
{
    isa->log_softmax_rows = first_chunk_only;
}

/* Uses the data of one row of a block for its neighbour. */
static void dot_of_next_row(size_t rows, size_t cols, const float *y, size_t ldy, const float *dy,
                            size_t lddy, float *dz, size_t lddz)
{
    for (size_t i = 0; i < rows; i++) {
        const size_t next = (i + 1) % rows;
        float dot = 0.0f;
        for (size_t j = 0; j < cols; j++)
            dot += dy[next * lddy + j] * y[next * ldy + j];
        for (size_t j = 0; j < cols; j++)
            dz[i * lddz + j] = y[i * ldy + j] * (dy[i * lddy + j] - dot);
    }
}
static void edit_row_of_block(struct lw_isa *isa)
{
    isa->softmax_backward_rows = dot_of_next_row;
}

static void tanh_as_quotient(lw_activation activation, size_t n, const float *x, float *y)
{
    good_isa->activate(activation, n, x, y);
    for (size_t i = 0; activation == LW_ACTIVATION_TANH && i < n; i++)
        y[i] = fabsf(x[i]) < 10.0f ? 1.0f - 2.0f / (expf(2.0f * x[i]) + 1.0f) : y[i];
}
static void edit_tanh(struct lw_isa *isa)
{
    isa->activate = tanh_as_quotient;
}

static void gradient_of_next_label(size_t rows, size_t cols, const float *x, size_t ldx,
                                   const int32_t *labels, float scale, float *loss, float *g,
                                   size_t ldg)
{
    for (size_t i = 0; i < rows; i++) {
        const int32_t next = (int32_t)(((size_t)labels[i] + 1) % cols);
        if (loss)
            good_isa->cross_entropy_rows(1, cols, x + i * ldx, ldx, &labels[i], scale, &loss[i],
                                         NULL, 0);
        if (g)
            good_isa->cross_entropy_rows(1, cols, x + i * ldx, ldx, &next, scale, NULL, g + i * ldg,
                                         ldg);
    }
}
static void edit_label(struct lw_isa *isa)
{
    isa->cross_entropy_rows = gradient_of_next_label;
}

static void gradient_unscaled(size_t rows, size_t cols, const float *x, size_t ldx, const float *t,
                              size_t ldt, float scale, float *loss, float *g, size_t ldg)
{
    (void)scale;
    good_isa->sigmoid_cross_entropy_rows(rows, cols, x, ldx, t, ldt, 1.0f, loss, g, ldg);
}
static void edit_loss_scale(struct lw_isa *isa)
{
    isa->sigmoid_cross_entropy_rows = gradient_unscaled;
}

/* ---- Optimizers ---- */

static void momentum_dropped(size_t n, const lw_sgd_update_params *params, const float *g, float *w,
                             float *velocity)
{
    lw_sgd_update_params without = *params;
    without.momentum = 0.0f;
    without.nesterov = 0;
    good_isa->sgd_update(n, &without, g, w, velocity);
}
static void edit_momentum(struct lw_isa *isa)
{
    isa->sgd_update = momentum_dropped;
}

static void denormal_kept(size_t n, const lw_sgd_update_params *params, const float *g, float *w,
                          float *velocity)
{
    good_isa->sgd_update(n, params, g, w, velocity);
    for (size_t i = 0; velocity && i < n; i++)
        velocity[i] = velocity[i] == 0.0f ? 0x1p-127f : velocity[i];
}
static void edit_denormal(struct lw_isa *isa)
{
    isa->sgd_update = denormal_kept;
}

static void bias_uncorrected(size_t n, const struct lw_adam_coefficients *step, const float *g,
                             float *w, float *m, float *v)
{
    struct lw_adam_coefficients uncorrected = *step;
    uncorrected.inv_sqrt_bias_correction2 = 1.0f;
    good_isa->adam_update(n, &uncorrected, g, w, m, v);
}
static void edit_bias_correction(struct lw_isa *isa)
{
    isa->adam_update = bias_uncorrected;
}

static void lerp_from_moment(size_t n, const struct lw_adam_coefficients *step, const float *g,
                             float *w, float *m, float *v)
{
    struct lw_adam_coefficients from_moment = *step;
    if (step->lerp_weight <= 0.0f)
        from_moment.lerp_weight += 1.0f;
    good_isa->adam_update(n, &from_moment, g, w, m, v);
}
static void edit_lerp(struct lw_isa *isa)
{
    isa->adam_update = lerp_from_moment;
}

/* ---- Whole functions: what is above the tables ---- */

static lw_status accepts_null(const struct problem *p)
{
    return p->operand[0].data ? lw_vector_exp(p->n, p->operand[0].data, p->operand[1].data) : LW_OK;
}

static lw_status writes_before_it_checks(const struct problem *p)
{
    if (p->operand[1].data)
        ((float *)p->operand[1].data)[0] = 0.0f;
    return operation_find("lw_vector_exp")->call(p);
}

static lw_status last_of_equals(const struct problem *p)
{
    const struct operand *x = &p->operand[0];
    int32_t *index = p->operand[1].data;
    const lw_status status = operation_find("lw_argmax")->call(p);
    for (size_t i = 0; status == LW_OK && i < p->m; i++) {
        const float *row = (const float *)x->data + i * x->ld;
        for (size_t j = 0; j < p->n; j++) {
            if (row[j] == row[index[i]])
                index[i] = (int32_t)j;
        }
    }
    return status;
}

static const struct mutant mutants[] = {
    {"scalar functions with an FMA name", "bits", "lw_linear_forward", edit_wrong_set, NULL},
    {"scalar functions with an FMA name", "bits", "lw_vector_exp", edit_wrong_set, NULL},
    {"scalar functions with an FMA name", "dispatch", "lw_vector_exp", edit_wrong_set, NULL},
    {"ReLU loses NaN", "special_vectors", NULL, edit_relu_nan, NULL},
    {"ReLU gives -0", "special_vectors", NULL, edit_relu_zero, NULL},
    {"derivative missing", "bounded", "lw_activate_backward", edit_derivative, NULL},
    {"exp an ulp more off", "ulp", NULL, edit_exp_accuracy, NULL},
    {"exp reads on", "memory", "lw_vector_exp", edit_exp_reads_on, NULL},
    {"scale writes on", "memory", "lw_vector_scale", edit_scale_writes_on, NULL},
    {"sums of columns restarted", "exact", "lw_column_sums", edit_column_sums, NULL},
    {"sums of columns restarted", "chains", NULL, edit_column_sums, NULL},
    {"second part left out", "bounded", "lw_activate", edit_parts, NULL},
    {"squares summed in order", "bits", "lw_vector_sum_squares", edit_sum_order, NULL},
    {"maximum not subtracted", "bounded", "lw_softmax", edit_softmax_max, NULL},
    {"maximum not subtracted", "special_rows", NULL, edit_softmax_max, NULL},
    {"first chunk only", "bounded", "lw_log_softmax", edit_chunk, NULL},
    {"dot product of another row", "exact", "lw_softmax_backward", edit_row_of_block, NULL},
    {"tanh cancels near 0", "ulp", NULL, edit_tanh, NULL},
    {"gradient of another label", "bounded", "lw_softmax_cross_entropy", edit_label, NULL},
    {"gradient of another label", "special_losses", NULL, edit_label, NULL},
    {"gradient not scaled", "bounded", "lw_sigmoid_cross_entropy", edit_loss_scale, NULL},
    {"momentum dropped", "exact", "lw_sgd_update", edit_momentum, NULL},
    {"denormal velocity kept", "special_vectors", NULL, edit_denormal, NULL},
    {"bias correction missing", "bounded", "lw_adam_update", edit_bias_correction, NULL},
    {"lerp from m for small beta1", "special_vectors", NULL, edit_lerp, NULL},
    {"NULL accepted", "errors", "lw_vector_exp", NULL, accepts_null},
    {"output written before the checks", "errors", "lw_vector_exp", NULL, writes_before_it_checks},
    {"last of equal elements", "exact", "lw_argmax", NULL, last_of_equals},
};
const struct mutant_list mutants_of_the_rest = {mutants, sizeof mutants / sizeof *mutants};
