/* Single steps: fused, as individual calls, and rejected. */
#include "training_problem.h"

#include <stdlib.h>

START_TEST(fused_step_has_the_bits_of_individual_calls)
{
    static const struct {
        lw_loss loss;
        lw_activation output;
        int labels;
    } cases[] = {
        {LW_LOSS_CROSS_ENTROPY, LW_ACTIVATION_SOFTMAX, 1},
        {LW_LOSS_CROSS_ENTROPY, LW_ACTIVATION_SOFTMAX, 0},
        {LW_LOSS_BINARY_CROSS_ENTROPY, LW_ACTIVATION_SIGMOID, 0},
        {LW_LOSS_MSE, LW_ACTIVATION_SOFTMAX, 1},
        {LW_LOSS_HALF_MSE, LW_ACTIVATION_SIGMOID, 0},
        {LW_LOSS_SSE, LW_ACTIVATION_SILU, 0},
        {LW_LOSS_MSE, LW_ACTIVATION_LINEAR, 1},
    };
    const lw_optimizer optimizers[] = {
        lw_sgd(0.1f), lw_sgd_momentum(0.1f, 0.9f), lw_adam(0.01f), lw_adamw(0.01f, 0.1f), {0}};
    /* A small net, and a network that is not one. */
    const size_t units = _i == 0 ? 6 : 45;
    problem p = make_problem(ROWS);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t o = 0; o < sizeof optimizers / sizeof *optimizers; o++) {
            lw_net *fused = net_with(units, cases[c].output),
                   *single = net_with(units, cases[c].output);
            const lw_target target = {.values = cases[c].labels ? NULL : p.values,
                                      .labels = cases[c].labels ? p.labels : NULL};
            for (size_t step = 0; step < 3; step++) {
                /* A different number of rows each time. */
                const size_t rows = ROWS - step;
                double fused_loss = -1.0, single_loss = -2.0;
                ASSERT_OK(lw_train_step(fused, cases[c].loss, &optimizers[o], rows, p.x, &target,
                                        &fused_loss));
                ASSERT_OK(lw_net_forward(single, rows, p.x, NULL));
                ASSERT_OK(lw_net_loss(single, cases[c].loss, &target, &single_loss));
                ASSERT_OK(lw_net_backward(single, NULL, NULL));
                ASSERT_OK(lw_net_step(single, &optimizers[o]));
                ck_assert(fused_loss == single_loss);
            }
            const size_t n = lw_net_parameter_count(fused);
            float *of_fused = parameters_of(fused), *of_single = parameters_of(single);
            assert_same_bits("parameters", n, of_fused, of_single);
            free(of_fused);
            free(of_single);
            lw_net_destroy(fused);
            lw_net_destroy(single);
        }
    free_problem(&p);
}
END_TEST

/* Fused steps leave no gradients. */
START_TEST(stored_gradients_equal_a_backward_pass)
{
    static const size_t units[] = {6, 45};
    const lw_optimizer sgd = lw_sgd(0.1f);
    problem p = make_problem(ROWS);
    for (size_t i = 0; i < 2; i++) {
        lw_net *net = net_with(units[i], LW_ACTIVATION_SOFTMAX);
        const size_t n = lw_net_parameter_count(net);
        float *flat = canary_floats(n);
        ASSERT_OK(lw_train_step(net, LW_LOSS_MSE, &sgd, ROWS, p.x, &p.data.target, NULL));
        ASSERT_FAILS(LW_ESTATE, "backward", lw_net_get_gradients(net, flat));
        ASSERT_FAILS(LW_ESTATE, "gradients", lw_net_step(net, &sgd));
        ASSERT_OK(lw_net_forward(net, ROWS, p.x, NULL));
        ASSERT_OK(lw_net_loss(net, LW_LOSS_MSE, &p.data.target, NULL));
        ASSERT_OK(lw_net_backward(net, NULL, NULL));
        ASSERT_OK(lw_net_step(net, &sgd));
        ASSERT_OK(lw_net_step(net, &sgd));
        ASSERT_OK(lw_fit(
            net, &p.data,
            &(lw_fit_options){.size = sizeof(lw_fit_options), .optimizer = sgd, .epochs = 1}));
        ASSERT_FAILS(LW_ESTATE, "backward", lw_net_get_layer_gradients(net, 0, flat, NULL));
        ck_assert(is_canary(n, flat));
        free(flat);
        lw_net_destroy(net);
    }
    free_problem(&p);
}
END_TEST

/* The caller's dy equals the gradient of the mean squared error. */
START_TEST(custom_loss_gradient_equals_the_built_in_one)
{
    static const lw_activation outputs[] = {LW_ACTIVATION_LINEAR, LW_ACTIVATION_TANH,
                                            LW_ACTIVATION_SOFTMAX, LW_ACTIVATION_SILU};
    problem p = make_problem(ROWS);
    for (size_t a = 0; a < sizeof outputs / sizeof *outputs; a++) {
        lw_net *net = net_with_output(outputs[a]);
        float y[ROWS * OUTPUTS], dy[ROWS * OUTPUTS];
        ASSERT_OK(lw_net_forward(net, ROWS, p.x, y));
        ASSERT_OK(lw_net_loss(net, LW_LOSS_MSE, &(lw_target){.values = p.values}, NULL));
        ASSERT_OK(lw_net_backward(net, NULL, NULL));
        float *built_in = gradients_of(net);
        for (size_t i = 0; i < ROWS * OUTPUTS; i++)
            dy[i] = (float)(2.0 / (ROWS * OUTPUTS)) * (y[i] - p.values[i]);
        ASSERT_OK(lw_net_backward(net, dy, NULL));
        float *own = gradients_of(net);
        assert_same_bits("gradients", lw_net_parameter_count(net), own, built_in);
        free(built_in);
        free(own);
        lw_net_destroy(net);
    }
    free_problem(&p);
}
END_TEST

START_TEST(single_output_takes_labels_as_values)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_SIGMOID};
    const float x[] = {1, 2, 3, 4}, values[] = {1, 0, 0, 1};
    const int32_t labels[] = {1, 0, 0, 1}, bad[] = {1, 0, 2, 1};
    const lw_optimizer sgd = lw_sgd(0.5f);
    static const lw_loss losses[] = {LW_LOSS_BINARY_CROSS_ENTROPY, LW_LOSS_MSE};
    for (size_t i = 0; i < 2; i++) {
        lw_net *a = make_net(1, &layer, 1, 1), *b = make_net(1, &layer, 1, 1);
        double loss_a, loss_b;
        ASSERT_OK(lw_train_step(a, losses[i], &sgd, 4, x, &(lw_target){.values = values}, &loss_a));
        ASSERT_OK(lw_train_step(b, losses[i], &sgd, 4, x, &(lw_target){.labels = labels}, &loss_b));
        ck_assert(loss_a == loss_b);
        float *of_a = parameters_of(a), *of_b = parameters_of(b);
        assert_same_bits("parameters", 2, of_b, of_a);
        ASSERT_FAILS(LW_EDATA, "row 2",
                     lw_train_step(b, losses[i], &sgd, 4, x, &(lw_target){.labels = bad}, &loss_b));
        free(of_a);
        free(of_b);
        lw_net_destroy(a);
        lw_net_destroy(b);
    }
}
END_TEST

START_TEST(invalid_steps_are_rejected_and_change_nothing)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX),
           *sigmoid = net_with_output(LW_ACTIVATION_SIGMOID);
    float *before = parameters_of(net);
    const lw_target labels = {.labels = p.labels}, values = {.values = p.values}, none = {0},
                    both = {.values = p.values, .labels = p.labels};
    const lw_optimizer sgd = lw_sgd(0.1f);
    double value = -7.0;
    const struct {
        lw_status status;
        const char *message;
        lw_net *net;
        lw_loss loss;
        size_t rows;
        const float *x;
        const lw_target *target;
    } cases[] = {
        {LW_EINVAL, "net", NULL, LW_LOSS_MSE, ROWS, p.x, &labels},
        {LW_EINVAL, "x", net, LW_LOSS_MSE, ROWS, NULL, &labels},
        {LW_EINVAL, "no rows", net, LW_LOSS_MSE, 0, p.x, &labels},
        {LW_EINVAL, "loss", net, (lw_loss)99, ROWS, p.x, &labels},
        {LW_EINVAL, "target", net, LW_LOSS_MSE, ROWS, p.x, NULL},
        {LW_EINVAL, "no target", net, LW_LOSS_MSE, ROWS, p.x, &none},
        {LW_EINVAL, "two targets", net, LW_LOSS_MSE, ROWS, p.x, &both},
        {LW_ESHAPE, "sigmoid", net, LW_LOSS_BINARY_CROSS_ENTROPY, ROWS, p.x, &values},
        {LW_ESHAPE, "softmax", sigmoid, LW_LOSS_CROSS_ENTROPY, ROWS, p.x, &values},
        {LW_ESHAPE, "labels", sigmoid, LW_LOSS_DEFAULT, ROWS, p.x, &labels},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ASSERT_FAILS(cases[i].status, cases[i].message,
                     lw_train_step(cases[i].net, cases[i].loss, &sgd, cases[i].rows, cases[i].x,
                                   cases[i].target, &value));
    static const int32_t out_of_range[] = {-1, OUTPUTS, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof out_of_range / sizeof *out_of_range; i++) {
        p.labels[ROWS - 1] = out_of_range[i];
        ASSERT_FAILS(LW_EDATA, "row 9",
                     lw_train_step(net, LW_LOSS_DEFAULT, &sgd, ROWS, p.x, &labels, &value));
    }
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    ck_assert_double_eq(value, -7.0);
    free(before);
    free(after);
    lw_net_destroy(net);
    lw_net_destroy(sigmoid);
    free_problem(&p);
}
END_TEST

int main(void)
{
    TCase *steps = tcase_create("steps");
    tcase_add_loop_test(steps, fused_step_has_the_bits_of_individual_calls, 0, 2);
    tcase_add_test(steps, stored_gradients_equal_a_backward_pass);
    tcase_add_test(steps, custom_loss_gradient_equals_the_built_in_one);
    tcase_add_test(steps, single_output_takes_labels_as_values);
    tcase_add_test(steps, invalid_steps_are_rejected_and_change_nothing);
    return run_case("steps", steps);
}
