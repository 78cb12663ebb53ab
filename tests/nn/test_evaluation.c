/* Evaluation of networks: classes, losses and invalid arguments. */
#include "fixture.h"
#include "temp_files.h"

#include <math.h>
#include <stdlib.h>

/* A layer with W = scale * I and b = 0, whose outputs are its activated inputs. */
static lw_net *identity_net(size_t units, lw_activation activation)
{
    const lw_layer_spec layer = {.units = units, .activation = activation, .init = LW_INIT_ZEROS};
    lw_net *net = make_net(units, &layer, 1, 1);
    float *w = uniform_floats(units * units, 0.0f, 0.0f, 1);
    for (size_t i = 0; i < units; i++)
        w[i * units + i] = 1.0f;
    ASSERT_OK(lw_net_set_layer(net, 0, w, NULL));
    free(w);
    return net;
}

START_TEST(two_classes)
{
    const float x[] = {2.0f, -1.0f, 3.0f, -2.0f, 0.0f, 1.0f, -3.0f};
    const int32_t labels[] = {1, 1, 0, 0, 0, 1, 0};
    const float values[] = {1.0f, 0.9f, 0.0f, 0.5f, 0.2f, 0.51f, 0.0f};
    lw_net *net = identity_net(1, LW_ACTIVATION_SIGMOID);
    for (int kind = 0; kind < 2; kind++) {
        const lw_dataset data = {
            .rows = 7,
            .inputs = 1,
            .outputs = 1,
            .x = x,
            .target = {.values = kind ? NULL : values, .labels = kind ? labels : NULL}};
        lw_evaluation e;
        ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_DEFAULT, &e));
        ck_assert_uint_eq(e.rows, 7);
        ck_assert_uint_eq(e.classes, 2);
        /* sigmoid(0) is 0.5, which is not above the threshold. */
        ck_assert_uint_eq(e.true_positive, 2);
        ck_assert_uint_eq(e.false_positive, 1);
        ck_assert_uint_eq(e.true_negative, 3);
        ck_assert_uint_eq(e.false_negative, 1);
        ck_assert_uint_eq(e.correct, 5);
        ck_assert_double_eq_tol(e.accuracy, 5.0 / 7.0, 1e-12);
        ck_assert_uint_eq(e.confusion[0], 3);
        ck_assert_uint_eq(e.confusion[1], 1);
        ck_assert_uint_eq(e.confusion[2], 1);
        ck_assert_uint_eq(e.confusion[3], 2);
        ck_assert(e.misclassified[0] == 1 && e.misclassified[1] == 2);
        lw_evaluation_free(&e);
        ck_assert_ptr_null(e.confusion);
    }
    lw_net_destroy(net);
}
END_TEST

START_TEST(several_classes)
{
    const float x[] = {3, 1, 2, /**/ 0, 5, 1, /**/ 1, 2, 9, /**/ 4, 4, 1, /**/ 0, 1, 0};
    const int32_t labels[] = {0, 2, 2, 1, 1};
    const float values[] = {1, 0, 0, /**/ 0, 0, 1, /**/ 0, 0, 1, /**/ 0, 1, 0, /**/ 0, 1, 0};
    static const size_t confusion[] = {1, 0, 0, /**/ 1, 1, 0, /**/ 0, 1, 1};
    for (int kind = 0; kind < 2; kind++) {
        /* Values are classes after an activation of limited range only. */
        lw_net *net = identity_net(3, kind ? LW_ACTIVATION_LINEAR : LW_ACTIVATION_SOFTMAX);
        const lw_dataset data = {
            .rows = 5,
            .inputs = 3,
            .outputs = 3,
            .x = x,
            .target = {.values = kind ? NULL : values, .labels = kind ? labels : NULL}};
        lw_evaluation e;
        ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
        ck_assert_uint_eq(e.classes, 3);
        ck_assert_mem_eq(e.confusion, confusion, sizeof confusion);
        ck_assert_uint_eq(e.correct, 3);
        ck_assert(e.misclassified[0] == 1 && e.misclassified[1] == 3);
        ck_assert_uint_eq(e.true_positive + e.false_positive + e.true_negative + e.false_negative,
                          0);
        ck_assert_ptr_null(e.errors);
        lw_evaluation_free(&e);
        lw_net_destroy(net);
    }
}
END_TEST

/* With too many classes for a confusion matrix, the other results are still computed. */
START_TEST(many_classes_have_no_confusion_matrix)
{
    enum { CLASSES = 70000 };
    const lw_layer_spec layer = {
        .units = CLASSES, .activation = LW_ACTIVATION_SOFTMAX, .init = LW_INIT_ZEROS};
    lw_net *net = make_net(1, &layer, 1, 1);
    float *w = uniform_floats(CLASSES, 0.0f, 0.0f, 1);
    w[CLASSES - 1] = 100.0f;
    ASSERT_OK(lw_net_set_layer(net, 0, w, NULL));
    const float x[] = {1.0f, 1.0f, 1.0f};
    const int32_t labels[] = {CLASSES - 1, 5, CLASSES - 1};
    const lw_dataset data = {
        .rows = 3, .inputs = 1, .outputs = CLASSES, .x = x, .target = {.labels = labels}};
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_DEFAULT, &e));
    ck_assert(e.rows == 3 && e.classes == CLASSES && e.correct == 2);
    ck_assert_double_eq_tol(e.accuracy, 2.0 / 3.0, 1e-12);
    ck_assert_double_eq_tol(e.loss, 100.0 / 3.0, 1e-4);
    ck_assert_ptr_null(e.confusion);
    ck_assert(e.misclassified_count == 1 && e.misclassified[0] == 1);
    lw_evaluation_free(&e);
    free(w);
    lw_net_destroy(net);
}
END_TEST

/* A softmax over one unit is constant. */
START_TEST(softmax_of_one_output_is_rejected)
{
    const lw_layer_spec layers[] = {{.units = 3},
                                    {.units = 1, .activation = LW_ACTIVATION_SOFTMAX}};
    lw_net *net = NULL;
    for (size_t first = 0; first < 2; first++)
        ASSERT_FAILS(LW_EINVAL, "softmax needs at least two units",
                     lw_net_create_mlp(&net, 3, layers + first, 2 - first, 1));
    ck_assert_ptr_null(net);
}
END_TEST

START_TEST(regression_has_no_classes)
{
    const float x[] = {1.0f, 2.0f, 4.0f}, values[] = {0.0f, 2.0f, 2.0f};
    const lw_dataset data = {
        .rows = 3, .inputs = 1, .outputs = 1, .x = x, .target = {.values = values}};
    static const lw_activation regressions[] = {LW_ACTIVATION_LINEAR, LW_ACTIVATION_RELU};
    for (size_t i = 0; i < 2; i++) {
        lw_net *net = identity_net(1, regressions[i]);
        lw_evaluation e;
        ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
        ck_assert_uint_eq(e.classes, 0);
        ck_assert(isnan(e.accuracy));
        ck_assert_uint_eq(e.correct, 0);
        ck_assert_ptr_null(e.confusion);
        ck_assert_ptr_null(e.misclassified);
        ck_assert_double_eq_tol(e.loss, 5.0 / 3.0, 1e-6);
        ck_assert_double_eq_tol(e.errors[0].rmse, sqrt(5.0 / 3.0), 1e-12);
        ck_assert_double_eq_tol(e.errors[0].mae, 1.0, 1e-12);
        ck_assert_double_eq_tol(e.errors[0].r2, 1.0 - 5.0 / (24.0 / 9.0), 1e-12);
        lw_evaluation_free(&e);
        ck_assert_ptr_null(e.errors);
        lw_net_destroy(net);
    }
    lw_net *net = identity_net(1, LW_ACTIVATION_TANH);
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ck_assert_uint_eq(e.classes, 2);
    lw_evaluation_free(&e);
    lw_net_destroy(net);
}
END_TEST

/* Targets 1e6 from 0: a single pass over their squares would lose their deviation. */
START_TEST(errors_of_each_output)
{
    enum { ROWS = 5000 };
    float *x = uniform_floats(2 * ROWS, -1.0f, 1.0f, 7), *values = calloc(2 * ROWS, sizeof *values);
    double squares = 0.0, absolutes = 0.0, mean = 0.0, about = 0.0;
    for (size_t i = 0; i < ROWS; i++) {
        values[2 * i] = x[2 * i];
        values[2 * i + 1] = 1e6f + x[2 * i + 1];
        mean += (double)values[2 * i + 1] / ROWS;
    }
    for (size_t i = 0; i < ROWS; i++) {
        const double target = (double)values[2 * i + 1], error = (double)x[2 * i + 1] - target;
        squares += error * error;
        absolutes += fabs(error);
        about += (target - mean) * (target - mean);
    }
    lw_net *net = identity_net(2, LW_ACTIVATION_LINEAR);
    const lw_dataset data = {
        .rows = ROWS, .inputs = 2, .outputs = 2, .x = x, .target = {.values = values}};
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ck_assert_uint_eq(e.classes, 0);
    ck_assert(e.errors[0].rmse == 0.0 && e.errors[0].mae == 0.0 && e.errors[0].r2 == 1.0);
    ck_assert_double_eq_tol(e.errors[1].rmse, sqrt(squares / ROWS), 1e-4);
    ck_assert_double_eq_tol(e.errors[1].mae, absolutes / ROWS, 1e-4);
    ck_assert_double_eq_tol(e.errors[1].r2 / (1.0 - squares / about), 1.0, 1e-6);
    lw_evaluation_free(&e);
    lw_net_destroy(net);
    free(values);
    free(x);
}
END_TEST

START_TEST(constant_targets_have_no_r2)
{
    const float x[] = {1.0f, 2.0f}, values[] = {3.0f, 3.0f};
    const lw_dataset data = {
        .rows = 2, .inputs = 1, .outputs = 1, .x = x, .target = {.values = values}};
    lw_net *net = identity_net(1, LW_ACTIVATION_LINEAR);
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ck_assert(isnan(e.errors[0].r2));
    lw_evaluation_free(&e);
    lw_net_destroy(net);
}
END_TEST

/* Targets -1 and 1: outputs between 0 and 0.5 are class 1. */
START_TEST(tanh_classifies_at_the_middle_of_its_targets)
{
    const float x[] = {-0.2f, 0.2f, 2.0f, -2.0f}, values[] = {-1.0f, 1.0f, 1.0f, -1.0f};
    const lw_dataset data = {
        .rows = 4, .inputs = 1, .outputs = 1, .x = x, .target = {.values = values}};
    const lw_fit_options options = {
        .size = sizeof options, .epochs = 1, .optimizer = lw_sgd(1e-6f)};
    lw_net *net = identity_net(1, LW_ACTIVATION_TANH), *loaded = NULL;
    const char *path = temp_path("threshold.safetensors");
    int32_t labels[4];
    lw_evaluation e;
    ck_assert_float_eq(lw_net_threshold(net), 0.5f);
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ck_assert_uint_eq(e.correct, 3);
    lw_evaluation_free(&e);
    ASSERT_OK(lw_fit(net, &data, &options));
    ck_assert_float_eq(lw_net_threshold(net), 0.0f);
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ck_assert_uint_eq(e.correct, 4);
    lw_evaluation_free(&e);
    ASSERT_OK(lw_net_save(net, path));
    ASSERT_OK(lw_net_load(&loaded, path));
    ck_assert_float_eq(lw_net_threshold(loaded), 0.0f);
    ASSERT_OK(lw_classify(loaded, 4, x, labels));
    ck_assert(labels[0] == 0 && labels[1] == 1 && labels[2] == 1 && labels[3] == 0);
    lw_net_destroy(loaded);
    lw_net_destroy(net);
}
END_TEST

/* Cross-entropies of values that are no probabilities. */
START_TEST(values_beyond_0_to_1_are_refused)
{
    const float x[] = {1.0f, 2.0f, 3.0f, 4.0f}, values[] = {0.0f, 1.0f, 1.5f, 0.0f};
    const lw_dataset pairs = {
        .rows = 2, .inputs = 2, .outputs = 2, .x = x, .target = {.values = values}};
    lw_net *softmax = identity_net(2, LW_ACTIVATION_SOFTMAX);
    lw_net *sigmoid = identity_net(2, LW_ACTIVATION_SIGMOID);
    lw_evaluation e;
    ASSERT_FAILS(LW_EDATA, "row 1, output 0 is 1.5",
                 lw_evaluate(softmax, &pairs, LW_LOSS_DEFAULT, &e));
    ASSERT_FAILS(LW_EDATA, "row 1, output 0 is 1.5", lw_fit(sigmoid, &pairs, NULL));
    ASSERT_OK(lw_evaluate(sigmoid, &pairs, LW_LOSS_MSE, &e));
    lw_evaluation_free(&e);
    lw_net_destroy(softmax);
    lw_net_destroy(sigmoid);
}
END_TEST

static double loss_of(const lw_net *net, lw_loss loss, const lw_dataset *data)
{
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, data, loss, &e));
    const double value = e.loss;
    lw_evaluation_free(&e);
    return value;
}

START_TEST(losses_are_scaled_as_documented)
{
    /* Differences 1, 2, 0, -1, 0, 3: the squares sum to 15 over 2 rows of 3. */
    const float x[] = {1, 2, 0, /**/ 1, 1, 3}, values[] = {0, 0, 0, /**/ 2, 1, 0};
    const lw_dataset data = {
        .rows = 2, .inputs = 3, .outputs = 3, .x = x, .target = {.values = values}};
    lw_net *net = identity_net(3, LW_ACTIVATION_LINEAR);
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_DEFAULT, &data), 15.0 / 6.0, 1e-6);
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_MSE, &data), 15.0 / 6.0, 1e-6);
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_HALF_MSE, &data), 15.0 / 4.0, 1e-6);
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_SSE, &data), 15.0, 1e-6);
    lw_net_destroy(net);

    /* Logits (0, 0) give log 2 each. */
    const float zeros[4] = {0}, ones[] = {1, 0, 0, 1};
    const int32_t labels[] = {0, 1};
    lw_dataset flat = {
        .rows = 2, .inputs = 2, .outputs = 2, .x = zeros, .target = {.values = ones}};
    net = identity_net(2, LW_ACTIVATION_SIGMOID);
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_BINARY_CROSS_ENTROPY, &flat), log(2.0), 1e-6);
    lw_net_destroy(net);
    net = identity_net(2, LW_ACTIVATION_SOFTMAX);
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_CROSS_ENTROPY, &flat), log(2.0), 1e-6);
    flat.target = (lw_target){.labels = labels};
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_CROSS_ENTROPY, &flat), log(2.0), 1e-6);
    /* Labels with a squared error are one-hot rows. */
    ck_assert_double_eq_tol(loss_of(net, LW_LOSS_SSE, &flat), 1.0, 1e-6);
    lw_net_destroy(net);
}
END_TEST

START_TEST(evaluation_rejects_invalid_arguments)
{
    const float x[] = {1, 2, 3, NAN}, good[] = {1, 2, 3, 4};
    const int32_t labels[] = {0, 2};
    lw_net *net = identity_net(2, LW_ACTIVATION_SIGMOID);
    const lw_dataset base = {
        .rows = 2, .inputs = 2, .outputs = 2, .x = good, .target = {.values = good}};
    lw_evaluation e = {.rows = 77};
    lw_dataset data = base;
    data.rows = 0;
    ASSERT_FAILS(LW_EDATA, "rows", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    data = base;
    data.x = x;
    ASSERT_FAILS(LW_EDATA, "row 1, column 1", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    data = base;
    data.inputs = 1;
    ASSERT_FAILS(LW_ESHAPE, "1 inputs", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    data = base;
    data.outputs = 1;
    ASSERT_FAILS(LW_ESHAPE, "1 outputs", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    data = base;
    data.target = (lw_target){0};
    ASSERT_FAILS(LW_EINVAL, "target", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    data.target = (lw_target){.labels = labels};
    ASSERT_FAILS(LW_EDATA, "row 1", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    data.outputs = 3;
    ASSERT_FAILS(LW_ESHAPE, "3 classes", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ASSERT_FAILS(LW_ESHAPE, "softmax", lw_evaluate(net, &base, LW_LOSS_CROSS_ENTROPY, &e));
    ASSERT_FAILS(LW_EINVAL, "loss", lw_evaluate(net, &base, (lw_loss)77, &e));
    ASSERT_FAILS(LW_EINVAL, "net", lw_evaluate(NULL, &base, LW_LOSS_MSE, &e));
    ASSERT_FAILS(LW_EINVAL, "evaluation", lw_evaluate(net, &base, LW_LOSS_MSE, NULL));
    ASSERT_FAILS(LW_EINVAL, "data", lw_evaluate(net, NULL, LW_LOSS_MSE, &e));
    ck_assert_uint_eq(e.rows, 77);
    lw_net_destroy(net);
}
END_TEST

/* The rule at the head of nn.h: functions that work per row do nothing; a mean over no rows is an
 * error. */
START_TEST(functions_without_rows)
{
    lw_net *net = identity_net(2, LW_ACTIVATION_LINEAR);
    const lw_optimizer sgd = lw_sgd(0.1f);
    const float x[2] = {0.0f};
    float y[2] = {7.0f, 7.0f};
    int32_t label = 7;
    const lw_target target = {.values = x};
    const lw_dataset data = {.inputs = 2, .outputs = 2, .x = x, .target = target};
    lw_dataset made = {0};
    lw_evaluation e;
    lw_gradient_report report;
    ASSERT_OK(lw_predict(net, 0, x, y));
    ASSERT_OK(lw_predict(net, 0, NULL, NULL));
    ASSERT_OK(lw_classify(net, 0, x, &label));
    ASSERT_OK(lw_net_reserve(net, 0));
    ck_assert(y[0] == 7.0f && label == 7);
    ASSERT_OK(lw_dataset_select(&data, 0, NULL, &made));
    ck_assert_uint_eq(made.rows, 0);
    lw_dataset_free(&made);

    ASSERT_FAILS(LW_EINVAL, "rows", lw_net_forward(net, 0, x, y));
    ASSERT_FAILS(LW_EINVAL, "rows", lw_train_step(net, LW_LOSS_MSE, &sgd, 0, x, &target, NULL));
    ASSERT_FAILS(LW_EINVAL, "rows",
                 lw_net_gradient_check(net, LW_LOSS_MSE, 0, x, &target, &report));
    ASSERT_FAILS(LW_EDATA, "rows", lw_dataset_check(&data));
    ASSERT_FAILS(LW_EDATA, "rows", lw_evaluate(net, &data, LW_LOSS_MSE, &e));
    ASSERT_FAILS(LW_EDATA, "rows", lw_fit(net, &data, NULL));
    lw_net_destroy(net);
}
END_TEST

int main(void)
{
    TCase *tcase = temp_files_case("evaluation");
    tcase_add_test(tcase, two_classes);
    tcase_add_test(tcase, several_classes);
    tcase_add_test(tcase, many_classes_have_no_confusion_matrix);
    tcase_add_test(tcase, softmax_of_one_output_is_rejected);
    tcase_add_test(tcase, regression_has_no_classes);
    tcase_add_test(tcase, errors_of_each_output);
    tcase_add_test(tcase, constant_targets_have_no_r2);
    tcase_add_test(tcase, tanh_classifies_at_the_middle_of_its_targets);
    tcase_add_test(tcase, values_beyond_0_to_1_are_refused);
    tcase_add_test(tcase, losses_are_scaled_as_documented);
    tcase_add_test(tcase, evaluation_rejects_invalid_arguments);
    tcase_add_test(tcase, functions_without_rows);
    return run_case("evaluation", tcase);
}
