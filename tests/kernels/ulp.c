#include "ulp.h"

#include "reference.h"
#include "tolerance.h"

static void exp_kernel(const struct lw_isa *isa, size_t n, const float *x, float *y)
{
    isa->exp(n, x, y);
}
static void log_kernel(const struct lw_isa *isa, size_t n, const float *x, float *y)
{
    isa->log(n, x, y);
}
static void sigmoid_kernel(const struct lw_isa *isa, size_t n, const float *x, float *y)
{
    isa->activate(LW_ACTIVATION_SIGMOID, n, x, y);
}
static void tanh_kernel(const struct lw_isa *isa, size_t n, const float *x, float *y)
{
    isa->activate(LW_ACTIVATION_TANH, n, x, y);
}
static void gelu_kernel(const struct lw_isa *isa, size_t n, const float *x, float *y)
{
    isa->activate(LW_ACTIVATION_GELU, n, x, y);
}
static void silu_kernel(const struct lw_isa *isa, size_t n, const float *x, float *y)
{
    isa->activate(LW_ACTIVATION_SILU, n, x, y);
}

static double sigmoid_exact(double x)
{
    return activation_value(LW_ACTIVATION_SIGMOID, x);
}
static double gelu_exact(double x)
{
    return activation_value(LW_ACTIVATION_GELU, x);
}
static double silu_exact(double x)
{
    return activation_value(LW_ACTIVATION_SILU, x);
}

static double exp_bound(double x)
{
    (void)x;
    return EXP_ULP;
}
static double log_bound(double x)
{
    (void)x;
    return LOG_ULP;
}
static double sigmoid_bound(double x)
{
    (void)x;
    return SIGMOID_ULP;
}
static double tanh_bound(double x)
{
    (void)x;
    return TANH_ULP;
}
static double gelu_bound(double x)
{
    return activation_bound(LW_ACTIVATION_GELU, x) / ulp_at(gelu_exact(x));
}
static double silu_bound(double x)
{
    return activation_bound(LW_ACTIVATION_SILU, x) / ulp_at(silu_exact(x));
}

const struct ulp_function ulp_functions[] = {
    {"exp", exp_kernel, exp, exp_bound},
    {"log", log_kernel, log, log_bound},
    {"sigmoid", sigmoid_kernel, sigmoid_exact, sigmoid_bound},
    {"tanh", tanh_kernel, tanh, tanh_bound},
    {"gelu", gelu_kernel, gelu_exact, gelu_bound},
    {"silu", silu_kernel, silu_exact, silu_bound},
};
const size_t ulp_function_count = sizeof ulp_functions / sizeof *ulp_functions;

/* Infinite if one is NaN or infinite and the other is not the same. */
static double error_in_ulps(float got, double want)
{
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got) ? 0.0 : (double)INFINITY;
    if (isinf(rounded(want)) || isinf(got))
        return got == rounded(want) ? 0.0 : (double)INFINITY;
    return fabs((double)got - want) / ulp_at(want);
}

void ulp_measure(const struct ulp_function *function, const struct lw_isa *const *sets,
                 size_t count, size_t n, const float *x, struct ulp_worst *worst)
{
    double exact[ULP_BATCH];
    for (size_t i = 0; i < n; i++)
        exact[i] = function->exact((double)x[i]);
    for (size_t s = 0; s < count; s++) {
        float y[ULP_BATCH];
        function->kernel(sets[s], n, x, y);
        for (size_t i = 0; i < n; i++) {
            if (y[i] == (float)exact[i]) /* most are correctly rounded */
                continue;
            const double error = error_in_ulps(y[i], exact[i]);
            if (error <= worst[s].ulps && error < 0.5)
                continue;
            const struct ulp_worst one = {error, error / function->bound((double)x[i]), x[i], x[i]};
            ulp_merge(&worst[s], &one);
        }
    }
}

void ulp_merge(struct ulp_worst *worst, const struct ulp_worst *other)
{
    if (other->ulps > worst->ulps) {
        worst->ulps = other->ulps;
        worst->x = other->x;
    }
    if (other->ratio > worst->ratio) {
        worst->ratio = other->ratio;
        worst->at_ratio = other->at_ratio;
    }
}
