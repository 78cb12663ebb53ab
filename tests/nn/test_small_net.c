/* Small nets compared with the general kernels, around the block size of gradient sums. */
#include "fixture.h"
#include "train/net.h"

#include <math.h>
#include <stdlib.h>

typedef struct loss_case {
    lw_loss loss;
    lw_activation output;
    int labels;
} loss_case;

static const loss_case cases[] = {
    {LW_LOSS_CROSS_ENTROPY, LW_ACTIVATION_SOFTMAX, 1},
    {LW_LOSS_CROSS_ENTROPY, LW_ACTIVATION_SOFTMAX, 0},
    {LW_LOSS_BINARY_CROSS_ENTROPY, LW_ACTIVATION_SIGMOID, 0},
    {LW_LOSS_MSE, LW_ACTIVATION_SOFTMAX, 1},
    {LW_LOSS_HALF_MSE, LW_ACTIVATION_TANH, 0},
    {LW_LOSS_SSE, LW_ACTIVATION_LINEAR, 0},
};
enum { CASES = sizeof cases / sizeof *cases };

static const size_t row_counts[] = {1, 3, 32, 383, 384, 385, 768, 2000};
enum { ROW_COUNTS = sizeof row_counts / sizeof *row_counts, MOST_ROWS = 2000 };

enum { INPUTS = 9, OUTPUTS = 4 };

typedef struct both {
    lw_net *small, *general;
    float *x, *values;
    int32_t *labels;
    lw_target target;
} both;

static both make_both(const loss_case *c)
{
    const lw_layer_spec layers[] = {{.units = 13, .activation = LW_ACTIVATION_GELU},
                                    {.units = 7, .activation = LW_ACTIVATION_LEAKY_RELU},
                                    {.units = OUTPUTS, .activation = c->output}};
    both b = {.small = make_net(INPUTS, layers, 3, 5),
              .general = make_net(INPUTS, layers, 3, 6),
              .x = uniform_floats(MOST_ROWS * INPUTS, -1.0f, 1.0f, 1),
              .values = uniform_floats(MOST_ROWS * OUTPUTS, 0.0f, 1.0f, 2),
              .labels = uniform_labels(MOST_ROWS, OUTPUTS, 3)};
    b.target =
        (lw_target){.values = c->labels ? NULL : b.values, .labels = c->labels ? b.labels : NULL};
    ck_assert_ptr_nonnull(b.small->small_net);
    use_general_kernels(b.general);
    float *flat = parameters_of(b.small);
    ASSERT_OK(lw_net_set_parameters(b.general, flat));
    free(flat);
    return b;
}

static void free_both(both *b)
{
    lw_net_destroy(b->small);
    lw_net_destroy(b->general);
    free(b->x);
    free(b->values);
    free(b->labels);
}

static float *gradients(lw_net *net, const both *b, lw_loss loss, size_t rows, double *value)
{
    ASSERT_OK(lw_net_forward(net, rows, b->x, NULL));
    ASSERT_OK(lw_net_loss(net, loss, &b->target, value));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    return gradients_of(net);
}

static double largest(size_t n, const float *x)
{
    double max = 0.0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs((double)x[i]));
    return max;
}

START_TEST(gradients_agree_with_the_general_kernels)
{
    const loss_case *c = &cases[_i];
    both b = make_both(c);
    const size_t n = lw_net_parameter_count(b.small);
    for (size_t i = 0; i < ROW_COUNTS; i++) {
        double loss, want_loss;
        float *want = gradients(b.general, &b, c->loss, row_counts[i], &want_loss);
        float *got = gradients(b.small, &b, c->loss, row_counts[i], &loss);
        ck_assert(loss == want_loss);
        assert_near("gradients", n, got, want, 2e-6 * largest(n, want));
        free(got);
        free(want);
    }
    free_both(&b);
}
END_TEST

/* The gradient of a custom loss at the outputs, in the first call of a network. */
START_TEST(gradients_of_custom_losses_agree_with_the_general_kernels)
{
    both b = make_both(&cases[_i]);
    const size_t n = lw_net_parameter_count(b.small);
    float *dy = uniform_floats(MOST_ROWS * OUTPUTS, -1.0f, 1.0f, 4);
    for (size_t i = 0; i < ROW_COUNTS; i++) {
        float *flat[2];
        lw_net *const nets[] = {b.general, b.small};
        for (size_t k = 0; k < 2; k++) {
            ASSERT_OK(lw_net_forward(nets[k], row_counts[i], b.x, NULL));
            ASSERT_OK(lw_net_backward(nets[k], dy, NULL));
            flat[k] = gradients_of(nets[k]);
        }
        ck_assert(largest(n, flat[0]) > 0.0);
        assert_near("gradients", n, flat[1], flat[0], 2e-6 * largest(n, flat[0]));
        free(flat[0]);
        free(flat[1]);
    }
    free(dy);
    free_both(&b);
}
END_TEST

/* An epoch of shuffled batches, each of one block, the last one partial; both networks draw the
 * same order. Uses plain gradient descent, whose steps differ as little as the gradients. */
START_TEST(epochs_agree_with_the_general_kernels)
{
    const loss_case *c = &cases[_i];
    both b = make_both(c);
    const size_t n = lw_net_parameter_count(b.small);
    const lw_dataset data = {
        .rows = MOST_ROWS, .inputs = INPUTS, .outputs = OUTPUTS, .x = b.x, .target = b.target};
    b.general->random = b.small->random;
    for (size_t i = 0; i < ROW_COUNTS; i++) {
        const lw_fit_options options = {.size = sizeof options,
                                        .loss = c->loss,
                                        .optimizer = lw_sgd(c->loss == LW_LOSS_SSE ? 1e-5f : 1e-2f),
                                        .batch_size = row_counts[i] > 3 ? row_counts[i] - 2 : 3,
                                        .epochs = 1};
        float *before = parameters_of(b.small);
        ASSERT_OK(lw_net_set_parameters(b.general, before));
        ASSERT_OK(lw_fit(b.small, &data, &options));
        ASSERT_OK(lw_fit(b.general, &data, &options));
        float *got = parameters_of(b.small), *want = parameters_of(b.general);
        double moved = 0.0;
        for (size_t j = 0; j < n; j++)
            moved = fmax(moved, fabs((double)want[j] - (double)before[j]));
        assert_near("parameters", n, got, want, 1e-4 * moved + 1e-6);
        free(before);
        free(got);
        free(want);
    }
    free_both(&b);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("small net");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, gradients_agree_with_the_general_kernels, 0, CASES);
    tcase_add_loop_test(tcase, gradients_of_custom_losses_agree_with_the_general_kernels, 0, CASES);
    tcase_add_loop_test(tcase, epochs_agree_with_the_general_kernels, 0, CASES);
    return run_case("small net", tcase);
}
