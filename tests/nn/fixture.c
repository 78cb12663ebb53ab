#include "fixture.h"

#include "base/random.h"
#include "train/create.h"
#include "train/small_net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Read by AddressSanitizer: an allocation that is too large must return NULL, to test LW_ENOMEM,
 * instead of ending the program. */
LW_API const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static const float canary = -1.2345e30f;

static void *allocate(size_t n, size_t size)
{
    void *memory = calloc(n > 0 ? n : 1, size);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

int is_fast_run(void)
{
    return getenv("LANEWISE_TEST_FAST") != NULL;
}

int is_skipped(int number, int optimizers)
{
    return is_fast_run() && number / optimizers % optimizers != number % optimizers;
}

float *uniform_floats(size_t n, float low, float high, uint64_t seed)
{
    lw_random random = {seed};
    float *floats = allocate(n, sizeof *floats);
    for (size_t i = 0; i < n; i++)
        floats[i] = low + (high - low) * (float)lw_random_uniform(&random);
    return floats;
}

int32_t *uniform_labels(size_t n, int32_t classes, uint64_t seed)
{
    lw_random random = {seed};
    int32_t *labels = allocate(n, sizeof *labels);
    for (size_t i = 0; i < n; i++)
        labels[i] = (int32_t)lw_random_below(&random, (size_t)classes);
    return labels;
}

float *canary_floats(size_t n)
{
    float *floats = allocate(n, sizeof *floats);
    for (size_t i = 0; i < n; i++)
        floats[i] = canary;
    return floats;
}

int is_canary(size_t n, const float *floats)
{
    for (size_t i = 0; i < n; i++)
        if (floats[i] != canary)
            return 0;
    return 1;
}

lw_net *make_net(size_t inputs, const lw_layer_spec *layers, size_t count, uint64_t seed)
{
    lw_net *net = NULL;
    ASSERT_OK(lw_net_create_mlp(&net, inputs, layers, count, seed));
    return net;
}

void use_general_kernels(lw_net *net)
{
    if (!net->small_net)
        return;
    lw_small_net_destroy(net);
    lw_choose_program(net);
    for (size_t i = 0; i < net->layer_count; i++) {
        const lw_tensor *weight = &net->layers[i]->tensors[0];
        float *const w = weight->layout->w;
        *weight->layout = lw_weights_of(weight->rows, weight->cols);
        ck_assert_uint_eq(lw_weights_floats(weight->layout), lw_tensor_count(weight));
        weight->layout->w = w;
    }
}

float *parameters_of(const lw_net *net)
{
    float *flat = allocate(lw_net_parameter_count(net), sizeof *flat);
    ASSERT_OK(lw_net_get_parameters(net, flat));
    return flat;
}

float *gradients_of(const lw_net *net)
{
    float *flat = allocate(lw_net_parameter_count(net), sizeof *flat);
    ASSERT_OK(lw_net_get_gradients(net, flat));
    return flat;
}

void assert_same_bits(const char *what, size_t n, const float *got, const float *want)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(memcmp(&got[i], &want[i], sizeof *got) == 0,
                      "%s: element %zu is %.9g, not %.9g", what, i, (double)got[i],
                      (double)want[i]);
}

void assert_near(const char *what, size_t n, const float *got, const float *want, double bound)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs((double)got[i] - (double)want[i]) <= bound,
                      "%s: element %zu is %.9g, not %.9g", what, i, (double)got[i],
                      (double)want[i]);
}

int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner), ran = srunner_ntests_run(runner);
    srunner_free(runner);
    return failed == 0 && ran > 0 ? 0 : 1;
}

int run_case(const char *name, TCase *tcase)
{
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
