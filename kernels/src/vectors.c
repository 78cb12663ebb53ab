/* The vector functions: exp, log, scaling, sum of squares. */
#include "argument.h"
#include "dispatch.h"
#include "threads.h"

/* Threads process multiples of this many elements, so that no vector and no cache line is split. */
enum { LINE = 16 };

struct vector_job {
    const struct lw_isa *isa;
    const float *x;
    float *y;
    float factor;
};

static lw_status check_map(const char *function, size_t n, const float *x, const float *y)
{
    const struct lw_operand from = lw_vector_operand("x", x, n), to = lw_vector_operand("y", y, n);
    return lw_check_in_place(function, &to, &from, 1);
}

static void run(const struct vector_job *job, size_t n, int work, lw_parallel_body body)
{
    lw_parallel_for(n, LINE, work * (double)n, body, job);
}

static void exp_range(const void *argument, size_t begin, size_t end)
{
    const struct vector_job *job = argument;
    job->isa->exp(end - begin, job->x + begin, job->y + begin);
}

static void log_range(const void *argument, size_t begin, size_t end)
{
    const struct vector_job *job = argument;
    job->isa->log(end - begin, job->x + begin, job->y + begin);
}

static lw_status map(const char *name, size_t n, const float *x, float *y, lw_parallel_body body)
{
    const lw_status status = check_map(name, n, x, y);
    if (status != LW_OK || n == 0)
        return status;
    const struct vector_job job = {.isa = lw_isa_current(), .x = x, .y = y};
    run(&job, n, LW_WORK_MATH, body);
    return LW_OK;
}

lw_status lw_vector_exp(size_t n, const float *x, float *y)
{
    return map("lw_vector_exp", n, x, y, exp_range);
}

lw_status lw_vector_log(size_t n, const float *x, float *y)
{
    return map("lw_vector_log", n, x, y, log_range);
}

static void scale_range(const void *argument, size_t begin, size_t end)
{
    const struct vector_job *job = argument;
    job->isa->scale(end - begin, job->factor, job->y + begin);
}

lw_status lw_vector_scale(size_t n, float factor, float *x)
{
    const struct lw_operand vector = lw_vector_operand("x", x, n);
    const lw_status status = lw_check_operand("lw_vector_scale", &vector);
    if (status != LW_OK || n == 0)
        return status;
    const struct vector_job job = {.isa = lw_isa_current(), .y = x, .factor = factor};
    run(&job, n, 1, scale_range);
    return LW_OK;
}

lw_status lw_vector_sum_squares(size_t n, const float *x, double *sum)
{
    enum { BLOCK = 1024 };
    const struct lw_operand vector = lw_vector_operand("x", x, n);
    /* A double has the size of two floats. */
    const struct lw_operand result = lw_vector_operand("sum", sum, 2);
    const lw_status status = lw_check_output("lw_vector_sum_squares", &result, &vector, 1);
    if (status != LW_OK)
        return status;
    const struct lw_isa *isa = lw_isa_current();
    double total = 0.0;
    for (size_t i = 0; i < n; i += BLOCK)
        total += (double)isa->sum_squares(n - i < BLOCK ? n - i : BLOCK, x + i);
    *sum = total;
    return LW_OK;
}
