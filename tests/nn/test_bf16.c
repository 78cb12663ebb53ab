/* Mixed precision: what it changes and what it leaves unchanged. (test_bits checks its bits.) */
#include "fixture.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 33, INPUTS = 20, OUTPUTS = 5 };

static const lw_layer_spec layers[] = {{.units = 49, .activation = LW_ACTIVATION_RELU},
                                       {.units = 18, .activation = LW_ACTIVATION_SILU},
                                       {.units = OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX}};
enum { LAYERS = sizeof layers / sizeof *layers };

static lw_net *net_in(lw_precision precision)
{
    lw_net *net = make_net(INPUTS, layers, LAYERS, 3);
    ASSERT_OK(lw_net_set_precision(net, precision));
    return net;
}

typedef struct batch {
    float *x;
    int32_t *labels;
    lw_target target;
} batch;

static batch make_batch(void)
{
    batch b = {
        uniform_floats(ROWS * INPUTS, -1.0f, 1.0f, 1), uniform_labels(ROWS, OUTPUTS, 2), {0}};
    b.target.labels = b.labels;
    return b;
}

static void free_batch(batch *b)
{
    free(b->x);
    free(b->labels);
}

static void step(lw_net *net, const batch *b)
{
    const lw_optimizer adam = lw_adam(0.01f);
    ASSERT_OK(lw_train_step(net, LW_LOSS_CROSS_ENTROPY, &adam, ROWS, b->x, &b->target, NULL));
}

static void assert_same_parameters(const lw_net *got, const lw_net *want)
{
    float *of_got = parameters_of(got), *of_want = parameters_of(want);
    assert_same_bits("parameters", lw_net_parameter_count(want), of_got, of_want);
    free(of_got);
    free(of_want);
}

/* |got - want| / |want|. */
static double distance(size_t n, const float *got, const float *want)
{
    double difference = 0.0, size = 0.0;
    for (size_t i = 0; i < n; i++) {
        difference += pow((double)got[i] - (double)want[i], 2.0);
        size += pow((double)want[i], 2.0);
    }
    return sqrt(difference / size);
}

START_TEST(parameters_survive_a_change)
{
    lw_net *net = net_in(LW_PRECISION_FP32), *other = net_in(LW_PRECISION_FP32);
    const batch b = make_batch();
    ck_assert_int_eq(lw_net_precision(net), LW_PRECISION_FP32);
    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_BF16));
    ck_assert_int_eq(lw_net_precision(net), LW_PRECISION_BF16);
    assert_same_parameters(net, other);
    step(net, &b);
    step(other, &b);
    float *of_net = parameters_of(net);
    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_FP32));
    ASSERT_OK(lw_net_set_parameters(other, of_net));
    assert_same_parameters(net, other);
    free(of_net);
    ASSERT_FAILS(LW_EINVAL, "precision", lw_net_set_precision(net, (lw_precision)7));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_set_precision(NULL, LW_PRECISION_BF16));
    batch released = b;
    free_batch(&released);
    lw_net_destroy(net);
    lw_net_destroy(other);
}
END_TEST

START_TEST(predictions_equal_fp32)
{
    lw_net *floats = net_in(LW_PRECISION_FP32), *mixed = net_in(LW_PRECISION_BF16);
    batch b = make_batch();
    float want[ROWS * OUTPUTS], got[ROWS * OUTPUTS];
    ASSERT_OK(lw_predict(floats, ROWS, b.x, want));
    ASSERT_OK(lw_predict(mixed, ROWS, b.x, got));
    assert_same_bits("outputs", ROWS * OUTPUTS, got, want);
    free_batch(&b);
    lw_net_destroy(floats);
    lw_net_destroy(mixed);
}
END_TEST

/* bf16 has 8 significant bits: outputs and gradients differ from those in fp32, by at most a few
 * times 2^-8. */
START_TEST(bf16_passes_are_close_to_fp32)
{
    /* Sums of gradients cancel to a third of their terms. */
    static const double nearest = 1e-5, farthest = 0.02, farthest_gradients = 0.06;
    lw_net *nets[] = {net_in(LW_PRECISION_FP32), net_in(LW_PRECISION_BF16)};
    batch b = make_batch();
    float y[2][ROWS * OUTPUTS], *gradients[2];
    double losses[2];
    for (int i = 0; i < 2; i++) {
        ASSERT_OK(lw_net_forward(nets[i], ROWS, b.x, y[i]));
        ASSERT_OK(lw_net_loss(nets[i], LW_LOSS_CROSS_ENTROPY, &b.target, &losses[i]));
        ASSERT_OK(lw_net_backward(nets[i], NULL, NULL));
        gradients[i] = gradients_of(nets[i]);
    }
    const double of_y = distance(ROWS * OUTPUTS, y[1], y[0]);
    const double of_gradients =
        distance(lw_net_parameter_count(nets[0]), gradients[1], gradients[0]);
    ck_assert(of_y > nearest && of_y < farthest);
    ck_assert_msg(of_gradients > nearest && of_gradients < farthest_gradients, "gradients: %g",
                  of_gradients);
    ck_assert_double_eq_tol(losses[1], losses[0], farthest * losses[0]);
    for (int i = 0; i < 2; i++) {
        free(gradients[i]);
        lw_net_destroy(nets[i]);
    }
    free_batch(&b);
}
END_TEST

START_TEST(a_custom_loop_takes_the_same_steps)
{
    lw_net *fused = net_in(LW_PRECISION_BF16), *loop = net_in(LW_PRECISION_BF16);
    const lw_optimizer adam = lw_adam(0.01f);
    batch b = make_batch();
    for (int i = 0; i < 3; i++) {
        step(fused, &b);
        ASSERT_OK(lw_net_forward(loop, ROWS, b.x, NULL));
        ASSERT_OK(lw_net_loss(loop, LW_LOSS_CROSS_ENTROPY, &b.target, NULL));
        ASSERT_OK(lw_net_backward(loop, NULL, NULL));
        ASSERT_OK(lw_net_step(loop, &adam));
        assert_same_parameters(loop, fused);
    }
    free_batch(&b);
    lw_net_destroy(fused);
    lw_net_destroy(loop);
}
END_TEST

/* New parameters reach the bf16 copies before the next step. */
START_TEST(bf16_copies_follow_the_parameters)
{
    lw_net *used = net_in(LW_PRECISION_BF16), *fresh = net_in(LW_PRECISION_BF16);
    batch b = make_batch();
    float *initial = parameters_of(used), w[INPUTS * 49];
    step(used, &b);
    ASSERT_OK(lw_net_initialize(used, 3));
    ASSERT_OK(lw_net_set_parameters(used, initial));
    step(used, &b);
    step(fresh, &b);
    assert_same_parameters(used, fresh);

    ASSERT_OK(lw_net_get_layer(fresh, 0, w, NULL));
    for (size_t i = 0; i < INPUTS * 49; i++)
        w[i] *= 2.0f;
    ASSERT_OK(lw_net_set_layer(used, 0, w, NULL));
    float *doubled = parameters_of(used);
    ASSERT_OK(lw_net_set_parameters(fresh, doubled));
    step(used, &b);
    step(fresh, &b);
    assert_same_parameters(used, fresh);
    free(doubled);
    free(initial);
    free_batch(&b);
    lw_net_destroy(used);
    lw_net_destroy(fresh);
}
END_TEST

START_TEST(training_learns)
{
    lw_net *net = net_in(LW_PRECISION_BF16);
    const lw_optimizer adam = lw_adam(0.01f);
    batch b = make_batch();
    double first, last = 0.0;
    ASSERT_OK(lw_train_step(net, LW_LOSS_CROSS_ENTROPY, &adam, ROWS, b.x, &b.target, &first));
    for (int i = 0; i < 300; i++)
        ASSERT_OK(lw_train_step(net, LW_LOSS_CROSS_ENTROPY, &adam, ROWS, b.x, &b.target, &last));
    ck_assert_double_lt(last, first / 50.0);
    free_batch(&b);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("bf16");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, parameters_survive_a_change);
    tcase_add_test(tcase, predictions_equal_fp32);
    tcase_add_test(tcase, bf16_passes_are_close_to_fp32);
    tcase_add_test(tcase, a_custom_loop_takes_the_same_steps);
    tcase_add_test(tcase, bf16_copies_follow_the_parameters);
    tcase_add_test(tcase, training_learns);
    return run_case("bf16", tcase);
}
