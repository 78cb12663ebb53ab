/* Optimizers and their state, and gradient clipping. */
#include "training_problem.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Parameters after two steps with the gradients 1, 2, 3, ... */
static float *after_two_steps(const lw_optimizer *first, const lw_optimizer *second)
{
    lw_net *net = net_with_output(LW_ACTIVATION_LINEAR);
    const size_t n = lw_net_parameter_count(net);
    float *flat = uniform_floats(n, 0.0f, 0.0f, 1);
    ASSERT_OK(lw_net_set_parameters(net, flat));
    for (size_t i = 0; i < n; i++)
        flat[i] = (float)(i + 1);
    ASSERT_OK(lw_net_set_gradients(net, flat));
    ASSERT_OK(lw_net_step(net, first));
    ASSERT_OK(lw_net_step(net, second));
    ASSERT_OK(lw_net_get_parameters(net, flat));
    lw_net_destroy(net);
    return flat;
}

START_TEST(optimizer_state_belongs_to_the_network)
{
    const lw_optimizer sgd = lw_sgd(0.5f), momentum = lw_sgd_momentum(0.5f, 0.5f),
                       adam = lw_adam(0.25f), adamw = lw_adamw(0.25f, 0.0f);
    const struct {
        const lw_optimizer *first, *second;
        double of_first, of_last; /* change of the parameter with gradient 1 */
    } cases[] = {
        {&sgd, &sgd, 0.5, 0.5},
        {&momentum, &momentum, 0.5, 0.75}, /* velocity 1, then 0.5 + 1 */
        {&sgd, &momentum, 0.5, 0.5},
        {&adam, &adam, 0.25, 0.25},
        {&momentum, &adam, 0.5, 0.25}, /* new state: the first step is 1 * lr */
        {&adam, &adamw, 0.25, 0.25},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float *flat = after_two_steps(cases[i].first, cases[i].second);
        ck_assert_double_eq_tol((double)flat[0], -(cases[i].of_first + cases[i].of_last), 1e-6);
        free(flat);
    }
}
END_TEST

/* Two steps of the kernels on flat vectors. */
static void update_flat(const lw_optimizer *o, size_t n, const float *g, float *w)
{
    float *velocity = uniform_floats(n, 0.0f, 0.0f, 1),
          *variance = uniform_floats(n, 0.0f, 0.0f, 1);
    const lw_sgd_update_params sgd = {o->learning_rate, o->momentum, o->weight_decay, o->nesterov};
    lw_adam_update_params adam = {o->learning_rate,
                                  o->beta1,
                                  o->beta2,
                                  o->epsilon,
                                  o->weight_decay,
                                  o->kind == LW_OPTIMIZER_ADAMW,
                                  0};
    for (adam.step = 1; adam.step <= 2; adam.step++)
        ASSERT_OK(o->kind == LW_OPTIMIZER_SGD ? lw_sgd_update(n, &sgd, g, w, velocity)
                                              : lw_adam_update(n, &adam, g, w, velocity, variance));
    free(velocity);
    free(variance);
}

START_TEST(steps_equal_the_update_kernels)
{
    const lw_optimizer cases[] = {
        {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.1f, .weight_decay = 0.2f},
        {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.1f, .momentum = 0.7f, .weight_decay = 0.2f},
        {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.1f, .momentum = 0.7f, .nesterov = 1},
        {LW_OPTIMIZER_ADAM, 0.1f, 0.0f, 0, 0.3f, 0.8f, 0.95f, 1e-2f},
        {LW_OPTIMIZER_ADAMW, 0.1f, 0.0f, 0, 0.3f, 0.8f, 0.95f, 1e-2f},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lw_net *net = net_with_output(LW_ACTIVATION_LINEAR);
        const size_t n = lw_net_parameter_count(net);
        float *w = parameters_of(net), *g = uniform_floats(n, -1.0f, 1.0f, 8);
        for (size_t step = 0; step < 2; step++) {
            ASSERT_OK(lw_net_set_gradients(net, g));
            ASSERT_OK(lw_net_step(net, &cases[i]));
        }
        update_flat(&cases[i], n, g, w);
        float *got = parameters_of(net);
        assert_same_bits("parameters", n, got, w);
        free(w);
        free(g);
        free(got);
        lw_net_destroy(net);
    }
}
END_TEST

START_TEST(another_optimizer_resets_the_state)
{
    const lw_optimizer momentum = lw_sgd_momentum(0.5f, 0.5f);
    lw_net *net = net_with_output(LW_ACTIVATION_LINEAR);
    const size_t n = lw_net_parameter_count(net);
    float *ones = uniform_floats(n, 1.0f, 1.0f, 1), *flat = parameters_of(net);
    ASSERT_OK(lw_net_set_gradients(net, ones));
    ASSERT_OK(lw_net_step(net, &momentum));
    ASSERT_OK(lw_net_initialize(net, 7));
    ASSERT_OK(lw_net_set_gradients(net, ones));
    ASSERT_OK(lw_net_step(net, &momentum));
    const float expected = flat[0] - 0.5f;
    ASSERT_OK(lw_net_get_parameters(net, flat));
    ck_assert_float_eq_tol(flat[0], expected, 1e-6f);
    free(ones);
    free(flat);
    lw_net_destroy(net);
}
END_TEST

START_TEST(invalid_optimizers_are_rejected)
{
    const struct {
        lw_optimizer optimizer;
        const char *message;
    } cases[] = {
        {{.kind = (lw_optimizer_kind)99}, "optimizer"},
        {{.kind = LW_OPTIMIZER_SGD, .learning_rate = -1.0f}, "learning rate"},
        {{.kind = LW_OPTIMIZER_SGD, .learning_rate = NAN}, "learning rate"},
        {{.kind = LW_OPTIMIZER_SGD, .momentum = INFINITY}, "momentum"},
        {{.kind = LW_OPTIMIZER_SGD, .nesterov = 1}, "Nesterov"},
        {{.kind = LW_OPTIMIZER_SGD, .weight_decay = -1.0f}, "weight decay"},
        {{.kind = LW_OPTIMIZER_ADAM, .beta1 = 1.0f, .beta2 = 0.9f}, "betas"},
        {{.kind = LW_OPTIMIZER_ADAMW, .beta1 = 0.9f, .beta2 = NAN}, "betas"},
        {{.kind = LW_OPTIMIZER_ADAM, .epsilon = -1.0f}, "epsilon"},
    };
    lw_net *net = net_with_output(LW_ACTIVATION_LINEAR);
    float *flat = parameters_of(net);
    ASSERT_OK(lw_net_set_gradients(net, flat));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ASSERT_FAILS(LW_EINVAL, cases[i].message, lw_net_step(net, &cases[i].optimizer));
    ASSERT_FAILS(LW_EINVAL, "optimizer", lw_net_step(net, NULL));
    const lw_optimizer sgd = lw_sgd(0.1f);
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_step(NULL, &sgd));
    free(flat);
    lw_net_destroy(net);
}
END_TEST

START_TEST(clipping)
{
    lw_net *net = net_with_output(LW_ACTIVATION_LINEAR);
    const size_t n = lw_net_parameter_count(net);
    float *flat = uniform_floats(n, 0.0f, 0.0f, 1);
    double norm = -7.0;
    flat[0] = 3.0f;
    flat[n - 1] = -4.0f;
    ASSERT_OK(lw_net_set_gradients(net, flat));
    ASSERT_OK(lw_net_clip_gradients(net, 5.0f, &norm));
    ck_assert_double_eq_tol(norm, 5.0, 1e-9);
    float *clipped = gradients_of(net);
    assert_same_bits("gradients", n, clipped, flat);
    ASSERT_OK(lw_net_clip_gradients(net, 50.0f, NULL));
    ASSERT_OK(lw_net_get_gradients(net, clipped));
    assert_same_bits("gradients", n, clipped, flat);
    ASSERT_OK(lw_net_clip_gradients(net, 0.5f, NULL));
    ASSERT_OK(lw_net_get_gradients(net, clipped));
    ck_assert_float_eq_tol(clipped[0], 0.3f, 1e-7f);
    ck_assert_float_eq_tol(clipped[n - 1], -0.4f, 1e-7f);

    flat[1] = NAN;
    ASSERT_OK(lw_net_set_gradients(net, flat));
    norm = -7.0;
    ASSERT_FAILS(LW_EDIVERGED, "finite", lw_net_clip_gradients(net, 1.0f, &norm));
    ASSERT_FAILS(LW_EINVAL, "max_norm", lw_net_clip_gradients(net, 0.0f, &norm));
    ASSERT_FAILS(LW_EINVAL, "max_norm", lw_net_clip_gradients(net, NAN, &norm));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_clip_gradients(NULL, 1.0f, &norm));
    ck_assert_double_eq(norm, -7.0);
    ASSERT_OK(lw_net_get_gradients(net, clipped));
    ck_assert(clipped[0] == 3.0f && clipped[n - 1] == -4.0f);
    free(flat);
    free(clipped);
    lw_net_destroy(net);
}
END_TEST

/* Gradients whose squares underflow or overflow float; every third one is 0. */
START_TEST(clipping_of_extreme_gradients)
{
    static const float values[] = {0x1p-149f, 1e-40f, 1e-30f, 1e-25f, 1e-19f,
                                   1e19f,     1e20f,  1e30f,  3e38f};
    lw_net *net = net_with_output(LW_ACTIVATION_LINEAR);
    const size_t n = lw_net_parameter_count(net);
    float *flat = uniform_floats(n, 0.0f, 0.0f, 1), *clipped = uniform_floats(n, 0.0f, 0.0f, 1);
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        double norm = -7.0, after = 0.0;
        for (size_t i = 0; i < n; i++)
            flat[i] = i % 3 == 0 ? 0.0f : values[v];
        const int flushed = values[v] < FLT_MIN;
        const double want = (double)values[v] * sqrt((double)(n - (n + 2) / 3));
        ASSERT_OK(lw_net_set_gradients(net, flat));
        ASSERT_OK(lw_net_clip_gradients(net, 0x1p-110f, &norm));
        ck_assert_msg(norm <= want * 1.000001 && (flushed || norm >= want * 0.999999),
                      "gradients of %g: norm %g, not %g", (double)values[v], norm, want);
        ASSERT_OK(lw_net_get_gradients(net, clipped));
        for (size_t i = 0; i < n; i++)
            after += (double)clipped[i] * (double)clipped[i];
        const double most = flushed ? 1.0 : 0x1p-110;
        ck_assert_msg(sqrt(after) <= most * 1.000001 && (flushed || sqrt(after) >= most * 0.99999),
                      "gradients of %g: norm %g after clipping", (double)values[v], sqrt(after));
    }
    flat[0] = INFINITY;
    ASSERT_OK(lw_net_set_gradients(net, flat));
    ASSERT_FAILS(LW_EDIVERGED, "finite", lw_net_clip_gradients(net, 1.0f, NULL));
    free(flat);
    free(clipped);
    lw_net_destroy(net);
}
END_TEST

/* After a reset, steps equal those of a network without optimizer state; parameters, gradients and
 * the forward pass are unchanged. */
START_TEST(a_reset_affects_only_the_optimizer)
{
    const lw_optimizer optimizers[] = {lw_sgd_momentum(0.5f, 0.5f), lw_adam(0.25f)};
    for (size_t i = 0; i < 2; i++) {
        lw_net *used = net_with_output(LW_ACTIVATION_LINEAR),
               *fresh = net_with_output(LW_ACTIVATION_LINEAR);
        const size_t n = lw_net_parameter_count(used);
        float *flat = uniform_floats(n, -1.0f, 1.0f, 3);
        lw_optimizer_info info;
        ASSERT_OK(lw_net_set_gradients(used, flat));
        ASSERT_OK(lw_net_step(used, &optimizers[i]));
        ASSERT_OK(lw_net_optimizer_info(used, &info));
        ck_assert(info.steps == 1 && info.moments > 0);
        const size_t memory = lw_net_memory(used);
        ASSERT_OK(lw_net_reset_optimizer(used));
        ck_assert_uint_lt(lw_net_memory(used), memory);
        ASSERT_OK(lw_net_optimizer_info(used, &info));
        ck_assert(info.kind == LW_OPTIMIZER_DEFAULT && info.steps == 0 && info.moments == 0);
        ASSERT_OK(lw_net_set_gradients(fresh, flat));
        ASSERT_OK(lw_net_get_parameters(used, flat));
        ASSERT_OK(lw_net_set_parameters(fresh, flat));
        ASSERT_OK(lw_net_step(used, &optimizers[i]));
        ASSERT_OK(lw_net_step(fresh, &optimizers[i]));
        float *got = parameters_of(used), *want = parameters_of(fresh);
        assert_same_bits("parameters", n, got, want);
        free(got);
        free(want);
        free(flat);
        lw_net_destroy(used);
        lw_net_destroy(fresh);
    }
    ASSERT_FAILS(LW_EINVAL, "lw_net_reset_optimizer: net", lw_net_reset_optimizer(NULL));
}
END_TEST

int main(void)
{
    TCase *optimizers = tcase_create("optimizers");
    tcase_add_test(optimizers, optimizer_state_belongs_to_the_network);
    tcase_add_test(optimizers, steps_equal_the_update_kernels);
    tcase_add_test(optimizers, another_optimizer_resets_the_state);
    tcase_add_test(optimizers, invalid_optimizers_are_rejected);
    tcase_add_test(optimizers, clipping);
    tcase_add_test(optimizers, clipping_of_extreme_gradients);
    tcase_add_test(optimizers, a_reset_affects_only_the_optimizer);
    return run_case("optimizers", optimizers);
}
