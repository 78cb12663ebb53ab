#include "reference.h"

#include "operations.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *need(size_t count)
{
    double *memory = malloc((count ? count : 1) * sizeof *memory);
    if (!memory) {
        fputs("no memory for a test\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

struct expected expected_create(const struct problem *p)
{
    struct expected e = {{NULL}, {NULL}};
    for (size_t i = 0; i < p->count; i++) {
        const struct operand *x = &p->operand[i];
        if (x->use != OUTPUT && x->use != UPDATED)
            continue;
        e.want[i] = need(x->rows * x->cols);
        e.bound[i] = need(x->rows * x->cols);
    }
    p->operation->reference(p, &e);
    return e;
}

void expected_free(struct expected *expected)
{
    for (size_t i = 0; i < MAX_OPERANDS; i++) {
        free(expected->want[i]);
        free(expected->bound[i]);
    }
}

int is_within(float got, double want, double bound)
{
    if (isnan(want))
        return isnan(got);
    if (isinf(rounded(want)))
        return got == rounded(want);
    return fabs((double)got - want) <= bound;
}

/* Element i of an output as a double. */
static double value_at(const struct operand *x, size_t i)
{
    if (x->domain == RESULT_INDEX)
        return ((const int32_t *)x->data)[i];
    return (double)((const float *)x->data)[i];
}

static void check_sum(struct tally *tally, const struct problem *p, size_t o,
                      const struct expected *e, int exact)
{
    double got;
    memcpy(&got, p->operand[o].data, sizeof got);
    const double error = fabs(got - e->want[o][0]);
    TALLY_CHECK(tally, error <= (exact ? 0.0 : e->bound[o][0]), "%s: sum is %.17g, not %.17g",
                problem_title(p), got, e->want[o][0]);
}

void expected_check(struct tally *tally, const struct problem *p, const struct expected *e,
                    int exact)
{
    for (size_t o = 0; o < p->count; o++) {
        const struct operand *x = &p->operand[o];
        if (!e->want[o] || !x->data)
            continue;
        if (x->domain == RESULT_DOUBLE) {
            check_sum(tally, p, o, e, exact);
            continue;
        }
        for (size_t r = 0; r < x->rows; r++) {
            for (size_t c = 0; c < x->cols; c++) {
                const double got = value_at(x, r * x->ld + c);
                const double want = e->want[o][r * x->cols + c];
                const double bound = exact ? 0.0 : e->bound[o][r * x->cols + c];
                TALLY_CHECK(tally, is_within(rounded(got), want, bound),
                            "%s: %s at %zu, %zu is %.9g, not %.9g within %.3g", problem_title(p),
                            x->name, r, c, got, want, bound);
            }
        }
    }
}
