#include "checks.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { CLASSES = 5 };

static const float extremes[] = {100.0f, -100.0f, 1e30f, -1e30f, 0.0f, 88.0f, -104.0f};
enum { EXTREMES = sizeof extremes / sizeof *extremes };

/* Extreme logits, one different from the others; want and bound from the reference. */
static void check_extremes(struct tally *tally, const char *name)
{
    const struct operation *operation = operation_find(name);
    for (size_t usual = 0; usual < EXTREMES; usual++) {
        for (size_t special = 0; special < EXTREMES; special++) {
            struct problem p;
            problem_create(&p, operation, 0, (struct size){CLASSES, CLASSES, 0},
                           (struct layout){.memory = HEAP}, UNIFORM);
            for (size_t i = 0; i < (size_t)CLASSES * CLASSES; i++)
                p.operand[0].before[i] =
                    extremes[i % (CLASSES + 1) == 0 ? special : usual]; /* the diagonal */
            problem_restore(&p);
            struct expected e = expected_create(&p);
            problem_run(tally, &p);
            expected_check(tally, &p, &e, 0);
            const float *loss = p.operand[2].data, *g = p.operand[3].data;
            for (size_t i = 0; i < CLASSES; i++)
                TALLY_CHECK(tally, isfinite(loss[i]), "%s of %g and %g is %g", name,
                            (double)extremes[usual], (double)extremes[special], (double)loss[i]);
            for (size_t i = 0; i < (size_t)CLASSES * CLASSES; i++)
                TALLY_CHECK(tally, isfinite(g[i]), "%s of %g and %g has gradient %g", name,
                            (double)extremes[usual], (double)extremes[special], (double)g[i]);
            expected_free(&e);
            problem_destroy(&p);
        }
    }
}

/* The two logits of the example in the header, computed by hand. */
static void check_by_hand(struct tally *tally)
{
    const float x[4] = {100.0f, -100.0f, 100.0f, -100.0f};
    const int32_t labels[2] = {0, 1};
    float loss[2], g[4];
    (void)!lw_softmax_cross_entropy(2, 2, x, 2, labels, 1.0f, loss, g, 2);
    TALLY_CHECK(tally,
                loss[0] == 0.0f && loss[1] == 200.0f && g[0] == 0.0f && g[1] == 0.0f &&
                    g[2] == 1.0f && g[3] == -1.0f,
                "cross-entropy of +-100: %g %g, %g %g %g %g", (double)loss[0], (double)loss[1],
                (double)g[0], (double)g[1], (double)g[2], (double)g[3]);
    const float t[4] = {1.0f, 0.0f, 0.0f, 1.0f};
    (void)!lw_sigmoid_cross_entropy(2, 2, x, 2, t, 2, 1.0f, loss, g, 2);
    const int right = loss[0] < 1e-40f && loss[1] == 200.0f && fabsf(g[0]) < 1e-40f &&
                      fabsf(g[1]) < 1e-40f && g[2] == 1.0f && g[3] == -1.0f;
    TALLY_CHECK(tally, right, "binary cross-entropy of +-100: %g %g, %g %g %g %g", (double)loss[0],
                (double)loss[1], (double)g[0], (double)g[1], (double)g[2], (double)g[3]);
}

/* Logits further apart than the largest float, in short and long rows: the loss of the smaller ones
 * overflows, that of the largest is 0, and the gradient is finite. */
static void check_beyond_range(struct tally *tally, size_t n)
{
    enum { MOST = 40 };
    float x[2 * MOST], t[MOST] = {0.5f, 0.5f}, loss[2], g[2 * MOST];
    const int32_t labels[2] = {0, 1};
    for (size_t j = 0; j < 2 * n; j++)
        x[j] = j % n == 0 ? FLT_MAX : -FLT_MAX;
    (void)!lw_softmax_cross_entropy(2, n, x, n, labels, 1.0f, loss, g, n);
    TALLY_CHECK(tally, loss[0] == 0.0f && loss[1] == INFINITY,
                "cross-entropy of +-FLT_MAX in %zu: %g %g", n, (double)loss[0], (double)loss[1]);
    TALLY_CHECK(tally, g[0] == 0.0f && g[1] == 0.0f && g[n] == 1.0f && g[n + 1] == -1.0f,
                "gradient of +-FLT_MAX in %zu: %g %g, %g %g", n, (double)g[0], (double)g[1],
                (double)g[n], (double)g[n + 1]);
    (void)!lw_softmax_cross_entropy_probs(1, n, x, n, t, n, 1.0f, loss, g, n);
    TALLY_CHECK(tally, loss[0] == INFINITY && g[0] == 0.5f && g[1] == -0.5f,
                "halves of +-FLT_MAX in %zu: %g, %g %g", n, (double)loss[0], (double)g[0],
                (double)g[1]);
    x[1] = 0.0f;
    (void)!lw_softmax_cross_entropy(1, n, x, n, labels + 1, 1.0f, loss, g, n);
    TALLY_CHECK(tally, loss[0] == FLT_MAX, "cross-entropy FLT_MAX below in %zu: %g", n,
                (double)loss[0]);
}

/* -Inf with target 0 has no effect; with another target the loss is infinite. */
static void check_infinite_logit(struct tally *tally)
{
    const float x[3] = {-INFINITY, 1.0f, 1.0f};
    const float t[3] = {0.0f, 0.5f, 0.5f};
    float loss, g[3];
    (void)!lw_softmax_cross_entropy_probs(1, 3, x, 3, t, 3, 1.0f, &loss, g, 3);
    TALLY_CHECK(tally, fabsf(loss - 0.6931472f) < 1e-6f && fabsf(g[0]) == 0.0f && g[1] == 0.0f,
                "a logit of -Inf under target 0: %g, gradient %g", (double)loss, (double)g[0]);
    const int32_t label = 0;
    (void)!lw_softmax_cross_entropy(1, 3, x, 3, &label, 1.0f, &loss, g, 3);
    TALLY_CHECK(tally, loss == INFINITY && g[0] == -1.0f && g[1] == 0.5f,
                "a logit of -Inf under the label: %g, gradient %g", (double)loss, (double)g[0]);
}

/* A NaN anywhere in a row reaches the row's loss and its gradient. */
static void check_nan(struct tally *tally, const char *name, size_t poisoned, int whole_row)
{
    const struct operation *operation = operation_find(name);
    for (size_t at = 0; at < CLASSES; at++) {
        struct problem p;
        problem_create(&p, operation, 0, (struct size){1, CLASSES, 0},
                       (struct layout){.memory = HEAP}, UNIFORM);
        p.operand[poisoned].before[at] = NAN;
        problem_restore(&p);
        problem_run(tally, &p);
        const float *loss = p.operand[2].data, *g = p.operand[3].data;
        TALLY_CHECK(tally, isnan(loss[0]), "%s: NaN at %zu gives loss %g", name, at,
                    (double)loss[0]);
        for (size_t j = 0; j < CLASSES; j++)
            TALLY_CHECK(tally, isnan(g[j]) == (whole_row || j == at),
                        "%s: NaN at %zu gives gradient %g at %zu", name, at, (double)g[j], j);
        problem_destroy(&p);
    }
}

/* A NaN logit reaches the loss even if its target is 0. */
static void check_nan_under_zero(struct tally *tally)
{
    const float x[3] = {1.0f, NAN, 2.0f}, t[3] = {1.0f, 0.0f, 0.0f};
    float loss = 0.0f;
    (void)!lw_softmax_cross_entropy_probs(1, 3, x, 3, t, 3, 1.0f, &loss, NULL, 0);
    TALLY_CHECK(tally, isnan(loss), "a NaN logit under target 0 gives loss %g", (double)loss);
}

void check_special_losses(struct tally *tally, const struct operation *unused)
{
    (void)unused;
    check_extremes(tally, "lw_softmax_cross_entropy");
    check_extremes(tally, "lw_softmax_cross_entropy_probs");
    check_extremes(tally, "lw_sigmoid_cross_entropy");
    check_by_hand(tally);
    check_beyond_range(tally, 2);
    check_beyond_range(tally, 40);
    check_infinite_logit(tally);
    check_nan(tally, "lw_softmax_cross_entropy", 0, 1);
    check_nan(tally, "lw_softmax_cross_entropy_probs", 0, 1);
    check_nan(tally, "lw_softmax_cross_entropy_probs", 1, 1);
    check_nan(tally, "lw_sigmoid_cross_entropy", 0, 0);
    check_nan(tally, "lw_sigmoid_cross_entropy", 1, 0);
    check_nan(tally, "lw_squared_error", 0, 0);
    check_nan(tally, "lw_squared_error", 1, 0);
    check_nan_under_zero(tally);
}
