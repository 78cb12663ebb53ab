/* Creation, initial parameters, views, state errors and prediction. */
#include "fixture.h"
#include "train/net.h"

#include <math.h>
#include <stdlib.h>

/* Sizes that are not multiples of the padding, so that padding mistaken for data is detected. */
static const lw_layer_spec odd_layers[] = {
    {.units = 5, .activation = LW_ACTIVATION_TANH},
    {.units = 17, .activation = LW_ACTIVATION_GELU},
    {.units = 3, .activation = LW_ACTIVATION_SOFTMAX},
};
enum { ODD_INPUTS = 7, ODD_LAYERS = 3, ODD_COUNT = 7 * 5 + 5 + 5 * 17 + 17 + 17 * 3 + 3 };

/* ---- Creation -------------------------------------------------------------------------------- */

START_TEST(creation_rejects_invalid_layers)
{
    const struct {
        size_t inputs, count;
        lw_layer_spec layers[2];
        const char *message;
    } cases[] = {
        {0, 1, {{.units = 1}}, "input"},
        {1, 0, {{.units = 1}}, "layer"},
        {1, 2, {{.units = 1}, {.units = 0}}, "layer 1"},
        {1, 2, {{.units = 2, .activation = LW_ACTIVATION_SOFTMAX}, {.units = 2}}, "softmax"},
        {1, 1, {{.units = 1, .activation = (lw_activation)99}}, "activation"},
        {1, 1, {{.units = 1, .init = (lw_init)99}}, "initialisation"},
        {1, 1, {{.units = 1, .init = LW_INIT_NORMAL, .init_scale = -1.0f}}, "init_scale"},
        {1, 1, {{.units = 1, .init = LW_INIT_NORMAL, .init_scale = NAN}}, "init_scale"},
        {2, 1, {{.units = SIZE_MAX / 2}}, "overflow"},
        {2, 1, {{.units = SIZE_MAX}}, "overflow"},
    };
    lw_net *const untouched = (lw_net *)(void *)&cases;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lw_net *net = untouched;
        ASSERT_FAILS(LW_EINVAL, cases[i].message,
                     lw_net_create_mlp(&net, cases[i].inputs, cases[i].layers, cases[i].count, 1));
        ck_assert_ptr_eq(net, untouched);
    }
    lw_net *net = untouched;
    ASSERT_FAILS(LW_EINVAL, "layer", lw_net_create_mlp(&net, 1, NULL, 1, 1));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_create_mlp(NULL, 1, odd_layers, 1, 1));
    const lw_layer_spec too_large = {.units = SIZE_MAX / 1024};
    ASSERT_FAILS(LW_ENOMEM, "memory", lw_net_create_mlp(&net, 16, &too_large, 1, 1));
    ck_assert_ptr_eq(net, untouched);
    lw_net_destroy(NULL);
}
END_TEST

START_TEST(getters_return_the_shape)
{
    lw_net *net = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);
    ck_assert_uint_eq(lw_net_inputs(net), ODD_INPUTS);
    ck_assert_uint_eq(lw_net_outputs(net), 3);
    ck_assert_uint_eq(lw_net_layer_count(net), ODD_LAYERS);
    ck_assert_uint_eq(lw_net_parameter_count(net), ODD_COUNT);
    lw_layer_info info = {0};
    ASSERT_OK(lw_net_layer_info(net, 1, &info));
    ck_assert(info.in == 5 && info.out == 17 && info.activation == LW_ACTIVATION_GELU);
    ASSERT_FAILS(LW_EINVAL, "layer 3", lw_net_layer_info(net, 3, &info));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_layer_info(NULL, 0, &info));
    ck_assert_uint_eq(info.in, 5);
    lw_net_destroy(net);
}
END_TEST

/* ---- Initial parameters ---------------------------------------------------------------------- */

enum { INIT_IN = 200, INIT_OUT = 150 };

typedef struct moments {
    double mean, deviation, largest;
} moments;

static moments moments_of(size_t n, const float *x)
{
    moments m = {0};
    for (size_t i = 0; i < n; i++) {
        m.mean += (double)x[i] / (double)n;
        m.largest = fmax(m.largest, fabs((double)x[i]));
    }
    for (size_t i = 0; i < n; i++)
        m.deviation += pow((double)x[i] - m.mean, 2.0) / (double)n;
    m.deviation = sqrt(m.deviation);
    return m;
}

/* Checks a layer's initial weights against their distribution; bound 0: normal, unbounded. */
static void check_init(lw_init init, float scale, double deviation, double bound, int draws_bias)
{
    const lw_layer_spec layer = {.units = INIT_OUT, .init = init, .init_scale = scale};
    lw_net *net = make_net(INIT_IN, &layer, 1, 9);
    float *w = canary_floats(INIT_IN * INIT_OUT), *b = canary_floats(INIT_OUT);
    ASSERT_OK(lw_net_get_layer(net, 0, w, b));
    const moments m = moments_of(INIT_IN * INIT_OUT, w), bias = moments_of(INIT_OUT, b);
    /* 30000 draws: four standard errors are 0.023 deviations for the mean, 0.017 for the
     * deviation. */
    ck_assert_double_le(fabs(m.mean), 0.024 * deviation);
    ck_assert_double_eq_tol(m.deviation, deviation, 0.017 * deviation + 1e-12);
    if (bound > 0.0) {
        ck_assert_double_le(m.largest, bound * (1.0 + 1e-6));
        ck_assert_double_ge(m.largest, bound * 0.999);
    } else if (deviation > 0.0) {
        /* The largest of 30000 normal numbers is near 4.1 deviations. */
        ck_assert_double_gt(m.largest, 3.4 * deviation);
        ck_assert_double_lt(m.largest, 6.0 * deviation);
    }
    if (draws_bias)
        ck_assert_double_eq_tol(bias.deviation, deviation, 0.2 * deviation);
    else
        ck_assert_double_eq(bias.largest, 0.0);
    free(w);
    free(b);
    lw_net_destroy(net);
}

START_TEST(initial_parameters_have_their_distribution)
{
    const double default_bound = 1.0 / sqrt(INIT_IN);
    const double xavier_bound = sqrt(6.0 / (INIT_IN + INIT_OUT));
    check_init(LW_INIT_DEFAULT, 0.0f, default_bound / sqrt(3.0), default_bound, 1);
    check_init(LW_INIT_ZEROS, 0.0f, 0.0, 0.0, 0);
    check_init(LW_INIT_NORMAL, 0.0f, 1.0, 0.0, 0);
    check_init(LW_INIT_NORMAL, 0.25f, 0.25, 0.0, 0);
    check_init(LW_INIT_UNIFORM, 0.0f, 1.0 / sqrt(3.0), 1.0, 0);
    check_init(LW_INIT_UNIFORM, 3.0f, 3.0 / sqrt(3.0), 3.0, 0);
    check_init(LW_INIT_XAVIER, 0.0f, xavier_bound / sqrt(3.0), xavier_bound, 0);
    check_init(LW_INIT_HE, 0.0f, sqrt(2.0 / INIT_IN), 0.0, 0);
}
END_TEST

START_TEST(the_seed_determines_the_parameters)
{
    lw_net *a = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);
    lw_net *b = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 2);
    float *of_a = parameters_of(a), *of_b = parameters_of(b);
    ck_assert(memcmp(of_a, of_b, ODD_COUNT * sizeof *of_a) != 0);

    ASSERT_OK(lw_net_initialize(b, 1));
    ASSERT_OK(lw_net_get_parameters(b, of_b));
    assert_same_bits("parameters of seed 1", ODD_COUNT, of_b, of_a);
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_initialize(NULL, 1));
    free(of_a);
    free(of_b);
    lw_net_destroy(a);
    lw_net_destroy(b);
}
END_TEST

/* ---- Views ----------------------------------------------------------------------------------- */

START_TEST(flat_view_has_the_layers_in_order)
{
    lw_net *net = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);
    float *flat = uniform_floats(ODD_COUNT, -1.0f, 1.0f, 5);
    ASSERT_OK(lw_net_set_parameters(net, flat));
    size_t at = 0;
    for (size_t i = 0; i < ODD_LAYERS; i++) {
        lw_layer_info info;
        float w[5 * 17], b[17];
        ASSERT_OK(lw_net_layer_info(net, i, &info));
        ASSERT_OK(lw_net_get_layer(net, i, w, b));
        assert_same_bits("w", info.in * info.out, w, flat + at);
        at += info.in * info.out;
        assert_same_bits("b", info.out, b, flat + at);
        at += info.out;
    }
    float *again = parameters_of(net);
    assert_same_bits("parameters", ODD_COUNT, again, flat);

    /* Changes one part of one layer and nothing else. */
    const float b[] = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f};
    ASSERT_OK(lw_net_set_layer(net, 0, NULL, b));
    ASSERT_OK(lw_net_get_parameters(net, again));
    memcpy(flat + ODD_INPUTS * 5, b, sizeof b);
    assert_same_bits("after set_layer", ODD_COUNT, again, flat);

    /* Gradients are stored separately. */
    for (size_t i = 0; i < ODD_COUNT; i++)
        again[i] = (float)i;
    ASSERT_OK(lw_net_set_gradients(net, again));
    float *gradients = gradients_of(net), db[3], *parameters = parameters_of(net);
    assert_same_bits("gradients", ODD_COUNT, gradients, again);
    assert_same_bits("parameters", ODD_COUNT, parameters, flat);
    ASSERT_OK(lw_net_get_layer_gradients(net, 2, NULL, db));
    assert_same_bits("db", 3, db, again + ODD_COUNT - 3);
    free(flat);
    free(again);
    free(gradients);
    free(parameters);
    lw_net_destroy(net);
}
END_TEST

START_TEST(buffers_are_padded_with_zeros)
{
    lw_net *net = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);
    ck_assert_uint_eq(net->padded_count, 48 + 16 + 96 + 32 + 64 + 16);
    ck_assert_uint_eq(net->gradient_count, net->padded_count);
    size_t not_zero = 0;
    for (size_t i = 0; i < net->padded_count; i++)
        not_zero += net->parameters[i] != 0.0f;
    ck_assert_uint_le(not_zero, ODD_COUNT);
    ASSERT_OK(lw_net_reserve(net, 3));
    ASSERT_OK(lw_net_reserve_gradients(net));
    for (size_t i = 0; i < ODD_LAYERS; i++) {
        const lw_layer *layer = net->layers[i];
        const float *const starts[] = {lw_tensor_values(layer, 0),
                                       lw_tensor_values(layer, 1),
                                       lw_tensor_gradients(layer, 0),
                                       lw_tensor_gradients(layer, 1),
                                       layer->y.floats,
                                       layer->dz.floats};
        for (size_t s = 0; s < sizeof starts / sizeof *starts; s++)
            ck_assert_uint_eq((uintptr_t)starts[s] % LW_ALIGNMENT, 0);
    }
    lw_net_destroy(net);
}
END_TEST

START_TEST(views_reject_invalid_arguments)
{
    lw_net *net = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);
    float *flat = canary_floats(ODD_COUNT);
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_get_parameters(NULL, flat));
    ASSERT_FAILS(LW_EINVAL, "flat", lw_net_get_parameters(net, NULL));
    ASSERT_FAILS(LW_EINVAL, "flat", lw_net_set_parameters(net, NULL));
    ASSERT_FAILS(LW_EINVAL, "flat", lw_net_set_gradients(net, NULL));
    ASSERT_FAILS(LW_EINVAL, "layer 3", lw_net_get_layer(net, 3, flat, NULL));
    ASSERT_FAILS(LW_EINVAL, "layer 3", lw_net_set_layer(net, 3, flat, NULL));
    ASSERT_FAILS(LW_EINVAL, "layer 3", lw_net_get_layer_gradients(net, 3, flat, NULL));
    ASSERT_FAILS(LW_ESTATE, "backward", lw_net_get_gradients(net, flat));
    ASSERT_FAILS(LW_ESTATE, "backward", lw_net_get_layer_gradients(net, 0, flat, NULL));
    ck_assert(is_canary(ODD_COUNT, flat));
    ASSERT_OK(lw_net_get_layer(net, 0, NULL, NULL));
    ASSERT_OK(lw_net_set_layer(net, 0, NULL, NULL));
    free(flat);
    lw_net_destroy(net);
}
END_TEST

/* ---- Call order ------------------------------------------------------------------------------ */

START_TEST(calls_out_of_order_are_rejected)
{
    const float x[2 * ODD_INPUTS] = {0.5f}, dy[6] = {1.0f};
    const int32_t labels[] = {0, 2};
    const lw_target target = {.labels = labels};
    const lw_optimizer sgd = lw_sgd(0.1f);
    double value = -7.0;
    lw_net *net = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);

    ASSERT_FAILS(LW_ESTATE, "forward", lw_net_loss(net, LW_LOSS_DEFAULT, &target, &value));
    ASSERT_FAILS(LW_ESTATE, "forward", lw_net_backward(net, dy, NULL));
    ASSERT_FAILS(LW_ESTATE, "gradients", lw_net_step(net, &sgd));
    ASSERT_FAILS(LW_ESTATE, "backward", lw_net_clip_gradients(net, 1.0f, &value));
    ASSERT_OK(lw_net_forward(net, 2, x, NULL));
    ASSERT_FAILS(LW_ESTATE, "loss", lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_backward(net, dy, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_DEFAULT, &target, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_backward(net, dy, NULL));
    /* The caller's dy has replaced that of the loss. */
    ASSERT_FAILS(LW_ESTATE, "loss", lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_step(net, &sgd));
    /* The activations belong to the parameters before the step. */
    ASSERT_FAILS(LW_ESTATE, "forward", lw_net_backward(net, dy, NULL));
    ASSERT_OK(lw_net_forward(net, 2, x, NULL));
    ASSERT_OK(lw_net_reserve(net, 1));
    ASSERT_OK(lw_net_backward(net, dy, NULL));
    ASSERT_OK(lw_net_reserve(net, 100));
    ASSERT_FAILS(LW_ESTATE, "forward", lw_net_backward(net, dy, NULL));
    ck_assert_double_eq(value, -7.0);
    ASSERT_OK(lw_net_initialize(net, 1));
    ASSERT_FAILS(LW_ESTATE, "gradients", lw_net_step(net, &sgd));
    lw_net_destroy(net);
}
END_TEST

START_TEST(invalid_batches_are_rejected)
{
    const float x[ODD_INPUTS] = {0.5f};
    float y[3] = {9.0f, 9.0f, 9.0f};
    lw_net *net = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);
    ASSERT_FAILS(LW_EINVAL, "x", lw_net_forward(net, 1, NULL, y));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_forward(NULL, 1, x, y));
    ASSERT_FAILS(LW_EINVAL, "no rows", lw_net_forward(net, 0, x, y));
    ASSERT_FAILS(LW_EINVAL, "overflow", lw_net_reserve(net, SIZE_MAX / 2));
    ASSERT_FAILS(LW_ENOMEM, "memory", lw_net_reserve(net, SIZE_MAX / 4096));
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_reserve(NULL, 1));
    ck_assert(y[0] == 9.0f && y[1] == 9.0f && y[2] == 9.0f);
    lw_net_destroy(net);
}
END_TEST

/* ---- Prediction ------------------------------------------------------------------------------ */

START_TEST(prediction_has_the_bits_of_the_forward_pass)
{
    static const lw_activation outputs[] = {LW_ACTIVATION_LINEAR, LW_ACTIVATION_SIGMOID,
                                            LW_ACTIVATION_SOFTMAX, LW_ACTIVATION_GELU};
    static const size_t rows[] = {1, 2, 255, 256, 257, 700};
    float *x = uniform_floats(700 * ODD_INPUTS, -2.0f, 2.0f, 3);
    for (size_t a = 0; a < sizeof outputs / sizeof *outputs; a++) {
        lw_layer_spec layers[ODD_LAYERS];
        memcpy(layers, odd_layers, sizeof layers);
        layers[ODD_LAYERS - 1].activation = outputs[a];
        lw_net *net = make_net(ODD_INPUTS, layers, ODD_LAYERS, 4);
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
            float *forward = canary_floats(rows[r] * 3), *predicted = canary_floats(rows[r] * 3);
            int32_t *label = uniform_labels(rows[r], 100, 1);
            ASSERT_OK(lw_net_forward(net, rows[r], x, forward));
            ASSERT_OK(lw_predict(net, rows[r], x, predicted));
            ASSERT_OK(lw_classify(net, rows[r], x, label));
            assert_same_bits("outputs", rows[r] * 3, predicted, forward);
            for (size_t i = 0; i < rows[r]; i++)
                for (size_t j = 0; j < 3; j++)
                    ck_assert(forward[i * 3 + (size_t)label[i]] >= forward[i * 3 + j]);
            free(forward);
            free(predicted);
            free(label);
        }
        lw_net_destroy(net);
    }
    free(x);
}
END_TEST

START_TEST(prediction_edges)
{
    lw_net *net = make_net(ODD_INPUTS, odd_layers, ODD_LAYERS, 1);
    const float x[ODD_INPUTS] = {0};
    float y[3] = {9.0f, 9.0f, 9.0f};
    int32_t label = 9;
    ASSERT_OK(lw_predict(net, 0, NULL, NULL));
    ASSERT_OK(lw_classify(net, 0, NULL, NULL));
    ASSERT_FAILS(LW_EINVAL, "net", lw_predict(NULL, 1, x, y));
    ASSERT_FAILS(LW_EINVAL, "x", lw_predict(net, 1, NULL, y));
    ASSERT_FAILS(LW_EINVAL, "y", lw_predict(net, 1, x, NULL));
    ASSERT_FAILS(LW_EINVAL, "label", lw_classify(net, 1, x, NULL));
    ck_assert(y[0] == 9.0f && label == 9);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("net");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, creation_rejects_invalid_layers);
    tcase_add_test(tcase, getters_return_the_shape);
    tcase_add_test(tcase, initial_parameters_have_their_distribution);
    tcase_add_test(tcase, the_seed_determines_the_parameters);
    tcase_add_test(tcase, flat_view_has_the_layers_in_order);
    tcase_add_test(tcase, buffers_are_padded_with_zeros);
    tcase_add_test(tcase, views_reject_invalid_arguments);
    tcase_add_test(tcase, calls_out_of_order_are_rejected);
    tcase_add_test(tcase, invalid_batches_are_rejected);
    tcase_add_test(tcase, prediction_has_the_bits_of_the_forward_pass);
    tcase_add_test(tcase, prediction_edges);
    return run_case("net", tcase);
}
