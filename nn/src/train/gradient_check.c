/* Compares gradients with central differences in double precision. */
#include "base/message.h"
#include "reference_forward.h"

#include <math.h>
#include <stdlib.h>

static const double default_step = 1e-5;

static double difference_quotient(double *parameter, const double *parameters, double step,
                                  double (*f)(const double *, void *), void *user)
{
    const double center = *parameter, h = step * fmax(1.0, fabs(center));
    /* center +- h are rounded, so the divisor is their actual difference. */
    const double above = center + h, below = center - h;
    *parameter = above;
    const double f_above = f(parameters, user);
    *parameter = below;
    const double f_below = f(parameters, user);
    *parameter = center;
    return (f_above - f_below) / (above - below);
}

static lw_status numeric_gradient(size_t n, double *parameters, double (*f)(const double *, void *),
                                  void *user, double step, double *numeric)
{
    for (size_t i = 0; i < n; i++) {
        numeric[i] = difference_quotient(&parameters[i], parameters, step, f, user);
        if (!isfinite(numeric[i]))
            return lw_fail(LW_EDATA, "the function is not finite around parameter %zu", i);
    }
    return LW_OK;
}

static lw_status compare(size_t n, const double *analytic, const double *numeric,
                         lw_gradient_report *report)
{
    lw_gradient_report found = {.worst = SIZE_MAX};
    double largest = 0.0, worst = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(analytic[i]))
            return lw_fail(LW_EDATA, "the gradient of parameter %zu is %g", i, analytic[i]);
        largest = fmax(largest, fmax(fabs(analytic[i]), fabs(numeric[i])));
        squares += numeric[i] * numeric[i];
        const double error = fabs(analytic[i] - numeric[i]);
        if (error > worst) {
            worst = error;
            found.worst = i;
            found.analytic = analytic[i];
            found.numeric = numeric[i];
        }
    }
    if (largest == 0.0)
        return lw_fail(LW_EDATA, "both gradients are zero everywhere; the check proves nothing");
    found.max_error = worst / largest;
    found.norm = sqrt(squares);
    *report = found;
    return LW_OK;
}

static lw_status no_memory(size_t n)
{
    return lw_fail(LW_ENOMEM, "no memory for the gradient of %zu parameters", n);
}

/* Allocates n values and one more: calloc(0) may return NULL. */
static double *allocate_values(size_t n)
{
    return n < SIZE_MAX ? calloc(n + 1, sizeof(double)) : NULL;
}

static lw_status check_gradient(size_t n, double *parameters, const double *gradient,
                                double (*f)(const double *parameters, void *user), void *user,
                                double step, lw_gradient_report *report)
{
    if (!f || !report || (n > 0 && (!parameters || !gradient)))
        return lw_fail(LW_EINVAL, "%s is NULL",
                       !f        ? "f"
                       : !report ? "report"
                                 : "parameters or gradient");
    if (n > PTRDIFF_MAX / sizeof *parameters - 1)
        return lw_fail(LW_EINVAL, "%zu parameters overflow the address space", n);
    if (!(isfinite(step) && step >= 0.0))
        return lw_fail(LW_EINVAL, "step %g", step);
    double *numeric = allocate_values(n);
    if (!numeric)
        return no_memory(n);
    lw_status status =
        numeric_gradient(n, parameters, f, user, step > 0.0 ? step : default_step, numeric);
    if (status == LW_OK)
        status = compare(n, gradient, numeric, report);
    free(numeric);
    return status;
}

lw_status lw_gradient_check(size_t n, double *parameters, const double *gradient,
                            double (*f)(const double *parameters, void *user), void *user,
                            double step, lw_gradient_report *report)
{
    return lw_fail_in("lw_gradient_check",
                      check_gradient(n, parameters, gradient, f, user, step, report));
}

/* Memory of a network's check, allocated before its passes overwrite the gradients. */
typedef struct net_check {
    double *parameters, *gradients, *numeric, *x;
    float *flat;
    lw_loss_rule rule;
    lw_reference reference;
} net_check;

/* Release with release_check, also after a failure. */
static lw_status allocate_check(const lw_net *net, size_t rows, net_check *check)
{
    const size_t n = net->parameter_count;
    check->parameters = allocate_values(n);
    check->gradients = allocate_values(n);
    check->numeric = allocate_values(n);
    check->flat = lw_alloc_floats(n);
    check->x = allocate_values(rows * lw_net_inputs(net));
    check->reference.buffers =
        calloc(lw_reference_buffer_count(net), sizeof *check->reference.buffers);
    return check->parameters && check->gradients && check->numeric && check->x && check->flat &&
                   check->reference.buffers
               ? LW_OK
               : no_memory(n);
}

static void release_check(net_check *check)
{
    free(check->parameters);
    free(check->gradients);
    free(check->numeric);
    free(check->x);
    free(check->flat);
    free(check->reference.buffers);
}

/* Converts the network's gradients and parameters to double precision. */
static lw_status read_network(const lw_net *net, net_check *check)
{
    const size_t n = net->parameter_count;
    lw_status status = lw_net_get_parameters(net, check->flat);
    for (size_t i = 0; i < n; i++)
        check->parameters[i] = (double)check->flat[i];
    if (status == LW_OK)
        status = lw_net_get_gradients(net, check->flat);
    for (size_t i = 0; i < n; i++)
        check->gradients[i] = (double)check->flat[i];
    return status;
}

static lw_status check_network(lw_net *net, lw_loss loss, size_t rows, const float *x,
                               const lw_target *target, net_check *check,
                               lw_gradient_report *report)
{
    lw_status status = lw_net_forward(net, rows, x, NULL);
    if (status == LW_OK)
        status = lw_net_loss(net, loss, target, NULL);
    if (status == LW_OK)
        status = lw_net_backward(net, NULL, NULL);
    if (status == LW_OK)
        status = lw_loss_resolve(net, loss, &check->rule);
    if (status == LW_OK)
        status = read_network(net, check);
    if (status != LW_OK)
        return status;
    for (size_t i = 0; i < rows * lw_net_inputs(net); i++)
        check->x[i] = (double)x[i];
    lw_reference *reference = &check->reference;
    reference->net = net;
    reference->rule = &check->rule;
    reference->rows = rows;
    reference->x = check->x;
    reference->target = target;
    status = numeric_gradient(net->parameter_count, check->parameters, lw_reference_loss, reference,
                              default_step, check->numeric);
    return status == LW_OK ? compare(net->parameter_count, check->gradients, check->numeric, report)
                           : status;
}

lw_status lw_net_gradient_check(lw_net *net, lw_loss loss, size_t rows, const float *x,
                                const lw_target *target, lw_gradient_report *report)
{
    static const char name[] = "lw_net_gradient_check";
    lw_status status = lw_check_net(net);
    if (status != LW_OK)
        return lw_fail_in(name, status);
    if (!report)
        return lw_fail(LW_EINVAL, "%s: report is NULL", name);
    net_check check = {0};
    status = lw_check_rows("x", rows, lw_net_inputs(net));
    if (status == LW_OK)
        status = allocate_check(net, rows, &check);
    if (status == LW_OK)
        status = check_network(net, loss, rows, x, target, &check, report);
    release_check(&check);
    return lw_fail_in(name, status);
}
