/* References of the row functions and of the losses. */
#include "operations.h"
#include "tolerance.h"

/* Intermediate values of a row's softmax, with errors. */
struct row {
    const float *x;
    size_t n;
    double max;
    double sum;       /* of exp(x - max) */
    double sum_error; /* relative */
    double log_sum;
};

static struct row row_of(const struct operand *x, size_t i)
{
    /* Without columns there is no element to point to. */
    struct row row = {.x = x->cols ? x->before + i * x->ld : NULL, .n = x->cols, .max = -INFINITY};
    for (size_t j = 0; j < row.n; j++) {
        if (isnan(row.x[j]) || (double)row.x[j] > row.max)
            row.max = (double)row.x[j];
        if (isnan(row.max))
            break;
    }
    double weighted = 0.0;
    for (size_t j = 0; j < row.n; j++) {
        const double distance = row.max - (double)row.x[j], term = exp(-distance);
        row.sum += term;
        /* x - max is rounded; exp multiplies that error by the distance. */
        weighted += term > 0.0 ? term * (ulp_to_relative(EXP_ULP) + UNIT * distance) : 0.0;
    }
    row.sum_error = weighted / row.sum + gamma_bound(row_sum_roundings((double)row.n));
    row.log_sum = log(row.sum);
    return row;
}

static double softmax_at(const struct row *row, size_t j)
{
    return exp((double)row->x[j] - row->max) / row->sum;
}

/* Relative error of a softmax element, and absolute error below the normal range. */
static double softmax_error(const struct row *row, size_t j)
{
    const double want = softmax_at(row, j);
    const double ulps = softmax_ulp(fabs((double)row->x[j] - row->max), (double)row->n);
    return want > 0.0 ? ulps * ulp_at(want) : SMALLEST;
}

/* Error of (x - max) - log_sum and of its negative, a loss. */
static double log_softmax_error(const struct row *row, size_t j)
{
    const double distance = row->max - (double)row->x[j];
    return UNIT * distance + row->sum_error + ulp_to_relative(LOG_ULP) * fabs(row->log_sum) +
           UNIT * fabs(distance + row->log_sum) + SMALLEST;
}

void reference_softmax(const struct problem *p, struct expected *e)
{
    for (size_t i = 0; i < p->m; i++) {
        const struct row row = row_of(problem_source(p, 0, 1), i);
        for (size_t j = 0; j < p->n; j++) {
            e->want[1][i * p->n + j] = softmax_at(&row, j);
            e->bound[1][i * p->n + j] = softmax_error(&row, j);
        }
    }
}

void reference_log_softmax(const struct problem *p, struct expected *e)
{
    for (size_t i = 0; i < p->m; i++) {
        const struct row row = row_of(problem_source(p, 0, 1), i);
        for (size_t j = 0; j < p->n; j++) {
            e->want[1][i * p->n + j] = (double)row.x[j] - row.max - row.log_sum;
            e->bound[1][i * p->n + j] = log_softmax_error(&row, j);
        }
    }
}

void reference_softmax_backward(const struct problem *p, struct expected *e)
{
    const struct operand *y = &p->operand[0], *dy = problem_source(p, 1, 2);
    for (size_t i = 0; i < p->m; i++) {
        const float *y_row = y->before + i * y->ld, *dy_row = dy->before + i * dy->ld;
        double dot = 0.0, magnitude = 0.0;
        for (size_t j = 0; j < p->n; j++) {
            dot += (double)dy_row[j] * (double)y_row[j];
            magnitude += fabs((double)dy_row[j] * (double)y_row[j]);
        }
        const double dot_error =
            gamma_bound(row_sum_roundings((double)p->n)) * magnitude + (double)p->n * SMALLEST;
        for (size_t j = 0; j < p->n; j++) {
            const double centred = (double)dy_row[j] - dot, factor = (double)y_row[j];
            e->want[2][i * p->n + j] = factor * centred;
            e->bound[2][i * p->n + j] =
                fabs(factor) * (dot_error + 2.0 * UNIT * fabs(centred)) + SMALLEST;
        }
    }
}

void reference_argmax(const struct problem *p, struct expected *e)
{
    const struct operand *x = &p->operand[0];
    for (size_t i = 0; i < p->m; i++) {
        const float *row = x->before + i * x->ld;
        size_t best = 0;
        for (size_t j = p->n; j-- > 0;) {
            if (isnan(row[j]) || (!isnan(row[best]) && row[j] >= row[best]))
                best = j;
        }
        e->want[1][i] = (double)best;
        e->bound[1][i] = 0.0;
    }
}

static void expect_loss(struct expected *e, size_t i, double loss, double bound)
{
    if (e->want[2]) {
        e->want[2][i] = loss;
        e->bound[2][i] = bound;
    }
}

static void expect_gradient(struct expected *e, size_t at, double gradient, double bound)
{
    if (e->want[3]) {
        e->want[3][at] = gradient;
        e->bound[3][at] = bound + UNIT * fabs(gradient) + SMALLEST;
    }
}

void reference_softmax_cross_entropy(const struct problem *p, struct expected *e)
{
    const double scale = (double)p->parameters.scale;
    const int32_t *labels = p->operand[1].data;
    for (size_t i = 0; i < p->m; i++) {
        const struct row row = row_of(problem_source(p, 0, 3), i);
        const size_t label = (size_t)labels[i];
        expect_loss(e, i, row.log_sum - ((double)row.x[label] - row.max),
                    log_softmax_error(&row, label));
        for (size_t j = 0; j < p->n; j++) {
            const double probability = softmax_at(&row, j);
            const double error = 2.0 * softmax_error(&row, j) + 2.0 * UNIT * probability;
            expect_gradient(e, i * p->n + j, scale * (probability - (j == label ? 1.0 : 0.0)),
                            fabs(scale) * error);
        }
    }
}

/* t * (log_sum - d) as defined in kernels.h: 0 if t is 0. */
static double surprise(const struct row *row, double t, size_t j)
{
    return t == 0.0 ? 0.0 * row->sum : t * (row->log_sum - ((double)row->x[j] - row->max));
}

void reference_softmax_cross_entropy_probs(const struct problem *p, struct expected *e)
{
    const double scale = (double)p->parameters.scale;
    const double row_sum = gamma_bound(row_sum_roundings((double)p->n));
    const struct operand *targets = &p->operand[1];
    for (size_t i = 0; i < p->m; i++) {
        const struct row row = row_of(problem_source(p, 0, 3), i);
        const float *t = targets->before + i * targets->ld;
        double loss = 0.0, error = 0.0, weight = 0.0;
        for (size_t j = 0; j < p->n; j++) {
            const double target = (double)t[j], term = surprise(&row, target, j);
            loss += term;
            weight += target;
            error += row_sum * fabs(term);
            error += target != 0.0 ? fabs(target) * log_softmax_error(&row, j) : 0.0;
        }
        expect_loss(e, i, loss, error + SMALLEST);
        for (size_t j = 0; j < p->n; j++) {
            const double expected_p = softmax_at(&row, j) * weight;
            const double bound = weight * 2.0 * softmax_error(&row, j) +
                                 (row_sum + 2.0 * UNIT) * fabs(expected_p) +
                                 UNIT * fabs((double)t[j]);
            expect_gradient(e, i * p->n + j, scale * (expected_p - (double)t[j]),
                            fabs(scale) * bound);
        }
    }
}

void reference_sigmoid_cross_entropy(const struct problem *p, struct expected *e)
{
    const double scale = (double)p->parameters.scale;
    const struct operand *logits = problem_source(p, 0, 3), *targets = &p->operand[1];
    for (size_t i = 0; i < p->m; i++) {
        const float *x = logits->before + i * logits->ld, *t = targets->before + i * targets->ld;
        double loss = 0.0, magnitude = 0.0;
        for (size_t j = 0; j < p->n; j++) {
            const double logit = (double)x[j], target = (double)t[j];
            const double hinge = fmax(logit, 0.0), soft = log1p(exp(-fabs(logit)));
            loss += hinge - logit * target + soft;
            magnitude += hinge + fabs(logit * target) + 3.0 * soft;
            const double s = activation_value(LW_ACTIVATION_SIGMOID, logit);
            expect_gradient(e, i * p->n + j, scale * (s - target),
                            fabs(scale) * (SIGMOID_ULP * ulp_at(s) + UNIT * fabs(s - target)));
        }
        /* A term is itself a sum of three: three more roundings. */
        expect_loss(e, i, loss,
                    gamma_bound(row_sum_roundings((double)p->n) + 3.0) * magnitude +
                        (double)(p->n + 1) * SMALLEST);
    }
}

void reference_squared_error(const struct problem *p, struct expected *e)
{
    const double scale = (double)p->parameters.scale;
    const struct operand *outputs = problem_source(p, 0, 3), *targets = &p->operand[1];
    for (size_t i = 0; i < p->m; i++) {
        const float *y = outputs->before + i * outputs->ld, *t = targets->before + i * targets->ld;
        double loss = 0.0;
        for (size_t j = 0; j < p->n; j++) {
            const double difference = (double)y[j] - (double)t[j];
            loss += difference * difference;
            expect_gradient(e, i * p->n + j, scale * difference, UNIT * fabs(scale * difference));
        }
        expect_loss(e, i, loss,
                    gamma_bound(row_sum_roundings((double)p->n) + 2.0) * loss +
                        (double)(p->n + 1) * SMALLEST);
    }
}
