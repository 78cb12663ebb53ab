/* The gradient at the inputs that lw_net_backward computes on request. */
#include "fixture.h"
#include "train/reference_forward.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 7, INPUTS = 6, OUTPUTS = 3 };

/* Small networks, general kernels, and layers in bf16. */
typedef struct net_kind {
    const char *name;
    int general;
    lw_precision precision;
    double tolerance; /* bound on the error, relative to the largest gradient */
} net_kind;

static const net_kind kinds[] = {
    {"small", 0, LW_PRECISION_FP32, 5e-6},
    {"general", 1, LW_PRECISION_FP32, 5e-6},
    {"bf16", 1, LW_PRECISION_BF16, 3e-2},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const lw_layer_spec deep[] = {
    {.units = 9, .activation = LW_ACTIVATION_GELU, .init = LW_INIT_NORMAL, .init_scale = 0.5f},
    {.units = 8, .activation = LW_ACTIVATION_TANH},
    {.units = OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX},
};
static const lw_layer_spec single[] = {{.units = OUTPUTS, .activation = LW_ACTIVATION_SIGMOID}};

typedef struct problem {
    lw_net *net;
    float *x, *values;
    lw_target target;
} problem;

static problem make_problem(const net_kind *kind, const lw_layer_spec *layers, size_t count)
{
    problem p = {.net = make_net(INPUTS, layers, count, 3),
                 .x = uniform_floats(ROWS * INPUTS, -1.0f, 1.0f, 5),
                 .values = uniform_floats(ROWS * OUTPUTS, 0.0f, 1.0f, 6)};
    if (kind->general)
        use_general_kernels(p.net);
    ASSERT_OK(lw_net_set_precision(p.net, kind->precision));
    p.target.values = p.values;
    return p;
}

static void free_problem(problem *p)
{
    lw_net_destroy(p->net);
    free(p->x);
    free(p->values);
}

static void backward(const problem *p, lw_loss loss, float *dx)
{
    ASSERT_OK(lw_net_forward(p->net, ROWS, p->x, NULL));
    ASSERT_OK(lw_net_loss(p->net, loss, &p->target, NULL));
    ASSERT_OK(lw_net_backward(p->net, NULL, dx));
}

/* ---- Finite differences ---------------------------------------------------------------------- */

typedef struct loss_of_inputs {
    const double *parameters;
    lw_reference reference;
} loss_of_inputs;

static double loss_at(const double *x, void *user)
{
    loss_of_inputs *of = user;
    of->reference.x = x;
    return lw_reference_loss(of->parameters, &of->reference);
}

/* The error of a gradient at the inputs, relative to its largest element. */
static double error_of(const problem *p, lw_loss loss, const float *dx)
{
    enum { COUNT = ROWS * INPUTS };
    double x[COUNT], gradient[COUNT], parameters[256], buffers[64];
    float *flat = parameters_of(p->net);
    ck_assert_uint_le(lw_net_parameter_count(p->net), 256);
    ck_assert_uint_le(lw_reference_buffer_count(p->net), 64);
    for (size_t i = 0; i < lw_net_parameter_count(p->net); i++)
        parameters[i] = (double)flat[i];
    free(flat);
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)p->x[i];
        gradient[i] = (double)dx[i];
    }
    lw_loss_rule rule;
    ASSERT_OK(lw_loss_resolve(p->net, loss, &rule));
    loss_of_inputs of = {
        parameters,
        {.net = p->net, .rule = &rule, .rows = ROWS, .target = &p->target, .buffers = buffers}};
    lw_gradient_report report;
    ASSERT_OK(lw_gradient_check(COUNT, x, gradient, loss_at, &of, 0.0, &report));
    return report.max_error;
}

START_TEST(is_that_of_differences)
{
    static const struct {
        const lw_layer_spec *layers;
        size_t count;
        lw_loss loss;
    } cases[] = {
        {deep, 3, LW_LOSS_CROSS_ENTROPY},
        {deep, 3, LW_LOSS_MSE},
        {single, 1, LW_LOSS_BINARY_CROSS_ENTROPY},
        {single, 1, LW_LOSS_SSE},
    };
    const net_kind *kind = &kinds[_i];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        problem p = make_problem(kind, cases[i].layers, cases[i].count);
        float dx[ROWS * INPUTS];
        backward(&p, cases[i].loss, dx);
        const double error = error_of(&p, cases[i].loss, dx);
        ck_assert_msg(error < kind->tolerance, "%s, case %zu: error %g", kind->name, i, error);
        free_problem(&p);
    }
}
END_TEST

/* Errors of a wrong backward pass exceed the tolerance. */
START_TEST(wrong_gradients_are_detected)
{
    for (size_t i = 0; i < KINDS; i++) {
        problem p = make_problem(&kinds[i], deep, 3);
        float dx[ROWS * INPUTS], wrong[ROWS * INPUTS];
        backward(&p, LW_LOSS_CROSS_ENTROPY, dx);
        for (size_t k = 0; k < ROWS * INPUTS; k++)
            wrong[k] = 1.1f * dx[k];
        ck_assert_double_gt(error_of(&p, LW_LOSS_CROSS_ENTROPY, wrong), kinds[i].tolerance);
        memcpy(wrong, dx, sizeof dx);
        memcpy(wrong, dx + INPUTS, INPUTS * sizeof *dx); /* rows out of place */
        ck_assert_double_gt(error_of(&p, LW_LOSS_CROSS_ENTROPY, wrong), kinds[i].tolerance);
        for (size_t k = 0; k < ROWS * INPUTS; k++) /* not multiplied by the first weights */
            wrong[k] = k % INPUTS ? dx[k] : 0.0f;
        ck_assert_double_gt(error_of(&p, LW_LOSS_CROSS_ENTROPY, wrong), kinds[i].tolerance);
        free_problem(&p);
    }
}
END_TEST

/* ---- Side effects ---------------------------------------------------------------------------- */

START_TEST(other_results_do_not_depend_on_it)
{
    const net_kind *kind = &kinds[_i];
    problem with = make_problem(kind, deep, 3), without = make_problem(kind, deep, 3);
    const lw_optimizer adam = lw_adam(0.01f);
    const size_t n = lw_net_parameter_count(with.net);
    float dx[ROWS * INPUTS];
    for (size_t step = 0; step < 3; step++) {
        backward(&with, LW_LOSS_CROSS_ENTROPY, dx);
        backward(&without, LW_LOSS_CROSS_ENTROPY, NULL);
        float *got = gradients_of(with.net), *want = gradients_of(without.net);
        ck_assert_mem_eq(got, want, n * sizeof *got);
        free(got);
        free(want);
        ASSERT_OK(lw_net_step(with.net, &adam));
        ASSERT_OK(lw_net_step(without.net, &adam));
        ASSERT_OK(lw_train_step(with.net, LW_LOSS_MSE, &adam, ROWS, with.x, &with.target, NULL));
        ASSERT_OK(lw_train_step(without.net, LW_LOSS_MSE, &adam, ROWS, with.x, &with.target, NULL));
        got = parameters_of(with.net);
        want = parameters_of(without.net);
        ck_assert_mem_eq(got, want, n * sizeof *got);
        free(got);
        free(want);
    }
    free_problem(&with);
    free_problem(&without);
}
END_TEST

/* Enough work for several threads. */
START_TEST(bits_do_not_depend_on_threads)
{
    enum { MANY = 300, WIDE = 70 };
    const lw_layer_spec layers[] = {{.units = 120, .activation = LW_ACTIVATION_SILU},
                                    {.units = 90, .activation = LW_ACTIVATION_RELU},
                                    {.units = 11}};
    float *x = uniform_floats(MANY * WIDE, -1.0f, 1.0f, 1);
    float *dy = uniform_floats(MANY * 11, -1.0f, 1.0f, 2);
    float *first = uniform_floats(MANY * WIDE, 0.0f, 0.0f, 3);
    float *dx = uniform_floats(MANY * WIDE, 0.0f, 0.0f, 3);
    for (unsigned threads = 1; threads <= 3; threads++) {
        lw_net *net = make_net(WIDE, layers, 3, 1);
        ASSERT_OK(lw_net_set_precision(net, _i ? LW_PRECISION_BF16 : LW_PRECISION_FP32));
        lw_net_set_threads(net, threads);
        ASSERT_OK(lw_net_forward(net, MANY, x, NULL));
        ASSERT_OK(lw_net_backward(net, dy, threads == 1 ? first : dx));
        if (threads > 1)
            ck_assert_mem_eq(dx, first, MANY * WIDE * sizeof *dx);
        lw_net_destroy(net);
    }
    free(x);
    free(dy);
    free(first);
    free(dx);
}
END_TEST

START_TEST(refuses)
{
    problem p = make_problem(&kinds[1], deep, 3);
    float dx[ROWS * INPUTS], dy[ROWS * OUTPUTS] = {0.0f};
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        dx[i] = 9.0f;
    ASSERT_FAILS(LW_ESTATE, "forward", lw_net_backward(p.net, NULL, dx));
    ASSERT_OK(lw_net_forward(p.net, ROWS, p.x, NULL));
    ASSERT_FAILS(LW_ESTATE, "loss", lw_net_backward(p.net, NULL, dx));
    ASSERT_FAILS(LW_EOVERLAP, "inputs", lw_net_backward(p.net, dy, p.x + 1));
    ASSERT_FAILS(LW_EOVERLAP, "dy", lw_net_backward(p.net, dx, dx));
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        ck_assert(dx[i] == 9.0f);
    free_problem(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("input gradient");
    TCase *tcase = tcase_create("input gradient");
    tcase_add_loop_test(tcase, is_that_of_differences, 0, KINDS);
    tcase_add_test(tcase, wrong_gradients_are_detected);
    tcase_add_loop_test(tcase, other_results_do_not_depend_on_it, 0, KINDS);
    tcase_add_loop_test(tcase, bits_do_not_depend_on_threads, 0, 2);
    tcase_add_test(tcase, refuses);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
