#include "mutants.h"

#include <math.h>
#include <omp.h>
#include <string.h>

static const struct lw_isa *good;

void mutants_base(const struct lw_isa *isa)
{
    good = isa;
}

/* ---- Products ---- */

static void last_k_dropped(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.kc -= broken.kc > 0;
    good->gemm_strip(&broken);
}
static void edit_last_k(struct lw_isa *isa)
{
    isa->gemm_strip = last_k_dropped;
}

static void bias_missing(const struct lw_strip *strip)
{
    struct lw_tile_end end = *strip->end;
    struct lw_strip broken = *strip;
    end.bias = NULL;
    broken.end = &end;
    good->gemm_strip(&broken);
}
static void edit_bias(struct lw_isa *isa)
{
    isa->gemm_strip = bias_missing;
}

static void tail_short(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.n -= broken.n > 1 && broken.n < good->tile_nr;
    good->gemm_strip(&broken);
}
static void edit_tail(struct lw_isa *isa)
{
    isa->gemm_strip = tail_short;
}

static void starts_from_zero(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.add_to_c = 0;
    good->gemm_strip(&broken);
}
static void edit_add_to_c(struct lw_isa *isa)
{
    isa->gemm_strip = starts_from_zero;
}

static void always_reads_c(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.add_to_c = 1;
    good->gemm_strip(&broken);
}
static void edit_reads_c(struct lw_isa *isa)
{
    isa->gemm_strip = always_reads_c;
}

static void dot_last_dropped(const struct lw_dots *dots)
{
    struct lw_dots broken = *dots;
    broken.k--;
    good->gemm_dots(&broken);
}
static void edit_dot_last(struct lw_isa *isa)
{
    isa->gemm_dots = dot_last_dropped;
}

static void dot_not_added(const struct lw_dots *dots)
{
    struct lw_dots broken = *dots;
    broken.add_to_c = 0;
    good->gemm_dots(&broken);
}
static void edit_dot_add(struct lw_isa *isa)
{
    isa->gemm_dots = dot_not_added;
}

static void dot_column_dropped(const struct lw_dots *dots)
{
    struct lw_dots broken = *dots;
    broken.n -= broken.n > 1;
    good->gemm_dots(&broken);
}
static void edit_dot_column(struct lw_isa *isa)
{
    isa->gemm_dots = dot_column_dropped;
}

static void dot_rows_dropped(const struct lw_dots *dots)
{
    struct lw_dots broken = *dots;
    broken.m -= broken.m > 16 ? broken.m % 16 : 0;
    good->gemm_dots(&broken);
}
static void edit_dot_rows(struct lw_isa *isa)
{
    isa->gemm_dots = dot_rows_dropped;
}

static void short_last_k_dropped(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.kc -= broken.kc > 1 && broken.b_row != 0;
    good->gemm_short(&broken);
}
static void edit_short_last_k(struct lw_isa *isa)
{
    isa->gemm_short = short_last_k_dropped;
}

/* Columns of B side by side taken for its rows; nothing else is read. */
static void short_not_unzipped(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.b_row += broken.b_row == 0 ? broken.n : 0;
    good->gemm_short(&broken);
}
static void edit_short_unzip(struct lw_isa *isa)
{
    isa->gemm_short = short_not_unzipped;
}

static void short_starts_from_zero(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.add_to_c = 0;
    good->gemm_short(&broken);
}
static void edit_short_add_to_c(struct lw_isa *isa)
{
    isa->gemm_short = short_starts_from_zero;
}

static void short_bias_missing(const struct lw_strip *strip)
{
    struct lw_tile_end end = *strip->end;
    struct lw_strip broken = *strip;
    end.bias = NULL;
    broken.end = &end;
    good->gemm_short(&broken);
}
static void edit_short_bias(struct lw_isa *isa)
{
    isa->gemm_short = short_bias_missing;
}

/* Only where the rows of C lie side by side and vectors may run across their ends. */
static int is_narrow_and_large(const struct lw_strip *strip)
{
    return strip->n == strip->ldc && strip->n < good->lanes && strip->m * strip->n >= 4096;
}

static void flat_last_row_dropped(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    broken.m -= is_narrow_and_large(strip) ? 1 : 0;
    good->gemm_short(&broken);
}
static void edit_flat_last_row(struct lw_isa *isa)
{
    isa->gemm_short = flat_last_row_dropped;
}

static void flat_reads_on(const struct lw_strip *strip)
{
    good->gemm_short(strip);
    if (is_narrow_and_large(strip)) {
        const volatile float beyond = *(const volatile float *)(strip->a + strip->m * strip->a_row);
        (void)beyond;
    }
}
static void edit_flat_reads_on(struct lw_isa *isa)
{
    isa->gemm_short = flat_reads_on;
}

/* A panel's last float lost, as by whole vectors written in another order. */
static void b_one_short(size_t kc, size_t n, const float *b, size_t row, size_t col, float *packed)
{
    good->pack_b(kc, n, b, row, col, packed);
    packed[(kc - 1) * good->tile_nr + (n < good->tile_nr ? n : good->tile_nr) - 1] = 0.0f;
}
static void edit_b_one_short(struct lw_isa *isa)
{
    isa->pack_b = b_one_short;
}

static void a_one_short(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                        float *packed)
{
    good->pack_a(m, kc, a, row, col, alpha, packed);
    packed[(kc - 1) * good->tile_mr + (m < good->tile_mr ? m : good->tile_mr) - 1] = 0.0f;
}
static void edit_a_one_short(struct lw_isa *isa)
{
    isa->pack_a = a_one_short;
}

/* What the last step of a panel writes past its width spoils the next panel. */
static void a_spoils_next(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                          float *packed)
{
    good->pack_a(m, kc, a, row, col, alpha, packed);
    for (size_t next = good->tile_mr; next < m; next += good->tile_mr)
        packed[next * kc] = 0.0f;
}
static void edit_a_spoils_next(struct lw_isa *isa)
{
    isa->pack_a = a_spoils_next;
}

/* A strip of B multiplied but not packed on the way. */
static void not_packed_on_the_way(const struct lw_strip *strip)
{
    struct lw_strip broken = *strip;
    good->gemm_strip(&broken);
    if (strip->packed)
        memset(strip->packed, 0, strip->kc * good->tile_nr * sizeof *strip->packed);
}
static void edit_not_packed(struct lw_isa *isa)
{
    isa->gemm_strip = not_packed_on_the_way;
}

/* A tile that reaches up into rows above, although it adds to them. */
static void last_rows_added(const struct lw_strip *strip)
{
    struct lw_strip first = *strip;
    const size_t rest = strip->m % good->tile_mr;
    good->gemm_strip(strip);
    if (strip->add_to_c || rest == 0 || strip->m < good->tile_mr ||
        strip->end->kind != LW_END_STORE || strip->a_col != 1)
        return;
    first.a += (strip->m / good->tile_mr - 1) * strip->a_tile;
    first.c += (strip->m / good->tile_mr - 1) * good->tile_mr * strip->ldc;
    first.m = good->tile_mr;
    first.packed = NULL;
    first.add_to_c = 1;
    good->gemm_strip(&first);
}
static void edit_last_rows(struct lw_isa *isa)
{
    isa->gemm_strip = last_rows_added;
}

/* Two sums over the halves of k, added: as exact on eighths, but other bits. */
static void k_split(const struct lw_strip *strip)
{
    enum { MOST = 512 * 32 };
    const size_t half = strip->kc / 2, nr = good->tile_nr;
    struct lw_strip first = *strip, second = *strip;
    float sum[MOST];
    if (strip->end->kind != LW_END_STORE || half == 0 || strip->m * nr > MOST) {
        good->gemm_strip(strip);
        return;
    }
    first.kc = half;
    second.kc -= half;
    second.a += half * strip->a_col;
    second.b += half * strip->b_row;
    second.c = sum;
    second.ldc = nr;
    second.add_to_c = 0;
    good->gemm_strip(&first);
    good->gemm_strip(&second);
    for (size_t i = 0; i < strip->m; i++) {
        for (size_t j = 0; j < strip->n; j++)
            strip->c[i * strip->ldc + j] += sum[i * nr + j];
    }
}
static void edit_k_split(struct lw_isa *isa)
{
    isa->gemm_strip = k_split;
}

/* The same, but only where several threads share the product. */
static void k_split_by_threads(const struct lw_strip *strip)
{
    (omp_get_num_threads() > 2 ? k_split : good->gemm_strip)(strip);
}
static void edit_k_split_by_threads(struct lw_isa *isa)
{
    isa->gemm_strip = k_split_by_threads;
}

static void writes_padding(const struct lw_strip *strip)
{
    good->gemm_strip(strip);
    if (strip->m > 1 && strip->n < strip->ldc)
        strip->c[strip->n] = 0.0f;
}
static void edit_writes_padding(struct lw_isa *isa)
{
    isa->gemm_strip = writes_padding;
}

static void alpha_ignored(size_t m, size_t kc, const float *a, size_t row, size_t col, float alpha,
                          float *packed)
{
    (void)alpha;
    good->pack_a(m, kc, a, row, col, 1.0f, packed);
}
static void edit_alpha(struct lw_isa *isa)
{
    isa->pack_a = alpha_ignored;
}

/* Rows for columns; within the square that both orders have, so that nothing else is read. */
static void strides_swapped(size_t kc, size_t n, const float *b, size_t row, size_t col,
                            float *packed)
{
    const size_t square = kc < n ? kc : n;
    good->pack_b(kc, n, b, row, col, packed);
    for (size_t p = 0; p < square; p++) {
        for (size_t j = 0; j < square && j < good->tile_nr; j++)
            packed[p * good->tile_nr + j] = b[j * row + p * col];
    }
}
static void edit_strides(struct lw_isa *isa)
{
    isa->pack_b = strides_swapped;
}

/* Scalar functions under the name of an FMA set. */
static void edit_wrong_set(struct lw_isa *isa)
{
    const char *name = isa->name;
    *isa = *lw_isa_find("scalar");
    isa->name = name;
}

/* ---- Vectors ---- */

static void relu_without_nan(lw_activation activation, size_t n, const float *x, float *y)
{
    good->activate(activation, n, x, y);
    for (size_t i = 0; activation == LW_RELU && i < n; i++)
        y[i] = y[i] > 0.0f ? y[i] : 0.0f;
}
static void edit_relu_nan(struct lw_isa *isa)
{
    isa->activate = relu_without_nan;
}

static void relu_of_minus_zero(lw_activation activation, size_t n, const float *x, float *y)
{
    good->activate(activation, n, x, y);
    for (size_t i = 0; activation == LW_RELU && i < n; i++)
        y[i] = y[i] == 0.0f ? -0.0f : y[i];
}
static void edit_relu_zero(struct lw_isa *isa)
{
    isa->activate = relu_of_minus_zero;
}

static void derivative_missing(lw_activation activation, size_t n, const float *saved,
                               const float *dy, float *dz)
{
    good->activate_backward(activation == LW_TANH ? LW_LINEAR : activation, n, saved, dy, dz);
}
static void edit_derivative(struct lw_isa *isa)
{
    isa->activate_backward = derivative_missing;
}

static void exp_inaccurate(size_t n, const float *x, float *y)
{
    good->exp(n, x, y);
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
    good->exp(n, x, y);
}
static void edit_exp_reads_on(struct lw_isa *isa)
{
    isa->exp = exp_reads_on;
}

static void scale_writes_on(size_t n, float factor, float *x)
{
    good->scale(n, factor, x);
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

/* ---- Rows and losses ---- */

static void softmax_without_max(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                                size_t ldy)
{
    for (size_t i = 0; i < rows; i++) {
        float *const row = y + i * ldy;
        float sum = 0.0f;
        good->exp(cols, x + i * ldx, row);
        for (size_t j = 0; j < cols; j++)
            sum += row[j];
        good->scale(cols, 1.0f / sum, row);
    }
}
static void edit_softmax_max(struct lw_isa *isa)
{
    isa->softmax_rows = softmax_without_max;
}

/* Narrow rows are done in chunks of about 1000 elements. */
static void first_chunk_only(size_t rows, size_t cols, const float *x, size_t ldx, float *y,
                             size_t ldy)
{
    const size_t chunk = 1024 / cols;
    good->log_softmax_rows(cols <= 16 && rows > chunk ? chunk : rows, cols, x, ldx, y, ldy);
}
static void edit_chunk(struct lw_isa *isa)
{
    isa->log_softmax_rows = first_chunk_only;
}

/* What belongs to one row of a block is given to its neighbour. */
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
    good->activate(activation, n, x, y);
    for (size_t i = 0; activation == LW_TANH && i < n; i++)
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
            good->cross_entropy_rows(1, cols, x + i * ldx, ldx, &labels[i], scale, &loss[i], NULL,
                                     0);
        if (g)
            good->cross_entropy_rows(1, cols, x + i * ldx, ldx, &next, scale, NULL, g + i * ldg,
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
    good->sigmoid_cross_entropy_rows(rows, cols, x, ldx, t, ldt, 1.0f, loss, g, ldg);
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
    good->sgd_update(n, &without, g, w, velocity);
}
static void edit_momentum(struct lw_isa *isa)
{
    isa->sgd_update = momentum_dropped;
}

static void bias_uncorrected(size_t n, const struct lw_adam_step *step, const float *g, float *w,
                             float *m, float *v)
{
    struct lw_adam_step uncorrected = *step;
    uncorrected.root_correction = 1.0f;
    good->adam_update(n, &uncorrected, g, w, m, v);
}
static void edit_bias_correction(struct lw_isa *isa)
{
    isa->adam_update = bias_uncorrected;
}

/* ---- Whole functions: what is above the tables ---- */

static lw_status accepts_null(const struct problem *p)
{
    return p->operand[0].data ? lw_exp(p->n, p->operand[0].data, p->operand[1].data) : LW_OK;
}

static lw_status writes_before_it_checks(const struct problem *p)
{
    if (p->operand[1].data)
        ((float *)p->operand[1].data)[0] = 0.0f;
    return operation_find("lw_exp")->call(p);
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

const struct mutant mutants[] = {
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
    {"last k of a short product dropped", "exact", "lw_linear_forward", edit_short_last_k, NULL},
    {"last k of a short product dropped", "chains", NULL, edit_short_last_k, NULL},
    {"short B not unzipped", "exact", "lw_sgemm", edit_short_unzip, NULL},
    {"short B not unzipped", "chains", NULL, edit_short_unzip, NULL},
    {"short B not unzipped", "bits", "lw_linear_backward_input", edit_short_unzip, NULL},
    {"short product not added to C", "exact", "lw_sgemm", edit_short_add_to_c, NULL},
    {"bias of a short product missing", "bounded", "lw_linear_forward", edit_short_bias, NULL},
    {"last narrow row dropped", "exact", "lw_sgemm", edit_flat_last_row, NULL},
    {"last narrow row dropped", "threads", "lw_linear_forward", edit_flat_last_row, NULL},
    {"last narrow row dropped", "bits", "lw_sgemm", edit_flat_last_row, NULL},
    {"A read on behind narrow rows", "memory", "lw_sgemm", edit_flat_reads_on, NULL},
    {"B packed one float short", "exact", "lw_sgemm", edit_b_one_short, NULL},
    {"B packed one float short", "packed", NULL, edit_b_one_short, NULL},
    {"A packed one float short", "exact", "lw_sgemm", edit_a_one_short, NULL},
    {"next panel of A spoilt", "exact", "lw_sgemm", edit_a_spoils_next, NULL},
    {"B not packed with its first tile", "exact", "lw_linear_forward", edit_not_packed, NULL},
    {"rows reached up to added to", "exact", "lw_sgemm", edit_last_rows, NULL},
    {"scalar behind an FMA name", "bits", "lw_linear_forward", edit_wrong_set, NULL},
    {"scalar behind an FMA name", "bits", "lw_exp", edit_wrong_set, NULL},
    {"scalar behind an FMA name", "dispatch", "lw_exp", edit_wrong_set, NULL},
    {"ReLU loses NaN", "special_vectors", NULL, edit_relu_nan, NULL},
    {"ReLU gives -0", "special_vectors", NULL, edit_relu_zero, NULL},
    {"derivative missing", "bounded", "lw_activate_backward", edit_derivative, NULL},
    {"exp an ulp more off", "ulp", NULL, edit_exp_accuracy, NULL},
    {"exp reads on", "memory", "lw_exp", edit_exp_reads_on, NULL},
    {"scale writes on", "memory", "lw_scale", edit_scale_writes_on, NULL},
    {"squares summed in order", "bits", "lw_sum_squares", edit_sum_order, NULL},
    {"maximum not subtracted", "bounded", "lw_softmax", edit_softmax_max, NULL},
    {"maximum not subtracted", "special_rows", NULL, edit_softmax_max, NULL},
    {"first chunk only", "bounded", "lw_log_softmax", edit_chunk, NULL},
    {"dot product of another row", "exact", "lw_softmax_backward", edit_row_of_block, NULL},
    {"tanh cancels near 0", "ulp", NULL, edit_tanh, NULL},
    {"gradient of another label", "bounded", "lw_softmax_cross_entropy", edit_label, NULL},
    {"gradient of another label", "special_losses", NULL, edit_label, NULL},
    {"gradient not scaled", "bounded", "lw_sigmoid_cross_entropy", edit_loss_scale, NULL},
    {"momentum dropped", "exact", "lw_sgd_update", edit_momentum, NULL},
    {"bias correction missing", "bounded", "lw_adam_update", edit_bias_correction, NULL},
    {"NULL accepted", "errors", "lw_exp", NULL, accepts_null},
    {"output written before the checks", "errors", "lw_exp", NULL, writes_before_it_checks},
    {"last of equal elements", "exact", "lw_argmax", NULL, last_of_equals},
};
const size_t mutant_count = sizeof mutants / sizeof *mutants;
