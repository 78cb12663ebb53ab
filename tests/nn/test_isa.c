/* A network uses one instruction set for all of its work, whichever is selected. */
#include "fixture.h"

#include <lanewise/kernels.h>
#include <stdlib.h>

enum { ROWS = 40, MAX_INPUTS = 60, MAX_OUTPUTS = 24, STEPS = 6 };

static const lw_layer_spec wide[] = {
    {.units = 50, .activation = LW_ACTIVATION_GELU},
    {.units = 33, .activation = LW_ACTIVATION_TANH},
    {.units = 5, .activation = LW_ACTIVATION_SOFTMAX},
};
static const lw_layer_spec narrow[] = {
    {.units = 9, .activation = LW_ACTIVATION_SILU},
    {.units = 3, .activation = LW_ACTIVATION_SIGMOID},
};
/* General networks with several layouts of weights, small ones, and mixed precision. */
static const struct {
    size_t inputs, count;
    const lw_layer_spec *layers;
    lw_precision precision;
    size_t rows;
} shapes[] = {
    {60, 3, wide, LW_PRECISION_FP32, ROWS},
    {60, 3, wide, LW_PRECISION_BF16, ROWS},
    {7, 2, narrow, LW_PRECISION_FP32, 4},
    {7, 2, narrow, LW_PRECISION_FP32, ROWS},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* What a network computes: everything that depends on the instruction set. */
typedef struct results {
    float y[ROWS * MAX_OUTPUTS];
    double loss[STEPS], norm, evaluated;
    float *parameters;
    size_t count;
} results;

/* The widest set of this machine. */
static const char *widest_set(void)
{
    size_t count = 0;
    while (lw_isa_available(count))
        count++;
    return lw_isa_available(count - 1);
}

/* Selects sets in turn, so that each call of a network meets another one. other NULL: none. */
static void change_isa(const char *other)
{
    static int calls;
    calls++;
    const char *const next = (calls & 1) != 0 ? other : "scalar";
    if (other)
        ASSERT_OK(lw_isa_select(next));
}

static void train(lw_net *net, size_t rows, const float *x, const char *other, results *r)
{
    float *values = uniform_floats(rows * lw_net_outputs(net), 0.0f, 1.0f, 9);
    const lw_target target = {.values = values};
    const lw_optimizer adam = lw_adam(0.02f);
    for (size_t i = 0; i < STEPS; i++) {
        change_isa(other);
        ASSERT_OK(lw_train_step(net, LW_LOSS_DEFAULT, &adam, rows, x, &target, &r->loss[i]));
    }
    change_isa(other);
    ASSERT_OK(lw_net_forward(net, rows, x, NULL));
    change_isa(other);
    ASSERT_OK(lw_net_loss(net, LW_LOSS_DEFAULT, &target, NULL));
    change_isa(other);
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    change_isa(other);
    ASSERT_OK(lw_net_clip_gradients(net, 1e-3f, &r->norm));
    change_isa(other);
    ASSERT_OK(lw_net_step(net, &adam));
    change_isa(other);
    ASSERT_OK(lw_predict(net, rows, x, r->y));
    const lw_dataset data = {.rows = rows,
                             .inputs = lw_net_inputs(net),
                             .outputs = lw_net_outputs(net),
                             .x = x,
                             .target = target};
    lw_evaluation evaluation;
    change_isa(other);
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_DEFAULT, &evaluation));
    r->evaluated = evaluation.loss;
    lw_evaluation_free(&evaluation);
    r->count = lw_net_parameter_count(net);
    r->parameters = parameters_of(net);
    free(values);
}

/* Creates a network on a set, and trains it, or its clone, while others are selected. */
static results run(size_t shape, const char *isa, const char *other, int clones, unsigned threads)
{
    results r = {0};
    float *x = uniform_floats(ROWS * MAX_INPUTS, -1.0f, 1.0f, 4);
    ASSERT_OK(lw_isa_select(isa));
    lw_net *net = make_net(shapes[shape].inputs, shapes[shape].layers, shapes[shape].count, 3);
    lw_net_set_threads(net, threads);
    change_isa(other);
    ASSERT_OK(lw_net_set_precision(net, shapes[shape].precision));
    if (clones) {
        lw_net *clone;
        ASSERT_OK(lw_net_clone(&clone, net));
        lw_net_destroy(net);
        net = clone;
    }
    train(net, shapes[shape].rows, x, other, &r);
    lw_net_destroy(net);
    free(x);
    return r;
}

static void assert_same(const results *a, const results *b)
{
    assert_same_bits("outputs", ROWS * MAX_OUTPUTS, a->y, b->y);
    ck_assert_mem_eq(a->loss, b->loss, sizeof a->loss);
    ck_assert_mem_eq(&a->norm, &b->norm, sizeof a->norm);
    ck_assert_mem_eq(&a->evaluated, &b->evaluated, sizeof a->evaluated);
    assert_same_bits("parameters", a->count, a->parameters, b->parameters);
}

START_TEST(selecting_a_set_changes_no_living_network)
{
    const char *const best = widest_set();
    for (size_t shape = 0; shape < SHAPES; shape++)
        for (unsigned threads = 1; threads <= 2; threads++) {
            results scalar = run(shape, "scalar", NULL, 0, threads);
            results mixed = run(shape, "scalar", best, 0, threads);
            results cloned = run(shape, "scalar", best, 1, threads);
            assert_same(&mixed, &scalar);
            assert_same(&cloned, &scalar);
            free(scalar.parameters);
            free(mixed.parameters);
            free(cloned.parameters);

            results wide_set = run(shape, best, NULL, 0, threads);
            results wide_mixed = run(shape, best, best, 0, threads);
            assert_same(&wide_mixed, &wide_set);
            free(wide_set.parameters);
            free(wide_mixed.parameters);
        }
}
END_TEST

/* Otherwise the test above would prove nothing. */
START_TEST(sets_with_fma_differ_from_scalar)
{
    const char *const best = widest_set();
    if (strcmp(best, "scalar") == 0)
        return;
    for (size_t shape = 0; shape < SHAPES; shape++) {
        results a = run(shape, "scalar", NULL, 0, 1), b = run(shape, best, NULL, 0, 1);
        ck_assert(memcmp(a.parameters, b.parameters, a.count * sizeof *a.parameters) != 0);
        free(a.parameters);
        free(b.parameters);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("isa");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, selecting_a_set_changes_no_living_network);
    tcase_add_test(tcase, sets_with_fma_differ_from_scalar);
    return run_case("isa", tcase);
}
