/* Networks that must learn. */
#include "fixture.h"

#include <math.h>

START_TEST(xor_is_learnt_with_32_hidden_units)
{
    static const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, values[] = {0, 1, 1, 0};
    const lw_dataset data = {
        .rows = 4, .inputs = 2, .outputs = 1, .x = x, .target = {.values = values}};
    const lw_layer_spec layers[] = {
        {.units = 32, .activation = LW_ACTIVATION_RELU, .init = LW_INIT_HE},
        {.units = 1, .activation = LW_ACTIVATION_SIGMOID, .init = LW_INIT_HE},
    };
    /* Each loop tests ten of a hundred seeds; a fast run tests one. */
    const uint64_t first = 10 * (uint64_t)_i, count = is_fast_run() ? 1 : 10;
    for (uint64_t seed = first; seed < first + count; seed++) {
        lw_net *net = make_net(2, layers, 2, seed);
        ASSERT_OK(lw_fit(net, &data,
                         &(lw_fit_options){.size = sizeof(lw_fit_options),
                                           .optimizer = lw_sgd(0.1f),
                                           .batch_size = LW_FULL_BATCH,
                                           .epochs = 10000}));
        float y[4];
        ASSERT_OK(lw_predict(net, 4, x, y));
        for (size_t i = 0; i < 4; i++)
            ck_assert_msg(fabsf(y[i] - values[i]) < 0.1f, "seed %d: output %zu is %g", (int)seed, i,
                          (double)y[i]);
        lw_net_destroy(net);
    }
}
END_TEST

int main(void)
{
    TCase *learning = tcase_create("learning");
    tcase_set_timeout(learning, 120);
    tcase_add_loop_test(learning, xor_is_learnt_with_32_hidden_units, 0, 10);
    return run_case("learning", learning);
}
