/* Gradients against central differences, and detection of wrong gradients. */
#include "fixture.h"
#include "train/reference_forward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* fp32 gradients of small networks against double precision; see lw_net_gradient_check. */
static const double net_tolerance = 5e-6;

/* ---- Every loss, activation and shape -------------------------------------------------------- */

enum { ROWS = 5 };

typedef struct loss_case {
    lw_loss loss;
    lw_activation output;
    int labels;
} loss_case;

static const loss_case loss_cases[] = {
    {LW_LOSS_MSE, LW_ACTIVATION_LINEAR, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_RELU, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_LEAKY_RELU, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_SIGMOID, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_TANH, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_GELU, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_SILU, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_SOFTMAX, 0},
    {LW_LOSS_HALF_MSE, LW_ACTIVATION_LINEAR, 0},
    {LW_LOSS_HALF_MSE, LW_ACTIVATION_SIGMOID, 1},
    {LW_LOSS_SSE, LW_ACTIVATION_TANH, 0},
    {LW_LOSS_SSE, LW_ACTIVATION_SOFTMAX, 1},
    {LW_LOSS_SSE, LW_ACTIVATION_GELU, 1},
    {LW_LOSS_BINARY_CROSS_ENTROPY, LW_ACTIVATION_SIGMOID, 0},
    {LW_LOSS_CROSS_ENTROPY, LW_ACTIVATION_SOFTMAX, 0},
    {LW_LOSS_CROSS_ENTROPY, LW_ACTIVATION_SOFTMAX, 1},
    {LW_LOSS_DEFAULT, LW_ACTIVATION_SOFTMAX, 1},
    {LW_LOSS_DEFAULT, LW_ACTIVATION_SIGMOID, 0},
    {LW_LOSS_DEFAULT, LW_ACTIVATION_TANH, 0},
};
enum { LOSS_CASES = sizeof loss_cases / sizeof *loss_cases };

static void check_network(const loss_case *c, lw_activation hidden, size_t inputs, size_t width,
                          size_t outputs)
{
    const lw_layer_spec layers[] = {
        {.units = width, .activation = hidden, .init = LW_INIT_NORMAL, .init_scale = 0.7f},
        {.units = width + 1, .activation = hidden},
        {.units = outputs, .activation = c->output, .init = LW_INIT_NORMAL},
    };
    lw_net *net = make_net(inputs, layers, 3, 11 + width);
    if (c->output ==
        LW_ACTIVATION_RELU) { /* positive, because a dead ReLU output has no gradient */
        float *b = uniform_floats(outputs, 2.0f, 3.0f, 51);
        ASSERT_OK(lw_net_set_layer(net, 2, NULL, b));
        free(b);
    }
    float *x = uniform_floats(ROWS * inputs, -1.0f, 1.0f, 21);
    float *values = uniform_floats(ROWS * outputs, 0.0f, 1.0f, 31);
    float *weights = uniform_floats(ROWS, 0.5f, 2.0f, 51);
    int32_t *labels = uniform_labels(ROWS, outputs == 1 ? 2 : (int32_t)outputs, 41);
    const lw_target target = {.values = c->labels ? NULL : values,
                              .labels = c->labels ? labels : NULL,
                              .weights = inputs % 2 == 0 ? weights : NULL};

    lw_gradient_report report;
    ASSERT_OK(lw_net_gradient_check(net, c->loss, ROWS, x, &target, &report));
    ck_assert_msg(report.max_error < net_tolerance,
                  "loss %d, output %d, hidden %d, %zu-%zu-%zu-%zu: error %g at %zu (%g, not %g)",
                  (int)c->loss, (int)c->output, (int)hidden, inputs, width, width + 1, outputs,
                  report.max_error, report.worst, report.analytic, report.numeric);
    ck_assert_double_gt(report.norm, 0.0);
    free(x);
    free(values);
    free(weights);
    free(labels);
    lw_net_destroy(net);
}

/* Tests all combinations of widths; a fast run tests each activation with every width once. */
static int is_skipped_shape(size_t hidden, size_t width, size_t outputs)
{
    enum { PART = 4 };
    return is_fast_run() && (hidden + width + outputs) % PART != 0;
}

START_TEST(every_loss_and_activation)
{
    static const lw_activation hidden[] = {
        LW_ACTIVATION_LINEAR, LW_ACTIVATION_RELU, LW_ACTIVATION_LEAKY_RELU, LW_ACTIVATION_SIGMOID,
        LW_ACTIVATION_TANH,   LW_ACTIVATION_GELU, LW_ACTIVATION_SILU};
    static const size_t widths[] = {1, 2, 3, 17};
    const loss_case *c = &loss_cases[_i];
    for (size_t h = 0; h < sizeof hidden / sizeof *hidden; h++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
            for (size_t o = 0; o < sizeof widths / sizeof *widths; o++)
                /* The softmax of a single output is constant and has a zero gradient. */
                if ((widths[o] > 1 || c->output != LW_ACTIVATION_SOFTMAX) &&
                    !is_skipped_shape(h, w, o))
                    check_network(c, hidden[h], 1 + w, widths[w], widths[o]);
}
END_TEST

START_TEST(one_layer_and_one_row)
{
    const lw_layer_spec layer = {.units = 3, .activation = LW_ACTIVATION_SOFTMAX};
    lw_net *net = make_net(2, &layer, 1, 5);
    const float x[] = {0.5f, -1.0f};
    const int32_t label = 2;
    lw_gradient_report report;
    ASSERT_OK(
        lw_net_gradient_check(net, LW_LOSS_DEFAULT, 1, x, &(lw_target){.labels = &label}, &report));
    ck_assert_double_lt(report.max_error, net_tolerance);
    lw_net_destroy(net);
}
END_TEST

/* ---- Wrong gradients of a network ------------------------------------------------------------ */

/* Returns the error that the check reports for a gradient changed by `breakage`. */
static double error_of_broken(void (*breakage)(size_t n, double *gradient))
{
    const lw_layer_spec layers[] = {{.units = 4, .activation = LW_ACTIVATION_TANH},
                                    {.units = 3, .activation = LW_ACTIVATION_SOFTMAX}};
    lw_net *net = make_net(2, layers, 2, 3);
    float *x = uniform_floats(ROWS * 2, -1.0f, 1.0f, 22);
    int32_t *labels = uniform_labels(ROWS, 3, 42);
    const lw_target target = {.labels = labels};
    ASSERT_OK(lw_net_forward(net, ROWS, x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_CROSS_ENTROPY, &target, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));

    const size_t n = lw_net_parameter_count(net);
    float *p32 = parameters_of(net), *g32 = gradients_of(net);
    double p[64], g[64], buffers[96];
    ck_assert_uint_le(n, 64);
    ck_assert_uint_le(lw_reference_buffer_count(net), 96);
    for (size_t i = 0; i < n; i++) {
        p[i] = (double)p32[i];
        g[i] = (double)g32[i];
    }
    breakage(n, g);
    lw_loss_rule rule;
    ASSERT_OK(lw_loss_resolve(net, LW_LOSS_CROSS_ENTROPY, &rule));
    double exact_x[64];
    ck_assert_uint_le(ROWS * lw_net_inputs(net), 64);
    for (size_t i = 0; i < ROWS * lw_net_inputs(net); i++)
        exact_x[i] = (double)x[i];
    lw_reference reference = {net, &rule, ROWS, exact_x, &target, buffers};
    lw_gradient_report report;
    ASSERT_OK(lw_gradient_check(n, p, g, lw_reference_loss, &reference, 0.0, &report));
    free(x);
    free(labels);
    free(p32);
    free(g32);
    lw_net_destroy(net);
    return report.max_error;
}

static void keep(size_t n, double *g)
{
    (void)n;
    (void)g;
}

static void negate(size_t n, double *g)
{
    for (size_t i = 0; i < n; i++)
        g[i] = -g[i];
}

static void zero(size_t n, double *g)
{
    memset(g, 0, n * sizeof *g);
}

/* The bias of the first layer, whose weights are 2 x 4. */
static void drop_bias(size_t n, double *g)
{
    (void)n;
    memset(g + 8, 0, 4 * sizeof *g);
}

static void change_one(size_t n, double *g)
{
    g[n / 2] += 1e-3;
}

static void forget_mean(size_t n, double *g)
{
    for (size_t i = 0; i < n; i++)
        g[i] *= ROWS;
}

START_TEST(wrong_network_gradients_are_detected)
{
    ck_assert_double_lt(error_of_broken(keep), net_tolerance);
    ck_assert_double_eq_tol(error_of_broken(negate), 2.0, 1e-5);
    ck_assert_double_eq_tol(error_of_broken(zero), 1.0, 1e-9);
    ck_assert_double_eq_tol(error_of_broken(forget_mean), 1.0 - 1.0 / ROWS, 1e-5);
    ck_assert_double_gt(error_of_broken(drop_bias), 1e-2);
    ck_assert_double_gt(error_of_broken(change_one), 1e-3);
}
END_TEST

/* ---- The generic check, on a network written in double precision ----------------------------- */

/* 3 inputs - 4 tanh - 2 linear, half squared error of one row. */
enum { IN = 3, HIDDEN = 4, OUT = 2, COUNT = IN * HIDDEN + HIDDEN + HIDDEN * OUT + OUT };

typedef enum mutant_kind {
    SOUND,
    WRONG_SIGN,
    NO_DERIVATIVE,
    NO_BIAS,
    OFF_BY_A_MILLIONTH
} mutant_kind;

static const double sample[IN] = {0.3, -0.8, 0.5}, wanted[OUT] = {0.2, -0.4};

/* Returns the loss; computes its gradient unless NULL. */
static double small_net(const double *p, double *gradient, mutant_kind mutant)
{
    const double *w1 = p, *b1 = w1 + IN * HIDDEN, *w2 = b1 + HIDDEN, *b2 = w2 + HIDDEN * OUT;
    double a[HIDDEN], dy[OUT], loss = 0.0;
    for (size_t j = 0; j < HIDDEN; j++) {
        double z = b1[j];
        for (size_t i = 0; i < IN; i++)
            z += sample[i] * w1[i * HIDDEN + j];
        a[j] = tanh(z);
    }
    for (size_t k = 0; k < OUT; k++) {
        double y = b2[k];
        for (size_t j = 0; j < HIDDEN; j++)
            y += a[j] * w2[j * OUT + k];
        dy[k] = y - wanted[k];
        loss += 0.5 * dy[k] * dy[k];
    }
    if (!gradient)
        return loss;
    double *dw1 = gradient, *db1 = dw1 + IN * HIDDEN, *dw2 = db1 + HIDDEN,
           *db2 = dw2 + HIDDEN * OUT;
    for (size_t j = 0; j < HIDDEN; j++) {
        double da = 0.0;
        for (size_t k = 0; k < OUT; k++) {
            da += dy[k] * w2[j * OUT + k];
            dw2[j * OUT + k] = a[j] * dy[k];
        }
        const double dz = mutant == NO_DERIVATIVE ? da : da * (1.0 - a[j] * a[j]);
        db1[j] = mutant == NO_BIAS ? 0.0 : dz;
        for (size_t i = 0; i < IN; i++)
            dw1[i * HIDDEN + j] = sample[i] * (mutant == WRONG_SIGN ? -dz : dz);
    }
    for (size_t k = 0; k < OUT; k++)
        db2[k] = dy[k];
    if (mutant == OFF_BY_A_MILLIONTH)
        dw2[1] += 1e-6;
    return loss;
}

static double small_net_loss(const double *p, void *user)
{
    (*(size_t *)user)++;
    return small_net(p, NULL, SOUND);
}

static void draw_small_net(double *p)
{
    float *drawn = uniform_floats(COUNT, -1.0f, 1.0f, 77);
    for (size_t i = 0; i < COUNT; i++)
        p[i] = (double)drawn[i];
    /* So small that adding and subtracting the step would lose bits; the check must restore a
     * copy. */
    p[0] *= 1e-9 / 3.0;
    free(drawn);
}

static double small_net_error(mutant_kind mutant)
{
    double p[COUNT], before[COUNT], gradient[COUNT];
    size_t calls = 0;
    draw_small_net(p);
    memcpy(before, p, sizeof p);
    small_net(p, gradient, mutant);
    lw_gradient_report report;
    ASSERT_OK(lw_gradient_check(COUNT, p, gradient, small_net_loss, &calls, 0.0, &report));
    ck_assert_mem_eq(p, before, sizeof p);
    ck_assert_uint_eq(calls, 2 * COUNT);
    return report.max_error;
}

START_TEST(generic_check_detects_small_errors)
{
    static const double tolerance = 1e-7;
    ck_assert_double_lt(small_net_error(SOUND), tolerance);
    ck_assert_double_gt(small_net_error(OFF_BY_A_MILLIONTH), tolerance);
    ck_assert_double_gt(small_net_error(WRONG_SIGN), 0.1);
    ck_assert_double_gt(small_net_error(NO_DERIVATIVE), 0.01);
    ck_assert_double_gt(small_net_error(NO_BIAS), 0.1);
}
END_TEST

static double quadratic(const double *p, void *user)
{
    (void)user;
    return p[0] * p[0] + 3.0 * p[1];
}

static double constant(const double *p, void *user)
{
    (void)p;
    (void)user;
    return 1.0;
}

static double not_finite(const double *p, void *user)
{
    (void)p;
    (void)user;
    return HUGE_VAL;
}

START_TEST(report_locates_the_largest_error)
{
    double p[] = {2.0, 1.0};
    const double gradient[] = {4.0, -3.0};
    lw_gradient_report report;
    ASSERT_OK(lw_gradient_check(2, p, gradient, quadratic, NULL, 1e-4, &report));
    ck_assert_uint_eq(report.worst, 1);
    ck_assert_double_eq_tol(report.numeric, 3.0, 1e-8);
    ck_assert_double_eq(report.analytic, -3.0);
    ck_assert_double_eq_tol(report.max_error, 6.0 / 4.0, 1e-8);
    ck_assert_double_eq_tol(report.norm, 5.0, 1e-8);

    /* One of the two gradients is zero. */
    const double zeros[] = {0.0, 0.0};
    ASSERT_OK(lw_gradient_check(2, p, zeros, quadratic, NULL, 0.0, &report));
    ck_assert_double_eq_tol(report.max_error, 1.0, 1e-12);
    ASSERT_OK(lw_gradient_check(2, p, gradient, constant, NULL, 0.0, &report));
    ck_assert_double_eq_tol(report.max_error, 1.0, 1e-12);
}
END_TEST

START_TEST(inconclusive_checks_are_rejected)
{
    double p[] = {2.0, 1.0};
    const double zeros[] = {0.0, 0.0}, nan_gradient[] = {0.0, (double)NAN};
    lw_gradient_report report = {.worst = 12345};
    ASSERT_FAILS(LW_EDATA, "zero everywhere",
                 lw_gradient_check(2, p, zeros, constant, NULL, 0.0, &report));
    ASSERT_FAILS(LW_EDATA, "parameter 1",
                 lw_gradient_check(2, p, nan_gradient, quadratic, NULL, 0.0, &report));
    ASSERT_FAILS(LW_EDATA, "parameter 0",
                 lw_gradient_check(2, p, zeros, not_finite, NULL, 0.0, &report));
    ASSERT_FAILS(LW_EDATA, "zero", lw_gradient_check(0, NULL, NULL, quadratic, NULL, 0.0, &report));
    ASSERT_FAILS(LW_EINVAL, "step", lw_gradient_check(2, p, zeros, quadratic, NULL, -1.0, &report));
    ASSERT_FAILS(LW_EINVAL, "f is", lw_gradient_check(2, p, zeros, NULL, NULL, 0.0, &report));
    ASSERT_FAILS(LW_EINVAL, "report", lw_gradient_check(2, p, zeros, quadratic, NULL, 0.0, NULL));
    ASSERT_FAILS(LW_EINVAL, "NULL",
                 lw_gradient_check(2, NULL, zeros, quadratic, NULL, 0.0, &report));
    ck_assert_uint_eq(report.worst, 12345);
    ck_assert(p[0] == 2.0 && p[1] == 1.0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradient");
    TCase *networks = tcase_create("networks");
    tcase_set_timeout(networks, 120);
    tcase_add_loop_test(networks, every_loss_and_activation, 0, LOSS_CASES);
    tcase_add_test(networks, one_layer_and_one_row);
    tcase_add_test(networks, wrong_network_gradients_are_detected);
    suite_add_tcase(suite, networks);
    TCase *generic = tcase_create("generic");
    tcase_add_test(generic, generic_check_detects_small_errors);
    tcase_add_test(generic, report_locates_the_largest_error);
    tcase_add_test(generic, inconclusive_checks_are_rejected);
    suite_add_tcase(suite, generic);
    return run_suite(suite);
}
