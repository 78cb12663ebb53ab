/* The vector functions: activations, exp, log, scaling, sum of squares. */
#include "argument.h"
#include "dispatch.h"
#include "threads.h"

/* Shares begin at multiples of this, so that no vector and no cache line is split. */
enum { LINE = 16 };

struct vector_job {
    const struct lw_isa *isa;
    lw_activation activation;
    const float *x, *saved;
    float *y;
    float factor;
};

int lw_activation_saves_input(lw_activation activation)
{
    return activation == LW_ACTIVATION_GELU || activation == LW_ACTIVATION_SILU;
}

static lw_status check_map(const char *function, size_t n, const float *x, const float *y)
{
    const struct lw_operand from = lw_vector_operand("x", x, n), to = lw_vector_operand("y", y, n);
    return lw_check_in_place(function, &to, &from, 1);
}

static void run(const struct vector_job *job, size_t n, int work, lw_parallel_body body)
{
    lw_parallel_for(n, LINE, work * (double)n, body, job);
}

static int activation_work(lw_activation activation)
{
    return activation <= LW_ACTIVATION_LEAKY_RELU ? 1 : LW_WORK_MATH;
}

static void activate_range(const void *argument, size_t begin, size_t end)
{
    const struct vector_job *job = argument;
    job->isa->activate(job->activation, end - begin, job->x + begin, job->y + begin);
}

lw_status lw_activate(lw_activation activation, size_t n, const float *x, float *y)
{
    lw_status status = lw_check_elementwise("lw_activate", activation);
    if (status == LW_OK)
        status = check_map("lw_activate", n, x, y);
    if (status != LW_OK || n == 0)
        return status;
    const struct vector_job job = {
        .isa = lw_isa_current(), .activation = activation, .x = x, .y = y};
    run(&job, n, activation_work(activation), activate_range);
    return LW_OK;
}

static void backward_range(const void *argument, size_t begin, size_t end)
{
    const struct vector_job *job = argument;
    job->isa->activate_backward(job->activation, end - begin,
                                job->saved ? job->saved + begin : NULL, job->x + begin,
                                job->y + begin);
}

lw_status lw_activate_backward(lw_activation activation, size_t n, const float *saved,
                               const float *dy, float *dz)
{
    static const char name[] = "lw_activate_backward";
    struct lw_operand s = lw_vector_operand("saved", saved, n);
    if (activation == LW_ACTIVATION_LINEAR)
        s = lw_optional_operand(s);
    const struct lw_operand to = lw_vector_operand("dz", dz, n);
    const struct lw_operand from = lw_vector_operand("dy", dy, n);
    lw_status status = lw_check_elementwise(name, activation);
    if (status == LW_OK)
        status = lw_check_output(name, &to, &s, 1);
    if (status == LW_OK)
        status = lw_check_in_place(name, &to, &from, 1);
    if (status != LW_OK || n == 0)
        return status;
    const struct vector_job job = {
        .isa = lw_isa_current(), .activation = activation, .x = dy, .saved = saved, .y = dz};
    run(&job, n, activation_work(activation), backward_range);
    return LW_OK;
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

lw_status lw_exp(size_t n, const float *x, float *y)
{
    return map("lw_exp", n, x, y, exp_range);
}

lw_status lw_log(size_t n, const float *x, float *y)
{
    return map("lw_log", n, x, y, log_range);
}

static void scale_range(const void *argument, size_t begin, size_t end)
{
    const struct vector_job *job = argument;
    job->isa->scale(end - begin, job->factor, job->y + begin);
}

lw_status lw_scale(size_t n, float factor, float *x)
{
    const struct lw_operand vector = lw_vector_operand("x", x, n);
    const lw_status status = lw_check_operand("lw_scale", &vector);
    if (status != LW_OK || n == 0)
        return status;
    const struct vector_job job = {.isa = lw_isa_current(), .y = x, .factor = factor};
    run(&job, n, 1, scale_range);
    return LW_OK;
}

lw_status lw_sum_squares(size_t n, const float *x, double *sum)
{
    enum { BLOCK = 1024 };
    const struct lw_operand vector = lw_vector_operand("x", x, n);
    /* A double is as long as two floats. */
    const struct lw_operand result = lw_vector_operand("sum", sum, 2);
    const lw_status status = lw_check_output("lw_sum_squares", &result, &vector, 1);
    if (status != LW_OK)
        return status;
    const struct lw_isa *isa = lw_isa_current();
    double total = 0.0;
    for (size_t i = 0; i < n; i += BLOCK)
        total += (double)isa->sum_squares(n - i < BLOCK ? n - i : BLOCK, x + i);
    *sum = total;
    return LW_OK;
}
