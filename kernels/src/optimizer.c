/* Optimizer updates of parameter vectors. */
#include "optimizer.h"

#include "argument.h"
#include "dispatch.h"
#include "threads.h"

#include <math.h>
#include <string.h>

/* Threads process multiples of this many elements, so that no cache line is split. */
enum { LINE = 16 };

struct update_job {
    const struct lw_isa *isa;
    const lw_sgd_update_params *sgd;
    struct lw_adam_coefficients adam;
    const float *g;
    float *w, *m, *v;
};

/* m_name is the name of m in kernels.h. */
static lw_status check(const char *name, size_t n, const float *g, const float *w,
                       const char *m_name, const float *m, const float *v)
{
    const struct lw_operand gradient = lw_vector_operand("g", g, n);
    const struct lw_operand weights = lw_vector_operand("w", w, n);
    const struct lw_operand first = lw_optional_operand(lw_vector_operand(m_name, m, n));
    const struct lw_operand second = lw_optional_operand(lw_vector_operand("v", v, n));
    lw_status status =
        lw_check_output(name, &weights, (struct lw_operand[]){gradient, first, second}, 3);
    if (status == LW_OK)
        status = lw_check_output(name, &first, (struct lw_operand[]){gradient, second}, 2);
    if (status == LW_OK)
        status = lw_check_output(name, &second, &gradient, 1);
    return status;
}

static void sgd_range(const void *argument, size_t begin, size_t end)
{
    const struct update_job *job = argument;
    job->isa->sgd_update(end - begin, job->sgd, job->g + begin, job->w + begin,
                         job->v ? job->v + begin : NULL);
}

lw_status lw_check_sgd(const char *function, const lw_sgd_update_params *params, int has_velocity)
{
    if (!params)
        return lw_fail(LW_EINVAL, "%s: params is NULL", function);
    if (params->nesterov && params->momentum == 0.0f)
        return lw_fail(LW_EINVAL, "%s: nesterov needs momentum", function);
    if (params->momentum != 0.0f && !has_velocity)
        return lw_fail(LW_EINVAL, "%s: momentum needs velocity, which is NULL", function);
    return LW_OK;
}

lw_status lw_sgd_update(size_t n, const lw_sgd_update_params *params, const float *g, float *w,
                        float *velocity)
{
    static const char name[] = "lw_sgd_update";
    lw_status status = lw_check_sgd(name, params, velocity || n == 0);
    if (status == LW_OK)
        status = check(name, n, g, w, "velocity", velocity, NULL);
    if (status != LW_OK || n == 0)
        return status;
    const struct update_job job = {
        .isa = lw_isa_current(), .sgd = params, .g = g, .w = w, .v = velocity};
    lw_parallel_for(n, LINE, (double)n, sgd_range, &job);
    return LW_OK;
}

static void adam_range(const void *argument, size_t begin, size_t end)
{
    const struct update_job *job = argument;
    job->isa->adam_update(end - begin, &job->adam, job->g + begin, job->w + begin, job->m + begin,
                          job->v + begin);
}

/* By squaring: the last bit of pow depends on the C library and the CPU. The error is negligible in
 * floats: at most t 2^-52 beta^t, which is below 2^-29 (1 - beta^t) for any float beta. */
static double power(double beta, uint64_t t)
{
    double power = 1.0;
    for (; t > 0; t /= 2) {
        if (t % 2)
            power *= beta;
        beta *= beta;
    }
    return power;
}

static struct lw_adam_coefficients make_adam_coefficients(const lw_adam_update_params *p)
{
    const double beta1 = (double)p->beta1, beta2 = (double)p->beta2;
    const double rate = (double)p->learning_rate, decay = (double)p->weight_decay;
    /* As in PyTorch's lerp: a float, and from 0.5 on the interpolation starts at the gradient. */
    const float lerp_weight = (float)(1.0 - beta1);
    const struct lw_adam_coefficients step = {
        .lerp_weight = lerp_weight < 0.5f ? lerp_weight : lerp_weight - 1.0f,
        .beta2 = p->beta2,
        .one_minus_beta2 = (float)(1.0 - beta2),
        .step_size = (float)(rate / (1.0 - power(beta1, p->step))),
        .inv_sqrt_bias_correction2 = (float)(1.0 / sqrt(1.0 - power(beta2, p->step))),
        .epsilon = p->epsilon,
        .gradient_decay = p->decoupled ? 0.0f : p->weight_decay,
        .weight_factor = p->decoupled ? (float)(1.0 - rate * decay) : 1.0f,
    };
    return step;
}

struct lw_adam_coefficients lw_adam_coefficients_of(const lw_adam_update_params *params)
{
    static _Thread_local lw_adam_update_params last;
    static _Thread_local struct lw_adam_coefficients step;
    /* A step counts from 1, so the initial `last` never matches. Unequal padding only repeats the
     * computation. */
    /* NOLINTNEXTLINE(*-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c): the same */
    if (memcmp(&last, params, sizeof last) != 0) {
        step = make_adam_coefficients(params);
        last = *params;
    }
    return step;
}

static int is_fraction(float x)
{
    return x >= 0.0f && x < 1.0f;
}

lw_status lw_check_adam(const char *function, const lw_adam_update_params *params)
{
    if (!params)
        return lw_fail(LW_EINVAL, "%s: params is NULL", function);
    if (params->step == 0)
        return lw_fail(LW_EINVAL, "%s: step counts from 1", function);
    if (!is_fraction(params->beta1) || !is_fraction(params->beta2))
        return lw_fail(LW_EINVAL, "%s: beta1 %g or beta2 %g is outside [0, 1)", function,
                       (double)params->beta1, (double)params->beta2);
    return LW_OK;
}

lw_status lw_adam_update(size_t n, const lw_adam_update_params *params, const float *g, float *w,
                         float *m, float *v)
{
    static const char name[] = "lw_adam_update";
    lw_status status = lw_check_adam(name, params);
    if (status == LW_OK && n > 0 && (!m || !v))
        status = lw_fail(LW_EINVAL, "%s: m or v is NULL", name);
    if (status == LW_OK)
        status = check(name, n, g, w, "m", m, v);
    if (status != LW_OK || n == 0)
        return status;
    const struct update_job job = {.isa = lw_isa_current(),
                                   .adam = lw_adam_coefficients_of(params),
                                   .g = g,
                                   .w = w,
                                   .m = m,
                                   .v = v};
    lw_parallel_for(n, LINE, LW_WORK_MATH * (double)n, adam_range, &job);
    return LW_OK;
}

void lw_update_vector(const struct lw_isa *isa, const struct lw_tile_update *update, size_t n,
                      const float *g, float *w, float *m, float *v)
{
    if (update->sgd)
        isa->sgd_update(n, update->sgd, g, w, m);
    else
        isa->adam_update(n, update->adam, g, w, m, v);
}

void lw_update_bias(const struct lw_isa *isa, const struct lw_tile_update *update, size_t rows,
                    const float *dz, size_t lddz, size_t first, size_t count, float *bias)
{
    enum { CHUNK = 512 };
    float sums[CHUNK];
    float *const m = update->bias_m, *const v = update->bias_v;
    for (size_t i = first, n; i < first + count; i += n) {
        n = first + count - i < CHUNK ? first + count - i : CHUNK;
        isa->column_sums(rows, n, rows > 0 ? dz + i : NULL, lddz, 0, sums);
        lw_update_vector(isa, update, n, sums, bias + i, m ? m + i : NULL, v ? v + i : NULL);
    }
}
