/* Networks built layer by layer, networks without layers, and clones. */
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUTS = 6, ROWS = 12, CLASSES = 3 };

/* Small networks, which run as one program, and one that does not. */
static const lw_layer_spec deep[] = {
    {.units = 70, .activation = LW_ACTIVATION_GELU},
    {.units = 9, .activation = LW_ACTIVATION_TANH, .init = LW_INIT_NORMAL, .init_scale = 0.25f},
    {.units = CLASSES, .activation = LW_ACTIVATION_SOFTMAX, .init = LW_INIT_XAVIER},
};
static const struct {
    size_t inputs, count;
    const lw_layer_spec *layers;
    lw_precision precision;
} shapes[] = {
    {INPUTS, 1, &deep[2], LW_PRECISION_FP32},
    {INPUTS, 3, deep, LW_PRECISION_FP32},
    {300, 3, deep, LW_PRECISION_FP32},
    {300, 3, deep, LW_PRECISION_BF16},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

typedef struct batch {
    float *x;
    int32_t *labels;
    lw_target target;
} batch;

static batch make_batch(size_t inputs)
{
    batch b = {
        uniform_floats(ROWS * inputs, -1.0f, 1.0f, 5), uniform_labels(ROWS, CLASSES, 6), {0}};
    b.target.labels = b.labels;
    return b;
}

static void free_batch(batch *b)
{
    free(b->x);
    free(b->labels);
}

static lw_status train(lw_net *net, const batch *b, size_t steps)
{
    const lw_optimizer adam = lw_adam(0.01f);
    lw_status status = LW_OK;
    for (size_t i = 0; i < steps && status == LW_OK; i++)
        status = lw_train_step(net, LW_LOSS_DEFAULT, &adam, ROWS, b->x, &b->target, NULL);
    return status;
}

static void add(lw_net *net, const lw_layer_spec *layer)
{
    if (layer->init == LW_INIT_DEFAULT)
        ASSERT_OK(lw_net_add_dense(net, layer->units, layer->activation));
    else
        ASSERT_OK(lw_net_add_dense_init(net, layer->units, layer->activation, layer->init,
                                        layer->init_scale));
}

static void assert_same_parameters(const lw_net *a, const lw_net *b)
{
    ck_assert_uint_eq(lw_net_parameter_count(a), lw_net_parameter_count(b));
    float *of_a = parameters_of(a), *of_b = parameters_of(b);
    assert_same_bits("parameters", lw_net_parameter_count(a), of_a, of_b);
    free(of_a);
    free(of_b);
}

/* ---- Building -------------------------------------------------------------------------------- */

START_TEST(the_builder_has_the_bits_of_the_array)
{
    const size_t inputs = shapes[_i].inputs;
    lw_net *built, *whole = make_net(inputs, shapes[_i].layers, shapes[_i].count, 17);
    ASSERT_OK(lw_net_create(&built, inputs, 17));
    ASSERT_OK(lw_net_set_precision(built, shapes[_i].precision));
    ASSERT_OK(lw_net_set_precision(whole, shapes[_i].precision));
    for (size_t i = 0; i < shapes[_i].count; i++)
        add(built, &shapes[_i].layers[i]);
    ck_assert_int_eq(lw_net_precision(built), shapes[_i].precision);
    assert_same_parameters(built, whole);
    batch b = make_batch(inputs);
    ASSERT_OK(train(built, &b, 5));
    ASSERT_OK(train(whole, &b, 5));
    assert_same_parameters(built, whole);

    /* The generator, which shuffles in lw_fit, is in the same state too. */
    const lw_dataset data = {
        .rows = ROWS, .inputs = inputs, .outputs = CLASSES, .x = b.x, .target = b.target};
    const lw_fit_options options = {.size = sizeof options, .batch_size = 5, .epochs = 2};
    ASSERT_OK(lw_fit(built, &data, &options));
    ASSERT_OK(lw_fit(whole, &data, &options));
    assert_same_parameters(built, whole);

    ASSERT_OK(lw_net_initialize(built, 4));
    ASSERT_OK(lw_net_initialize(whole, 4));
    assert_same_parameters(built, whole);
    free_batch(&b);
    lw_net_destroy(built);
    lw_net_destroy(whole);
}
END_TEST

START_TEST(new_layers_keep_the_parameters_of_earlier_ones)
{
    lw_net *net;
    batch b = make_batch(INPUTS);
    ASSERT_OK(lw_net_create(&net, INPUTS, 3));
    add(net, &deep[0]);
    lw_net_set_threads(net, 2);
    float *targets = uniform_floats(ROWS * 70, -1.0f, 1.0f, 8), w[INPUTS * 70], bias[70];
    const lw_target values = {.values = targets};
    const lw_optimizer adam = lw_adam(0.01f);
    ASSERT_OK(lw_train_step(net, LW_LOSS_MSE, &adam, ROWS, b.x, &values, NULL));
    ASSERT_OK(lw_net_forward(net, ROWS, b.x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_MSE, &values, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_get_layer(net, 0, w, bias));

    add(net, &deep[2]);
    float kept_w[INPUTS * 70], kept_bias[70];
    ASSERT_OK(lw_net_get_layer(net, 0, kept_w, kept_bias));
    assert_same_bits("W", INPUTS * 70, kept_w, w);
    assert_same_bits("b", 70, kept_bias, bias);
    ck_assert_uint_eq(lw_net_outputs(net), CLASSES);
    ck_assert_uint_eq(lw_net_layer_count(net), 2);

    lw_optimizer_info info = {0};
    ASSERT_OK(lw_net_optimizer_info(net, &info));
    ck_assert(info.kind == LW_OPTIMIZER_DEFAULT && info.steps == 0 && info.moments == 0);
    ASSERT_FAILS(LW_ESTATE, "lw_net_step: no gradients", lw_net_step(net, &adam));
    ASSERT_FAILS(LW_ESTATE, "lw_net_backward: no forward pass", lw_net_backward(net, w, NULL));
    ASSERT_OK(train(net, &b, 3));
    free(targets);
    free_batch(&b);
    lw_net_destroy(net);
}
END_TEST

START_TEST(refused_layers_leave_the_network_unchanged)
{
    lw_net *net = make_net(INPUTS, deep, 2, 3), *twin = make_net(INPUTS, deep, 2, 3);
    const char *const name = "lw_net_add_dense: ";
    ASSERT_FAILS(LW_EINVAL, name, lw_net_add_dense(net, 0, LW_ACTIVATION_RELU));
    ASSERT_FAILS(LW_EINVAL, "layer 2 has no units", lw_net_add_dense(net, 0, LW_ACTIVATION_RELU));
    ASSERT_FAILS(LW_EINVAL, "two units", lw_net_add_dense(net, 1, LW_ACTIVATION_SOFTMAX));
    ASSERT_FAILS(LW_EINVAL, "activation", lw_net_add_dense(net, 1, (lw_activation)99));
    ASSERT_FAILS(LW_EINVAL, "overflow", lw_net_add_dense(net, SIZE_MAX / 2, LW_ACTIVATION_RELU));
    ASSERT_FAILS(LW_ENOMEM, "memory", lw_net_add_dense(net, SIZE_MAX / 1024, LW_ACTIVATION_RELU));
    ASSERT_FAILS(LW_EINVAL, "lw_net_add_dense_init: layer 2: unknown initialisation",
                 lw_net_add_dense_init(net, 2, LW_ACTIVATION_RELU, (lw_init)99, 0.0f));
    ASSERT_FAILS(LW_EINVAL, "init_scale",
                 lw_net_add_dense_init(net, 2, LW_ACTIVATION_RELU, LW_INIT_NORMAL, NAN));
    ASSERT_FAILS(LW_EINVAL, "net is NULL", lw_net_add_dense(NULL, 2, LW_ACTIVATION_RELU));
    ck_assert_uint_eq(lw_net_layer_count(net), 2);
    /* The generator has not advanced either. */
    add(net, &deep[2]);
    add(twin, &deep[2]);
    assert_same_parameters(net, twin);
    ASSERT_FAILS(LW_EINVAL, "softmax", lw_net_add_dense(net, 2, LW_ACTIVATION_RELU));
    ck_assert_uint_eq(lw_net_layer_count(net), 3);
    lw_net_destroy(net);
    lw_net_destroy(twin);
}
END_TEST

/* ---- Without layers -------------------------------------------------------------------------- */

START_TEST(a_network_without_layers_has_no_outputs_to_compute)
{
    lw_net *net;
    batch b = make_batch(INPUTS);
    ASSERT_FAILS(LW_EINVAL, "lw_net_create: net", lw_net_create(NULL, INPUTS, 1));
    ASSERT_FAILS(LW_EINVAL, "lw_net_create: a network needs", lw_net_create(&net, 0, 1));
    ASSERT_OK(lw_net_create(&net, INPUTS, 11));
    ck_assert_uint_eq(lw_net_inputs(net), INPUTS);
    ck_assert_uint_eq(lw_net_outputs(net), INPUTS);
    ck_assert_uint_eq(lw_net_layer_count(net), 0);
    ck_assert_uint_eq(lw_net_parameter_count(net), 0);
    ck_assert_uint_eq(lw_net_seed(net), 11);
    ck_assert_uint_gt(lw_net_memory(net), 0);

    float y[ROWS * INPUTS];
    double value;
    int32_t labels[ROWS];
    lw_layer_info info;
    lw_evaluation evaluation;
    lw_gradient_report report;
    lw_position position = {0};
    const lw_optimizer sgd = lw_sgd(0.1f);
    const lw_target values = {.values = b.x};
    const lw_dataset data = {
        .rows = ROWS, .inputs = INPUTS, .outputs = INPUTS, .x = b.x, .target = values};
#define NEEDS_LAYERS(function, ...)                                                                \
    ASSERT_FAILS(LW_ESTATE, #function ": the network has no layers", function(__VA_ARGS__))
    NEEDS_LAYERS(lw_net_reserve, net, ROWS);
    NEEDS_LAYERS(lw_net_forward, net, ROWS, b.x, y);
    NEEDS_LAYERS(lw_net_loss, net, LW_LOSS_MSE, &values, &value);
    NEEDS_LAYERS(lw_net_backward, net, b.x, NULL);
    NEEDS_LAYERS(lw_net_clip_gradients, net, 1.0f, &value);
    NEEDS_LAYERS(lw_net_step, net, &sgd);
    NEEDS_LAYERS(lw_train_step, net, LW_LOSS_MSE, &sgd, ROWS, b.x, &values, &value);
    NEEDS_LAYERS(lw_fit, net, &data, NULL);
    NEEDS_LAYERS(lw_predict, net, ROWS, b.x, y);
    NEEDS_LAYERS(lw_classify, net, ROWS, b.x, labels);
    NEEDS_LAYERS(lw_evaluate, net, &data, LW_LOSS_MSE, &evaluation);
    NEEDS_LAYERS(lw_net_gradient_check, net, LW_LOSS_MSE, ROWS, b.x, &values, &report);
    NEEDS_LAYERS(lw_net_get_parameters, net, y);
    NEEDS_LAYERS(lw_net_set_parameters, net, y);
    NEEDS_LAYERS(lw_net_get_gradients, net, y);
    NEEDS_LAYERS(lw_net_set_gradients, net, y);
    NEEDS_LAYERS(lw_net_get_layer, net, 0, y, y);
    NEEDS_LAYERS(lw_net_save, net, "no_layers.safetensors");
    NEEDS_LAYERS(lw_net_save_state, net, &position, "no_layers.safetensors");
    NEEDS_LAYERS(lw_net_load_parameters, net, "no_layers.safetensors");
    NEEDS_LAYERS(lw_net_load_state, net, &position, "no_layers.safetensors");
    NEEDS_LAYERS(lw_net_export_onnx, net, "no_layers.onnx");
    NEEDS_LAYERS(lw_net_export_c, net, "no_layers.c", NULL);
#undef NEEDS_LAYERS
    ASSERT_FAILS(LW_EINVAL, "layer 0", lw_net_layer_info(net, 0, &info));
    ck_assert_ptr_null(fopen("no_layers.safetensors", "rb"));

    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_BF16));
    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_FP32));
    ASSERT_OK(lw_net_initialize(net, 12));
    ASSERT_OK(lw_net_reset_optimizer(net));
    lw_net *clone;
    ASSERT_OK(lw_net_clone(&clone, net));
    add(net, &deep[2]);
    add(clone, &deep[2]);
    assert_same_parameters(net, clone);
    ASSERT_OK(train(clone, &b, 1));
    free_batch(&b);
    lw_net_destroy(net);
    lw_net_destroy(clone);
}
END_TEST

/* ---- Clones ---------------------------------------------------------------------------------- */

START_TEST(a_clone_continues_as_the_original)
{
    const size_t inputs = shapes[_i].inputs;
    lw_net *net = make_net(inputs, shapes[_i].layers, shapes[_i].count, 21), *clone;
    ASSERT_OK(lw_net_set_precision(net, shapes[_i].precision));
    batch b = make_batch(inputs);
    ASSERT_OK(train(net, &b, 4));
    ASSERT_OK(lw_net_forward(net, ROWS, b.x, NULL));
    ASSERT_OK(lw_net_clone(&clone, net));
    assert_same_parameters(clone, net);
    ck_assert_uint_eq(lw_net_seed(clone), 21);
    ck_assert_int_eq(lw_net_precision(clone), shapes[_i].precision);
    lw_optimizer_info info = {0};
    ASSERT_OK(lw_net_optimizer_info(clone, &info));
    ck_assert(info.kind == LW_OPTIMIZER_ADAM && info.steps == 4 && info.moments == 2);
    ASSERT_FAILS(LW_ESTATE, "no forward pass",
                 lw_net_loss(clone, LW_LOSS_DEFAULT, &b.target, NULL));

    /* The original does not change with its clone. */
    float *before = parameters_of(net);
    const lw_dataset data = {
        .rows = ROWS, .inputs = inputs, .outputs = CLASSES, .x = b.x, .target = b.target};
    const lw_fit_options options = {
        .size = sizeof options, .batch_size = 5, .epochs = 2, .optimizer = lw_adam(0.01f)};
    ASSERT_OK(lw_fit(clone, &data, &options));
    float *after = parameters_of(net);
    assert_same_bits("the original", lw_net_parameter_count(net), after, before);
    ASSERT_OK(lw_fit(net, &data, &options));
    assert_same_parameters(clone, net);
    free(before);
    free(after);
    free_batch(&b);
    lw_net_destroy(net);
    lw_net_destroy(clone);
}
END_TEST

START_TEST(clones_reject_invalid_arguments)
{
    lw_net *net = make_net(INPUTS, deep, 3, 1), *clone = net;
    ASSERT_FAILS(LW_EINVAL, "lw_net_clone: clone is NULL", lw_net_clone(NULL, net));
    ASSERT_FAILS(LW_EINVAL, "lw_net_clone: net is NULL", lw_net_clone(&clone, NULL));
    ck_assert_ptr_eq(clone, net);
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("builder");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, the_builder_has_the_bits_of_the_array, 0, SHAPES);
    tcase_add_test(tcase, new_layers_keep_the_parameters_of_earlier_ones);
    tcase_add_test(tcase, refused_layers_leave_the_network_unchanged);
    tcase_add_test(tcase, a_network_without_layers_has_no_outputs_to_compute);
    tcase_add_loop_test(tcase, a_clone_continues_as_the_original, 0, SHAPES);
    tcase_add_test(tcase, clones_reject_invalid_arguments);
    return run_case("builder", tcase);
}
