/* Memory of networks: close to the minimum, and constant during training. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Memory of a network --------------------------------------------------------------------- */

typedef struct sizes {
    size_t layer_count, units[5]; /* units[0] is the number of inputs */
    size_t batch;
    lw_optimizer_kind kind;
} sizes;

static const sizes cases[] = {
    {3, {784, 512, 256, 10}, 128, LW_OPTIMIZER_SGD},
    {3, {784, 512, 256, 10}, 128, LW_OPTIMIZER_ADAM},
    {4, {784, 1024, 1024, 1024, 10}, 256, LW_OPTIMIZER_ADAM},
    {2, {784, 128, 10}, 64, LW_OPTIMIZER_SGD},
    {2, {784, 128, 10}, 64, LW_OPTIMIZER_ADAM},
};
enum { CASES = sizeof cases / sizeof *cases };

/* A case, with a smaller batch in a fast run: an emulator took 200 s. */
static sizes case_of(size_t i)
{
    sizes s = cases[i];
    s.batch /= is_fast_run() ? 16 : 1;
    return s;
}

static lw_net *net_of(const sizes *s)
{
    lw_layer_spec layers[4] = {0};
    for (size_t i = 0; i < s->layer_count; i++)
        layers[i] = (lw_layer_spec){.units = s->units[i + 1],
                                    .activation = i + 1 < s->layer_count ? LW_ACTIVATION_RELU
                                                                         : LW_ACTIVATION_SOFTMAX};
    return make_net(s->units[0], layers, s->layer_count, 1);
}

/* The minimum: parameters, moments, and for the batch y and dz of every layer and the logits. */
static double needed_bytes(const sizes *s, size_t parameters)
{
    const size_t moments = s->kind == LW_OPTIMIZER_ADAM ? 2 : 0;
    size_t activations = s->units[s->layer_count];
    for (size_t i = 1; i <= s->layer_count; i++)
        activations += 2 * s->units[i];
    return 4.0 * (double)((1 + moments) * parameters + s->batch * activations);
}

START_TEST(network_memory_is_close_to_the_minimum)
{
    const sizes of = case_of((size_t)_i), *s = &of;
    const lw_optimizer optimizer = s->kind == LW_OPTIMIZER_ADAM ? lw_adam(1e-3f) : lw_sgd(0.01f);
    lw_net *net = net_of(s);
    const double parameters = 4.0 * (double)lw_net_parameter_count(net);
    float *x = uniform_floats(2 * s->batch * s->units[0], 0.0f, 1.0f, 2);
    int32_t *labels = uniform_labels(2 * s->batch, (int32_t)s->units[s->layer_count], 3);
    const lw_dataset data = {.rows = 2 * s->batch,
                             .inputs = s->units[0],
                             .outputs = s->units[s->layer_count],
                             .x = x,
                             .target = {.labels = labels}};
    ck_assert_double_ge((double)lw_net_memory(net), parameters);
    ck_assert_double_le((double)lw_net_memory(net), 1.25 * parameters);
    ASSERT_OK(lw_fit(net, &data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .optimizer = optimizer,
                                       .batch_size = s->batch,
                                       .epochs = 1}));
    const double needed = needed_bytes(s, lw_net_parameter_count(net));
    const double fused = (double)lw_net_memory(net);
    ck_assert_double_ge(fused, needed);
    ck_assert_double_le(fused, 1.25 * needed);

    /* A custom training loop also stores gradients. */
    ASSERT_OK(lw_net_forward(net, s->batch, x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_DEFAULT, &data.target, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ck_assert_double_ge((double)lw_net_memory(net), fused + parameters);
    ck_assert_double_le((double)lw_net_memory(net), 1.25 * (fused + parameters));
    free(x);
    free(labels);
    lw_net_destroy(net);
}
END_TEST

/* ---- Resident memory ------------------------------------------------------------------------- */

/* Returns 0 if the system does not report it. */
static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long size, resident = 0;
    if (file && fscanf(file, "%lu %lu", &size, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

static void run_steps(lw_net *net, lw_loss loss, size_t rows, const float *x, const float *y,
                      size_t steps)
{
    const lw_optimizer adam = lw_adam(1e-4f);
    const lw_target target = {.values = y};
    for (size_t i = 0; i < steps; i++)
        ASSERT_OK(lw_train_step(net, loss, &adam, rows, x, &target, NULL));
}

/* A leak of 32 bytes per step, the smallest allocation of malloc, would be 320 KB after 10000
 * steps. The memory of an emulator grows by 70 KB. Sanitizers keep freed memory and detect leaks
 * themselves. */
#if defined(__SANITIZE_ADDRESS__)
enum { ALLOWED_GROWTH = 256 * 1024 * 1024 };
#else
enum { ALLOWED_GROWTH = 256 * 1024 };
#endif

enum { MIN_STEPS = 10000 };

static void assert_stays(size_t inputs, const lw_layer_spec *layers, size_t count, size_t rows,
                         size_t steps)
{
    float *x = uniform_floats(rows * inputs, 0.0f, 1.0f, 1),
          *y = uniform_floats(rows, 0.0f, 1.0f, 2);
    lw_net *net = make_net(inputs, layers, count, 3);
    run_steps(net, LW_LOSS_BINARY_CROSS_ENTROPY, rows, x, y, 1000);
    (void)resident_bytes(); /* maps the code that reads it */
    const size_t before = resident_bytes();
    run_steps(net, LW_LOSS_BINARY_CROSS_ENTROPY, rows, x, y, is_fast_run() ? MIN_STEPS : steps);
    const size_t after = resident_bytes();
    if (before == 0)
        printf("skipped: /proc/self/statm is missing\n");
    ck_assert_uint_le(after, before + ALLOWED_GROWTH);
    free(x);
    free(y);
    lw_net_destroy(net);
}

START_TEST(a_million_steps_of_one_unit_leak_nothing)
{
    static const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_SIGMOID};
    assert_stays(2, &layer, 1, 4, 1000000);
}
END_TEST

START_TEST(many_steps_of_a_small_net_leak_nothing)
{
    static const lw_layer_spec layers[] = {{.units = 10, .activation = LW_ACTIVATION_RELU},
                                           {.units = 5, .activation = LW_ACTIVATION_RELU},
                                           {.units = 1, .activation = LW_ACTIVATION_SIGMOID}};
    assert_stays(2, layers, 3, 32, 100000);
}
END_TEST

START_TEST(many_steps_of_a_layered_network_leak_nothing)
{
    static const lw_layer_spec layers[] = {{.units = 40, .activation = LW_ACTIVATION_RELU},
                                           {.units = 1, .activation = LW_ACTIVATION_SIGMOID}};
    assert_stays(20, layers, 2, 8, 100000);
}
END_TEST

START_TEST(destroyed_networks_free_their_memory)
{
    const sizes of = case_of(1), *s = &of;
    size_t before = 0;
    for (size_t i = 0; i < 40; i++) {
        lw_net *net = net_of(s);
        float *x = uniform_floats(s->batch * s->units[0], 0.0f, 1.0f, 2);
        int32_t *labels = uniform_labels(s->batch, (int32_t)s->units[s->layer_count], 3);
        const lw_optimizer adam = lw_adam(1e-3f);
        ASSERT_OK(lw_train_step(net, LW_LOSS_DEFAULT, &adam, s->batch, x,
                                &(lw_target){.labels = labels}, NULL));
        free(x);
        free(labels);
        lw_net_destroy(net);
        if (i == 19) /* after the heap has settled */
            before = resident_bytes();
    }
    /* Less than one network, while twenty more were created. A sanitizer keeps freed memory for a
     * while. */
    const size_t allowed = ALLOWED_GROWTH > 4 * 1024 * 1024 ? ALLOWED_GROWTH : 4 * 1024 * 1024;
    ck_assert_uint_le(resident_bytes(), before + allowed);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("memory");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, network_memory_is_close_to_the_minimum, 0, CASES);
    tcase_add_test(tcase, a_million_steps_of_one_unit_leak_nothing);
    tcase_add_test(tcase, many_steps_of_a_small_net_leak_nothing);
    tcase_add_test(tcase, many_steps_of_a_layered_network_leak_nothing);
    tcase_add_test(tcase, destroyed_networks_free_their_memory);
    return run_case("memory", tcase);
}
