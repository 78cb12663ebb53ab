/*
 * Replays training runs recorded from PyTorch and NumPy, from the same initial parameters, in every
 * way of training a network.
 */
#include "fixture.h"
#include "recorded.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOSS_EVERY = 100 }; /* loss curves in tests/data/replay are sampled at these steps */

/* ---- Training modes -------------------------------------------------------------------------- */

typedef struct way {
    int custom_loop; /* individual calls, which store gradients, instead of lw_train_step */
    int general;     /* uses the general kernels for a small net */
    unsigned threads;
} way;

static const way ways[] = {
    {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0, 0, 2}, {1, 0, 2},
    {0, 1, 2}, {1, 1, 2}, {0, 0, 3}, {1, 0, 3}, {0, 1, 3}, {1, 1, 3},
};
enum { WAYS = sizeof ways / sizeof *ways };

/* Call before setting parameters. */
static void prepare(lw_net *net, const way *by)
{
    lw_net_set_threads(net, by->threads);
    if (by->general)
        use_general_kernels(net);
}

static double train(lw_net *net, const way *by, lw_loss loss, const lw_optimizer *optimizer,
                    size_t rows, const float *x, const float *y)
{
    const lw_target target = {.values = y};
    double value = -1.0;
    if (!by->custom_loop) {
        ASSERT_OK(lw_train_step(net, loss, optimizer, rows, x, &target, &value));
        return value;
    }
    ASSERT_OK(lw_net_forward(net, rows, x, NULL));
    ASSERT_OK(lw_net_loss(net, loss, &target, &value));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_step(net, optimizer));
    return value;
}

/* ---- One layer: AND and college admissions --------------------------------------------------- */

enum { ONE_LAYER_STEPS = 2000 };

/* Trains a single sigmoid unit from run's initial parameters; stores every cut-th loss. */
static lw_net *replay_one_layer(const way *by, const lw_safetensors *file, const char *run,
                                size_t rows, size_t inputs, const float *x, const float *y,
                                size_t cut)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_SIGMOID};
    const lw_optimizer sgd = lw_sgd(1.0f);
    lw_net *net = make_net(inputs, &layer, 1, 0);
    prepare(net, by);
    set_layer(net, 0, file, run, "init.W", "init.b", IN_OUT);
    compare_outputs(net, rows, x, file, run, "init_output");
    float *losses = recorded(file, run, "losses");
    for (size_t step = 0; step < ONE_LAYER_STEPS; step++) {
        const double loss = train(net, by, LW_LOSS_HALF_MSE, &sgd, rows, x, y);
        if (step == 0 && by->custom_loop)
            compare_gradients(net, 0, file, run, "grad0.W", "grad0.b", IN_OUT, 0.0);
        if (step % cut == 0)
            ck_assert_double_eq_tol(loss, (double)losses[step / cut], tolerance);
    }
    compare_parameters(net, 0, file, run, "final.W", "final.b", IN_OUT);
    compare_outputs(net, rows, x, file, run, "final_output");
    free(losses);
    return net;
}

START_TEST(and_gate)
{
    lw_safetensors *file = open_recorded(LANEWISE_TEST_DATA "/replay/and.safetensors");
    float *x = recorded(file, "", "x"), *y = recorded(file, "", "y");
    lw_net_destroy(replay_one_layer(&ways[_i], file, "", 4, 2, x, y, LOSS_EVERY));
    free(x);
    free(y);
    lw_safetensors_close(file);
}
END_TEST

static size_t correct_rows(const lw_net *net, size_t rows, const float *x, const float *y)
{
    const lw_dataset data = {
        .rows = rows, .inputs = lw_net_inputs(net), .outputs = 1, .x = x, .target = {.values = y}};
    lw_evaluation evaluation;
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_HALF_MSE, &evaluation));
    const size_t correct = evaluation.correct;
    lw_evaluation_free(&evaluation);
    return correct;
}

START_TEST(college_admissions)
{
    const char *folder = getenv("LANEWISE_REFERENCE_DIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/and_admissions.safetensors",
             folder ? folder : LANEWISE_REFERENCE_DIR);
    if (access(path, R_OK) != 0) {
        if (_i == 0)
            printf("skipped: college_admissions: %s is missing\n", path);
        return;
    }
    enum { TRAIN = 360, TEST = 40, INPUTS = 6 };
    lw_safetensors *file = open_recorded(path);
    float *x = recorded(file, "adm.", "x_train"), *y = recorded(file, "adm.", "y_train");
    float *test_x = recorded(file, "adm.", "x_test"), *test_y = recorded(file, "adm.", "y_test");
    lw_net *net = replay_one_layer(&ways[_i], file, "adm.", TRAIN, INPUTS, x, y, 1);
    compare_outputs(net, TEST, test_x, file, "adm.", "test_output");
    ck_assert_uint_eq(correct_rows(net, TRAIN, x, y), 254);
    ck_assert_uint_eq(correct_rows(net, TEST, test_x, test_y), 30);
    lw_net_destroy(net);
    free(x);
    free(y);
    free(test_x);
    free(test_y);
    lw_safetensors_close(file);
}
END_TEST

/* ---- XOR ------------------------------------------------------------------------------------- */

/* The gradients of the recorded parameters are sums of terms of about 0.1 that cancel to 1e-3 or
 * less, so the spacing of floats at the size of the terms matters. */
static const double xor_gradient_tolerance = 1e-7;

static void compare_xor_layers(const lw_net *net, const lw_safetensors *file, const char *run,
                               const char *when)
{
    char names[4][64];
    static const char *const parts[] = {"W1", "b1", "W2", "b2"};
    for (size_t i = 0; i < 4; i++)
        snprintf(names[i], sizeof names[i], "%s.%s", when, parts[i]);
    compare_parameters(net, 0, file, run, names[0], names[1], OUT_IN);
    compare_parameters(net, 1, file, run, names[2], names[3], OUT_IN);
}

static void replay_xor(const way *by, const char *run, float learning_rate, size_t steps)
{
    lw_safetensors *file = open_recorded(LANEWISE_TEST_DATA "/replay/xor.safetensors");
    const lw_layer_spec layers[] = {{.units = 2, .activation = LW_ACTIVATION_RELU},
                                    {.units = 1, .activation = LW_ACTIVATION_SIGMOID}};
    lw_net *net = make_net(2, layers, 2, 0);
    prepare(net, by);
    set_layer(net, 0, file, run, "init.W1", "init.b1", OUT_IN);
    set_layer(net, 1, file, run, "init.W2", "init.b2", OUT_IN);
    float *x = recorded(file, "", "X"), *y = recorded(file, "", "y");
    /* Recorded in float32: in its steep part, the curve of ex2 in double precision differs by
     * 2e-5. */
    float *losses = recorded(file, run, "losses");
    const lw_optimizer sgd = lw_sgd(learning_rate);

    for (size_t step = 0; step < steps; step++) {
        if (step == 1 || step == 100 || step == 1000) {
            char when[32];
            snprintf(when, sizeof when, "after%zu", step);
            compare_xor_layers(net, file, run, when);
        }
        const double loss = train(net, by, LW_LOSS_BINARY_CROSS_ENTROPY, &sgd, 4, x, y);
        if (step == 0 && by->custom_loop) {
            compare_gradients(net, 0, file, run, "grad0.dW1", "grad0.db1", OUT_IN,
                              xor_gradient_tolerance);
            compare_gradients(net, 1, file, run, "grad0.dW2", "grad0.db2", OUT_IN,
                              xor_gradient_tolerance);
        }
        if (step % LOSS_EVERY == 0)
            ck_assert_double_eq_tol(loss, (double)losses[step / LOSS_EVERY], tolerance);
    }
    compare_xor_layers(net, file, run, "final");
    compare_outputs(net, 4, x, file, run, "final_output");
    compare_outputs(net, 4, x, file, run, "final_output_f64");
    free(x);
    free(y);
    free(losses);
    lw_net_destroy(net);
    lw_safetensors_close(file);
}

/* A plateau: two units with these initial parameters never leave it. */
START_TEST(xor_gets_stuck)
{
    replay_xor(&ways[_i], "ex1.", 0.1f, 10000);
}
END_TEST

START_TEST(xor_learns)
{
    replay_xor(&ways[_i], "ex2.", 0.05f, 20000);
}
END_TEST

/* ---- Every gradient of tanh networks, and gradient descent ----------------------------------- */

static void layer_names(const char *prefix, size_t layer, char *w, char *b, size_t size)
{
    snprintf(w, size, "%sW%zu", prefix, layer + 1);
    snprintf(b, size, "%sb%zu", prefix, layer + 1);
}

static lw_net *recorded_tanh_net(const lw_safetensors *file, const char *run, size_t count,
                                 const size_t *units)
{
    lw_layer_spec layers[3] = {0};
    for (size_t i = 0; i < count; i++)
        layers[i] = (lw_layer_spec){.units = units[i], .activation = LW_ACTIVATION_TANH};
    lw_net *net = make_net(20, layers, count, 0);
    for (size_t i = 0; i < count; i++) {
        char w[32], b[32];
        layer_names("", i, w, b, sizeof w);
        set_layer(net, i, file, run, w, b, IN_OUT);
    }
    return net;
}

static void replay_gradients(unsigned threads, const char *run, size_t rows, size_t count,
                             const size_t *units)
{
    lw_safetensors *file = open_recorded(LANEWISE_TEST_DATA "/replay/backprop.safetensors");
    lw_net *net = recorded_tanh_net(file, run, count, units);
    lw_net_set_threads(net, threads);
    float *x = recorded(file, run, "x"), *y = recorded(file, run, "y");
    float *recorded_loss = recorded(file, run, "loss");
    double loss;
    compare_outputs(net, rows, x, file, run, "output");
    ASSERT_OK(lw_net_forward(net, rows, x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_SSE, &(lw_target){.values = y}, &loss));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ck_assert_double_eq_tol(loss, (double)recorded_loss[0], tolerance * (double)recorded_loss[0]);
    for (size_t i = 0; i < count; i++) {
        char w[32], b[32];
        snprintf(w, sizeof w, "w_grad%zu", i + 1);
        snprintf(b, sizeof b, "b_grad%zu", i + 1);
        compare_gradients(net, i, file, run, w, b, IN_OUT, 0.0);
    }
    free(x);
    free(y);
    free(recorded_loss);
    lw_net_destroy(net);
    lw_safetensors_close(file);
}

static const size_t main_units[] = {50, 10}, deep_units[] = {50, 30, 10};

START_TEST(gradients_of_two_layers)
{
    replay_gradients((unsigned)_i, "main.", 16, 2, main_units);
}
END_TEST

START_TEST(gradients_of_three_layers)
{
    replay_gradients((unsigned)_i, "deep.", 16, 3, deep_units);
}
END_TEST

START_TEST(gradients_of_one_row)
{
    replay_gradients((unsigned)_i, "one_row.", 1, 2, main_units);
}
END_TEST

START_TEST(gradient_descent)
{
    enum { STEPS = 200, ROWS = 16 };
    lw_safetensors *file = open_recorded(LANEWISE_TEST_DATA "/replay/backprop.safetensors");
    lw_net *net = recorded_tanh_net(file, "main.", 2, main_units);
    prepare(net, &ways[_i]);
    float *x = recorded(file, "main.", "x"), *y = recorded(file, "main.", "y");
    float *losses = recorded(file, "main.", "gd_losses");
    const lw_optimizer sgd = lw_sgd(0.001f);
    for (size_t step = 0; step < STEPS; step++) {
        const double loss = train(net, &ways[_i], LW_LOSS_SSE, &sgd, ROWS, x, y);
        ck_assert_double_eq_tol(loss, (double)losses[step], tolerance * (double)losses[0]);
    }
    for (size_t i = 0; i < 2; i++) {
        char w[32], b[32];
        layer_names("gd_final.", i, w, b, sizeof w);
        compare_parameters(net, i, file, "main.", w, b, IN_OUT);
    }
    free(x);
    free(y);
    free(losses);
    lw_net_destroy(net);
    lw_safetensors_close(file);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("replay");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, and_gate, 0, WAYS);
    tcase_add_loop_test(tcase, college_admissions, 0, WAYS);
    tcase_add_loop_test(tcase, xor_gets_stuck, 0, WAYS);
    tcase_add_loop_test(tcase, xor_learns, 0, WAYS);
    tcase_add_loop_test(tcase, gradients_of_two_layers, 1, 4);
    tcase_add_loop_test(tcase, gradients_of_three_layers, 1, 4);
    tcase_add_loop_test(tcase, gradients_of_one_row, 1, 4);
    tcase_add_loop_test(tcase, gradient_descent, 0, WAYS);
    return run_case("replay", tcase);
}
