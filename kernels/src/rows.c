/* Functions of matrix rows: softmax and relatives, column sums, argmax. */
#include "argument.h"
#include "dispatch.h"
#include "threads.h"

#include <math.h>

/* Threads process multiples of this many rows, so that blocks of short rows are full. */
enum { BLOCK = 16 };

struct row_job {
    const struct lw_isa *isa;
    size_t rows, cols;
    const float *x, *dy;
    size_t ldx, lddy;
    float *y;
    size_t ldy;
    int32_t *index;
    float beta;
};

static void run(const struct row_job *job, lw_parallel_body body)
{
    const double work = LW_WORK_ROW + LW_WORK_ROWS * (double)job->cols;
    if (job->rows > 0 && job->cols > 0)
        lw_parallel_for(job->rows, BLOCK, (double)job->rows * work, body, job);
}

static void softmax_range(const void *argument, size_t begin, size_t end)
{
    const struct row_job *job = argument;
    job->isa->softmax_rows(end - begin, job->cols, job->x + begin * job->ldx, job->ldx,
                           job->y + begin * job->ldy, job->ldy);
}

static void log_softmax_range(const void *argument, size_t begin, size_t end)
{
    const struct row_job *job = argument;
    job->isa->log_softmax_rows(end - begin, job->cols, job->x + begin * job->ldx, job->ldx,
                               job->y + begin * job->ldy, job->ldy);
}

static lw_status map_rows(const char *name, size_t rows, size_t cols, const float *x, size_t ldx,
                          float *y, size_t ldy, lw_parallel_body body)
{
    const struct lw_operand from = {"x", x, rows, cols, ldx}, to = {"y", y, rows, cols, ldy};
    const lw_status status = lw_check_in_place(name, &to, &from, 1);
    if (status != LW_OK)
        return status;
    const struct row_job job = {.isa = lw_isa_current(),
                                .rows = rows,
                                .cols = cols,
                                .x = x,
                                .ldx = ldx,
                                .y = y,
                                .ldy = ldy};
    run(&job, body);
    return LW_OK;
}

lw_status lw_softmax(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ldy)
{
    return map_rows("lw_softmax", rows, cols, x, ldx, y, ldy, softmax_range);
}

lw_status lw_log_softmax(size_t rows, size_t cols, const float *x, size_t ldx, float *y, size_t ldy)
{
    return map_rows("lw_log_softmax", rows, cols, x, ldx, y, ldy, log_softmax_range);
}

static void softmax_backward_range(const void *argument, size_t begin, size_t end)
{
    const struct row_job *job = argument;
    job->isa->softmax_backward_rows(end - begin, job->cols, job->x + begin * job->ldx, job->ldx,
                                    job->dy + begin * job->lddy, job->lddy,
                                    job->y + begin * job->ldy, job->ldy);
}

lw_status lw_softmax_backward(size_t rows, size_t cols, const float *y, size_t ldy, const float *dy,
                              size_t lddy, float *dz, size_t lddz)
{
    static const char name[] = "lw_softmax_backward";
    const struct lw_operand to = {"dz", dz, rows, cols, lddz}, output = {"y", y, rows, cols, ldy};
    const struct lw_operand gradient = {"dy", dy, rows, cols, lddy};
    lw_status status = lw_check_output(name, &to, &output, 1);
    if (status == LW_OK)
        status = lw_check_in_place(name, &to, &gradient, 1);
    if (status != LW_OK)
        return status;
    const struct row_job job = {.isa = lw_isa_current(),
                                .rows = rows,
                                .cols = cols,
                                .x = y,
                                .ldx = ldy,
                                .dy = dy,
                                .lddy = lddy,
                                .y = dz,
                                .ldy = lddz};
    run(&job, softmax_backward_range);
    return LW_OK;
}

/* Partitioned by columns: the sum over rows is never split. */
static void column_sums_range(const void *argument, size_t begin, size_t end)
{
    const struct row_job *job = argument;
    job->isa->column_sums(job->rows, end - begin, job->x + begin, job->ldx, job->beta != 0.0f,
                          job->y + begin);
}

lw_status lw_column_sums(size_t rows, size_t cols, const float *x, size_t ldx, float beta,
                         float *out)
{
    static const char name[] = "lw_column_sums";
    if (beta != 0.0f && beta != 1.0f)
        return lw_fail(LW_EINVAL, "%s: beta is 0 or 1", name);
    const struct lw_operand to = lw_vector_operand("out", out, cols);
    const struct lw_operand from = {"x", x, rows, cols, ldx};
    const lw_status status = lw_check_output(name, &to, &from, 1);
    if (status != LW_OK || cols == 0)
        return status;
    const struct row_job job = {.isa = lw_isa_current(),
                                .rows = rows,
                                .cols = cols,
                                .x = x,
                                .ldx = ldx,
                                .y = out,
                                .beta = beta};
    lw_parallel_for(cols, 16, (double)rows * (double)cols, column_sums_range, &job);
    return LW_OK;
}

static int32_t largest_column(size_t cols, const float *x)
{
    size_t best = 0;
    for (size_t j = 1; j < cols && !isnan(x[best]); j++) {
        if (x[j] > x[best] || isnan(x[j]))
            best = j;
    }
    return (int32_t)best;
}

static void argmax_range(const void *argument, size_t begin, size_t end)
{
    const struct row_job *job = argument;
    for (size_t i = begin; i < end; i++)
        job->index[i] = largest_column(job->cols, job->x + i * job->ldx);
}

lw_status lw_argmax(size_t rows, size_t cols, const float *x, size_t ldx, int32_t *index)
{
    static const char name[] = "lw_argmax";
    if ((rows > 0 && cols == 0) || cols > INT32_MAX)
        return lw_fail(LW_EINVAL, "%s: %zu columns", name, cols);
    const struct lw_operand to = lw_vector_operand("index", index, rows);
    const struct lw_operand from = {"x", x, rows, cols, ldx};
    const lw_status status = lw_check_output(name, &to, &from, 1);
    if (status != LW_OK)
        return status;
    const struct row_job job = {
        .isa = lw_isa_current(), .rows = rows, .cols = cols, .x = x, .ldx = ldx, .index = index};
    run(&job, argmax_range);
    return LW_OK;
}
