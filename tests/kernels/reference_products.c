/* References of the matrix products. */
#include "operations.h"
#include "tolerance.h"

#include <string.h>

/* A matrix or its transpose, as before the call. */
struct view {
    const float *data;
    size_t row, col;
};

static struct view view_of(const struct operand *x, int transposed)
{
    const struct view view = {x->before, transposed ? 1 : x->ld, transposed ? x->ld : 1};
    return view;
}

struct sum {
    double value, magnitude;
};

static struct sum dot(struct view a, size_t i, struct view b, size_t j, size_t k)
{
    struct sum sum = {0.0, 0.0};
    for (size_t p = 0; p < k; p++) {
        const double product =
            (double)a.data[i * a.row + p * a.col] * (double)b.data[p * b.row + j * b.col];
        sum.value += product;
        sum.magnitude += fabs(product);
    }
    return sum;
}

static int has_fma(void)
{
    return strcmp(lw_isa_name(), "scalar") != 0;
}

/* The header's bound for a chain of k products plus `ends` roundings. */
static double chain_bound(size_t k, double ends, double magnitude)
{
    const double length = (double)k;
    return gamma_bound(chain_roundings(length, ends, has_fma())) * magnitude +
           (length + 1.0) * SMALLEST;
}

void reference_sgemm(const struct problem *p, struct expected *e)
{
    const struct parameters *q = &p->parameters;
    const struct view a = view_of(&p->operand[0], q->transa);
    const struct view b = view_of(&p->operand[1], q->transb);
    const struct operand *c = &p->operand[2];
    const double alpha = (double)q->alpha, beta = (double)q->beta;
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->n; j++) {
            const struct sum sum = dot(a, i, b, j, alpha != 0.0 ? p->k : 0);
            const double old = beta != 0.0 ? beta * (double)c->before[i * c->ld + j] : 0.0;
            e->want[2][i * p->n + j] = alpha != 0.0 ? alpha * sum.value + old : old;
            e->bound[2][i * p->n + j] =
                chain_bound(p->k, 2.0, fabs(alpha) * sum.magnitude + fabs(old));
        }
    }
}

/* The largest factor by which an activation can increase an error: the steepest slope of GELU
 * is 1.13. */
static double steepest(lw_activation activation)
{
    return activation == LW_ACTIVATION_GELU || activation == LW_ACTIVATION_SILU ? 1.13 : 1.0;
}

void reference_linear_forward(const struct problem *p, struct expected *e)
{
    const struct view x = view_of(&p->operand[0], 0), w = view_of(&p->operand[1], 0);
    const float *b = p->operand[2].before;
    const lw_activation activation = p->parameters.activation;
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->n; j++) {
            const struct sum sum = dot(x, i, w, j, p->k);
            const double bias = b ? (double)b[j] : 0.0;
            const double z = sum.value + bias;
            const double bound = chain_bound(p->k, 1.0, sum.magnitude + fabs(bias));
            const size_t at = i * p->n + j;
            if (e->want[3]) {
                e->want[3][at] = z;
                e->bound[3][at] = bound;
            }
            e->want[4][at] = activation_value(activation, z);
            /* The activation of a slightly different z: its own error may be slightly larger. */
            e->bound[4][at] = steepest(activation) * bound + 2.0 * activation_bound(activation, z);
        }
    }
}

void reference_linear_backward_input(const struct problem *p, struct expected *e)
{
    const struct view dz = view_of(&p->operand[0], 0), wt = view_of(&p->operand[1], 1);
    const struct operand *saved = &p->operand[2];
    const lw_activation activation = p->parameters.activation;
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->k; j++) {
            const struct sum sum = dot(dz, i, wt, j, p->n);
            const double s = (double)saved->before[i * saved->ld + j];
            const double slope = activation_slope(activation, s);
            const double slope_bound = activation_slope_bound(activation, s);
            const double sum_bound = chain_bound(p->n, 2.0, sum.magnitude);
            const double want = slope != 0.0 ? sum.value * slope : 0.0;
            e->want[3][i * p->k + j] = want;
            e->bound[3][i * p->k + j] = (fabs(slope) + slope_bound) * sum_bound +
                                        fabs(sum.value) * slope_bound + 2.0 * UNIT * fabs(want) +
                                        SMALLEST;
        }
    }
}

/* The sum of column j over the rows. */
static struct sum column_sum(const struct operand *x, size_t j)
{
    struct sum sum = {0.0, 0.0};
    for (size_t i = 0; i < x->rows; i++) {
        sum.value += (double)x->before[i * x->ld + j];
        sum.magnitude += fabs((double)x->before[i * x->ld + j]);
    }
    return sum;
}

static void reference_sums(const struct problem *p, size_t from, size_t to, struct expected *e)
{
    for (size_t j = 0; e->want[to] && j < p->n; j++) {
        const struct sum sum = column_sum(&p->operand[from], j);
        const double old = p->parameters.beta != 0.0f ? (double)p->operand[to].before[j] : 0.0;
        e->want[to][j] = sum.value + old;
        e->bound[to][j] = gamma_bound((double)p->m) * (sum.magnitude + fabs(old));
    }
}

void reference_linear_backward_weights(const struct problem *p, struct expected *e)
{
    const struct view xt = view_of(&p->operand[0], 1), dz = view_of(&p->operand[1], 0);
    const struct operand *dw = &p->operand[2];
    for (size_t i = 0; i < p->k; i++) {
        for (size_t j = 0; j < p->n; j++) {
            const struct sum sum = dot(xt, i, dz, j, p->m);
            const double old =
                p->parameters.beta != 0.0f ? (double)dw->before[i * dw->ld + j] : 0.0;
            e->want[2][i * p->n + j] = sum.value + old;
            e->bound[2][i * p->n + j] = chain_bound(p->m, 2.0, sum.magnitude + fabs(old));
        }
    }
    reference_sums(p, 1, 3, e);
}

void reference_column_sums(const struct problem *p, struct expected *e)
{
    reference_sums(p, 0, 1, e);
}
