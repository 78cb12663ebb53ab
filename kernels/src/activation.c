/* Activations: names, properties of their derivatives, and the elementwise functions. */
#include "activation.h"

#include "argument.h"
#include "dispatch.h"
#include "threads.h"

/* Threads take multiples of this many elements, so that no vector and no cache line is split. */
enum { LINE = 16 };

struct activation_job {
    const struct lw_isa *isa;
    lw_activation activation;
    const float *x, *saved;
    float *y;
};

int lw_activation_is_elementwise(lw_activation activation)
{
    return lw_is_elementwise(activation);
}

int lw_activation_saves_input(lw_activation activation)
{
    return lw_saves_input(activation);
}

lw_status lw_check_elementwise(const char *function, lw_activation activation)
{
    if (!lw_is_elementwise(activation))
        return lw_fail(LW_EINVAL, "%s: activation %d is not elementwise", function,
                       (int)activation);
    return LW_OK;
}

static void run(const struct activation_job *job, size_t n, lw_parallel_body body)
{
    lw_parallel_for(n, LINE, lw_activation_work(job->activation) * (double)n, body, job);
}

static void activate_range(const void *argument, size_t begin, size_t end)
{
    const struct activation_job *job = argument;
    job->isa->activate(job->activation, end - begin, job->x + begin, job->y + begin);
}

lw_status lw_activate(lw_activation activation, size_t n, const float *x, float *y)
{
    const struct lw_operand from = lw_vector_operand("x", x, n), to = lw_vector_operand("y", y, n);
    lw_status status = lw_check_elementwise("lw_activate", activation);
    if (status == LW_OK)
        status = lw_check_in_place("lw_activate", &to, &from, 1);
    if (status != LW_OK || n == 0)
        return status;
    const struct activation_job job = {
        .isa = lw_isa_current(), .activation = activation, .x = x, .y = y};
    run(&job, n, activate_range);
    return LW_OK;
}

static void backward_range(const void *argument, size_t begin, size_t end)
{
    const struct activation_job *job = argument;
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
    const struct activation_job job = {
        .isa = lw_isa_current(), .activation = activation, .x = dy, .saved = saved, .y = dz};
    run(&job, n, backward_range);
    return LW_OK;
}
