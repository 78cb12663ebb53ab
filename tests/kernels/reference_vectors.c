/* References of the vector functions and of the optimizers. */
#include "operations.h"
#include "tolerance.h"

typedef double (*real_function)(double);

static void map(const struct problem *p, struct expected *e, real_function f, double ulps)
{
    const float *x = problem_source(p, 0, 1)->before;
    for (size_t i = 0; i < p->n; i++) {
        const double want = f((double)x[i]);
        e->want[1][i] = want;
        e->bound[1][i] = ulps * ulp_at(want);
    }
}

void reference_exp(const struct problem *p, struct expected *e)
{
    map(p, e, exp, EXP_ULP);
}

void reference_log(const struct problem *p, struct expected *e)
{
    map(p, e, log, LOG_ULP);
}

void reference_activate(const struct problem *p, struct expected *e)
{
    const lw_activation activation = p->parameters.activation;
    const float *x = problem_source(p, 0, 1)->before;
    for (size_t i = 0; i < p->n; i++) {
        e->want[1][i] = activation_value(activation, (double)x[i]);
        e->bound[1][i] = activation_bound(activation, (double)x[i]);
    }
}

void reference_activate_backward(const struct problem *p, struct expected *e)
{
    const lw_activation activation = p->parameters.activation;
    const float *saved = p->operand[0].before, *dy = problem_source(p, 1, 2)->before;
    for (size_t i = 0; i < p->n; i++) {
        const double s = (double)saved[i], d = (double)dy[i];
        const double slope = activation_slope(activation, s);
        const int switched_off = activation == LW_ACTIVATION_RELU && slope == 0.0;
        const double want = switched_off ? 0.0 : d * slope;
        e->want[2][i] = want;
        e->bound[2][i] = switched_off ? 0.0
                                      : fabs(d) * activation_slope_bound(activation, s) +
                                            2.0 * UNIT * fabs(want) + SMALLEST;
    }
}

void reference_scale(const struct problem *p, struct expected *e)
{
    for (size_t i = 0; i < p->n; i++) {
        const double want = (double)p->parameters.scale * (double)p->operand[0].before[i];
        e->want[0][i] = want;
        e->bound[0][i] = ROUNDING_ULP * ulp_at(want);
    }
}

void reference_sum_squares(const struct problem *p, struct expected *e)
{
    double sum = 0.0;
    for (size_t i = 0; i < p->n; i++)
        sum += (double)p->operand[0].before[i] * (double)p->operand[0].before[i];
    const double block = 1024.0;
    e->want[1][0] = sum;
    e->bound[1][0] = gamma_bound(row_sum_roundings(block)) * sum + (double)p->n * SMALLEST;
}

/* A number and the error of the computed one. */
struct uncertain {
    double value, error;
};

static struct uncertain exactly(double value)
{
    const struct uncertain x = {value, 0.0};
    return x;
}

/* a * x + y, in one or two roundings. */
static struct uncertain multiply_add(double a, struct uncertain x, struct uncertain y)
{
    const struct uncertain z = {a * x.value + y.value,
                                fabs(a) * x.error + y.error +
                                    2.0 * UNIT * (fabs(a * x.value) + fabs(y.value)) + SMALLEST};
    return z;
}

static void expect(struct expected *e, size_t operand, size_t i, struct uncertain x)
{
    e->want[operand][i] = x.value;
    e->bound[operand][i] = x.error;
}

void reference_sgd_update(const struct problem *p, struct expected *e)
{
    const lw_sgd_update_params *q = &p->parameters.sgd;
    const double momentum = (double)q->momentum;
    for (size_t i = 0; i < p->n; i++) {
        const struct uncertain w = exactly((double)p->operand[1].before[i]);
        const struct uncertain g = exactly((double)p->operand[0].before[i]);
        struct uncertain d = multiply_add((double)q->weight_decay, w, g);
        if (momentum != 0.0) {
            const struct uncertain old = exactly((double)p->operand[2].before[i]);
            const struct uncertain v = multiply_add(momentum, old, d);
            expect(e, 2, i, v);
            d = q->nesterov ? multiply_add(momentum, v, d) : v;
        }
        expect(e, 1, i, multiply_add(-(double)q->learning_rate, d, w));
    }
}

/* PyTorch's lerp from m to g; its weight is rounded to float. */
static struct uncertain first_moment(double beta1, double m, struct uncertain g)
{
    const struct uncertain difference = {g.value - m, g.error + UNIT * (fabs(g.value) + fabs(m))};
    const double weight = (double)rounded(1.0 - beta1);
    return weight < 0.5 ? multiply_add(weight, difference, exactly(m))
                        : multiply_add(weight - 1.0, difference, g);
}

/* v = beta2 * v + (1 - beta2) * g^2: a sum of positive terms with a few roundings each. */
static struct uncertain second_moment(double beta2, double v, struct uncertain g)
{
    const double value = beta2 * v + (1.0 - beta2) * g.value * g.value;
    const struct uncertain x = {
        value, 5.0 * UNIT * value + 2.0 * (1.0 - beta2) * fabs(g.value) * g.error + 3.0 * SMALLEST};
    return x;
}

void reference_adam_update(const struct problem *p, struct expected *e)
{
    const lw_adam_update_params *q = &p->parameters.adam;
    const double beta1 = (double)q->beta1, beta2 = (double)q->beta2, step = (double)q->step;
    const double rate = (double)q->learning_rate / (1.0 - pow(beta1, step));
    const double correction = 1.0 / sqrt(1.0 - pow(beta2, step));
    const double decay = (double)q->weight_decay;
    for (size_t i = 0; i < p->n; i++) {
        const double old_w = (double)p->operand[1].before[i];
        const double old_m = (double)p->operand[2].before[i];
        struct uncertain w = exactly(old_w), g = exactly((double)p->operand[0].before[i]);
        if (q->decoupled)
            w = multiply_add(-(double)q->learning_rate * decay, w, w);
        else
            g = multiply_add(decay, w, g);
        const struct uncertain m = first_moment(beta1, old_m, g);
        const struct uncertain v = second_moment(beta2, (double)p->operand[3].before[i], g);
        const double root = sqrt(v.value) * correction + (double)q->epsilon;
        /* The root halves the relative error of v, except near 0. */
        const double root_error = v.value > 0.0 ? (0.5 * v.error / v.value + 4.0 * UNIT) * root
                                                : sqrt(v.error) * correction + 4.0 * UNIT * root;
        const double update = rate * m.value / root;
        const double update_error =
            fabs(update) * (root_error / root + 6.0 * UNIT) + rate * m.error / root;
        const struct uncertain moved = {update, update_error};
        expect(e, 1, i, multiply_add(-1.0, moved, w));
        expect(e, 2, i, m);
        expect(e, 3, i, v);
    }
}
