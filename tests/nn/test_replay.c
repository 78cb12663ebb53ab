/* Training runs recorded from PyTorch and NumPy, run again from the same parameters. */
#include "fixture.h"
#include "safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of float32 runs: on losses, outputs and parameters, and on gradients relative to the largest. */
static const double tolerance = 1e-5;

enum { LOSS_EVERY = 100 }; /* the curves of the files in tests/data/replay are cut to these steps */

/* ---- Recorded tensors ---------------------------------------------------------------------- */

static lw_safetensors *open_recorded(const char *path)
{
    lw_safetensors *file = NULL;
    ASSERT_OK(lw_safetensors_open(&file, path));
    return file;
}

static const lw_tensor *find(const lw_safetensors *file, const char *run, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "%s%s", run, name);
    const lw_tensor *tensor = lw_safetensors_find(file, full);
    ck_assert_msg(tensor != NULL, "no tensor %s", full);
    return tensor;
}

static float *recorded(const lw_safetensors *file, const char *run, const char *name)
{
    const lw_tensor *tensor = find(file, run, name);
    float *values = calloc(tensor->count, sizeof *values);
    ck_assert_ptr_nonnull(values);
    ASSERT_OK(lw_safetensors_copy_f32(file, tensor, values));
    return values;
}

static void assert_near(const char *what, size_t n, const float *got, const float *want,
                        double allowed)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs((double)got[i] - (double)want[i]) <= allowed,
                      "%s: element %zu is %.9g, recorded %.9g", what, i, (double)got[i],
                      (double)want[i]);
}

/* (out, in) as PyTorch stores it, or (in, out) as it is. */
enum layout { IN_OUT, OUT_IN };

/* Reads W and b of a layer of the network's shape. */
static void read_layer(const lw_safetensors *file, const char *run, const char *w_name,
                       const char *b_name, enum layout layout, const lw_layer_info *info, float *w,
                       float *b)
{
    ck_assert_uint_eq(find(file, run, w_name)->count, info->in * info->out);
    ck_assert_uint_eq(find(file, run, b_name)->count, info->out);
    float *stored = recorded(file, run, w_name);
    for (size_t i = 0; i < info->in; i++)
        for (size_t j = 0; j < info->out; j++)
            w[i * info->out + j] =
                layout == IN_OUT ? stored[i * info->out + j] : stored[j * info->in + i];
    free(stored);
    stored = recorded(file, run, b_name);
    memcpy(b, stored, info->out * sizeof *b);
    free(stored);
}

/* Largest layer of the recorded networks. */
enum { MAX_W = 50 * 30, MAX_B = 50 };

static void set_layer(lw_net *net, size_t layer, const lw_safetensors *file, const char *run,
                      const char *w_name, const char *b_name, enum layout layout)
{
    lw_layer_info info;
    float w[MAX_W], b[MAX_B];
    ASSERT_OK(lw_net_layer_info(net, layer, &info));
    read_layer(file, run, w_name, b_name, layout, &info, w, b);
    ASSERT_OK(lw_net_set_layer(net, layer, w, b));
}

static void compare_parameters(const lw_net *net, size_t layer, const lw_safetensors *file,
                               const char *run, const char *w_name, const char *b_name,
                               enum layout layout)
{
    lw_layer_info info;
    float w[MAX_W], b[MAX_B], want_w[MAX_W], want_b[MAX_B];
    ASSERT_OK(lw_net_layer_info(net, layer, &info));
    ASSERT_OK(lw_net_get_layer(net, layer, w, b));
    read_layer(file, run, w_name, b_name, layout, &info, want_w, want_b);
    assert_near(w_name, info.in * info.out, w, want_w, tolerance);
    assert_near(b_name, info.out, b, want_b, tolerance);
}

static double largest(size_t n, const float *x)
{
    double max = 0.0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs((double)x[i]));
    return max;
}

/* allowed 0: the tolerance, relative to the layer's largest gradient. */
static void compare_gradients(const lw_net *net, size_t layer, const lw_safetensors *file,
                              const char *run, const char *w_name, const char *b_name,
                              enum layout layout, double allowed)
{
    lw_layer_info info;
    float w[MAX_W], b[MAX_B], want_w[MAX_W], want_b[MAX_B];
    ASSERT_OK(lw_net_layer_info(net, layer, &info));
    ASSERT_OK(lw_net_get_layer_gradients(net, layer, w, b));
    read_layer(file, run, w_name, b_name, layout, &info, want_w, want_b);
    if (allowed == 0.0)
        allowed = tolerance * fmax(largest(info.in * info.out, want_w), largest(info.out, want_b));
    assert_near(w_name, info.in * info.out, w, want_w, allowed);
    assert_near(b_name, info.out, b, want_b, allowed);
}

static void compare_outputs(const lw_net *net, size_t rows, const float *x,
                            const lw_safetensors *file, const char *run, const char *name)
{
    float *want = recorded(file, run, name);
    float *got = canary_floats(rows * lw_net_outputs(net));
    ASSERT_OK(lw_predict(net, rows, x, got));
    assert_near(name, rows * lw_net_outputs(net), got, want, tolerance);
    free(want);
    free(got);
}

/* ---- One layer: AND and college admissions -------------------------------------------------- */

enum { ONE_LAYER_STEPS = 2000 };

/* Trains a single sigmoid unit from run's initial parameters; losses holds every cut-th loss. */
static lw_net *replay_one_layer(const lw_safetensors *file, const char *run, size_t rows,
                                size_t inputs, const float *x, const float *y, size_t cut)
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_SIGMOID};
    const lw_optimizer sgd = lw_sgd(1.0f);
    const lw_target target = {.values = y};
    lw_net *net = make_net(inputs, &layer, 1, 0);
    set_layer(net, 0, file, run, "init.W", "init.b", IN_OUT);
    compare_outputs(net, rows, x, file, run, "init_output");
    float *losses = recorded(file, run, "losses");
    for (size_t step = 0; step < ONE_LAYER_STEPS; step++) {
        double loss;
        ASSERT_OK(lw_train_step(net, LW_HALF_MSE, &sgd, rows, x, &target, &loss));
        if (step == 0)
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
    lw_net_destroy(replay_one_layer(file, "", 4, 2, x, y, LOSS_EVERY));
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
    ASSERT_OK(lw_evaluate(net, &data, LW_HALF_MSE, &evaluation));
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
        printf("skipped: college_admissions, there is no %s\n", path);
        return;
    }
    enum { TRAIN = 360, TEST = 40, INPUTS = 6 };
    lw_safetensors *file = open_recorded(path);
    float *x = recorded(file, "adm.", "x_train"), *y = recorded(file, "adm.", "y_train");
    float *test_x = recorded(file, "adm.", "x_test"), *test_y = recorded(file, "adm.", "y_test");
    lw_net *net = replay_one_layer(file, "adm.", TRAIN, INPUTS, x, y, 1);
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

/* ---- XOR ----------------------------------------------------------------------------------- */

/* The gradients of the recorded parameters are sums of terms of about 0.1 that cancel to 1e-3 and
 * less: the spacing of floats at the terms counts. */
static const double xor_gradient_tolerance = 1e-7;

static void compare_xor_layers(const lw_net *net, const lw_safetensors *file, const char *run,
                               const char *when)
{
    char names[4][32];
    static const char *const parts[] = {"W1", "b1", "W2", "b2"};
    for (size_t i = 0; i < 4; i++)
        snprintf(names[i], sizeof names[i], "%s.%s", when, parts[i]);
    compare_parameters(net, 0, file, run, names[0], names[1], OUT_IN);
    compare_parameters(net, 1, file, run, names[2], names[3], OUT_IN);
}

static void replay_xor(const char *run, float learning_rate, size_t steps)
{
    lw_safetensors *file = open_recorded(LANEWISE_TEST_DATA "/replay/xor.safetensors");
    const lw_layer_spec layers[] = {{.units = 2, .activation = LW_RELU},
                                    {.units = 1, .activation = LW_SIGMOID}};
    lw_net *net = make_net(2, layers, 2, 0);
    set_layer(net, 0, file, run, "init.W1", "init.b1", OUT_IN);
    set_layer(net, 1, file, run, "init.W2", "init.b2", OUT_IN);
    float *x = recorded(file, "", "X"), *y = recorded(file, "", "y");
    /* Recorded in float32: in its steep part the curve of ex2 in double is 2e-5 away from it. */
    float *losses = recorded(file, run, "losses");
    const lw_optimizer sgd = lw_sgd(learning_rate);
    const lw_target target = {.values = y};

    for (size_t step = 0; step < steps; step++) {
        if (step == 1 || step == 100 || step == 1000) {
            char when[16];
            snprintf(when, sizeof when, "after%zu", step);
            compare_xor_layers(net, file, run, when);
        }
        double loss;
        ASSERT_OK(lw_train_step(net, LW_BINARY_CROSS_ENTROPY, &sgd, 4, x, &target, &loss));
        if (step == 0) {
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

/* A plateau of the problem: two units of these initial parameters never leave it. */
START_TEST(xor_gets_stuck)
{
    replay_xor("ex1.", 0.1f, 10000);
}
END_TEST

START_TEST(xor_learns)
{
    replay_xor("ex2.", 0.05f, 20000);
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
        layers[i] = (lw_layer_spec){.units = units[i], .activation = LW_TANH};
    lw_net *net = make_net(20, layers, count, 0);
    for (size_t i = 0; i < count; i++) {
        char w[32], b[32];
        layer_names("", i, w, b, sizeof w);
        set_layer(net, i, file, run, w, b, IN_OUT);
    }
    return net;
}

static void replay_gradients(const char *run, size_t rows, size_t count, const size_t *units)
{
    lw_safetensors *file = open_recorded(LANEWISE_TEST_DATA "/replay/backprop.safetensors");
    lw_net *net = recorded_tanh_net(file, run, count, units);
    float *x = recorded(file, run, "x"), *y = recorded(file, run, "y");
    float *recorded_loss = recorded(file, run, "loss");
    double loss;
    compare_outputs(net, rows, x, file, run, "output");
    ASSERT_OK(lw_net_forward(net, rows, x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_SSE, &(lw_target){.values = y}, &loss));
    ASSERT_OK(lw_net_backward(net, NULL));
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
    replay_gradients("main.", 16, 2, main_units);
}
END_TEST

START_TEST(gradients_of_three_layers)
{
    replay_gradients("deep.", 16, 3, deep_units);
}
END_TEST

START_TEST(gradients_of_one_row)
{
    replay_gradients("one_row.", 1, 2, main_units);
}
END_TEST

START_TEST(gradient_descent)
{
    enum { STEPS = 200, ROWS = 16 };
    lw_safetensors *file = open_recorded(LANEWISE_TEST_DATA "/replay/backprop.safetensors");
    lw_net *net = recorded_tanh_net(file, "main.", 2, main_units);
    float *x = recorded(file, "main.", "x"), *y = recorded(file, "main.", "y");
    float *losses = recorded(file, "main.", "gd_losses");
    const lw_optimizer sgd = lw_sgd(0.001f);
    for (size_t step = 0; step < STEPS; step++) {
        double loss;
        ASSERT_OK(lw_train_step(net, LW_SSE, &sgd, ROWS, x, &(lw_target){.values = y}, &loss));
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
    Suite *suite = suite_create("replay");
    TCase *tcase = tcase_create("replay");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, and_gate);
    tcase_add_test(tcase, college_admissions);
    tcase_add_test(tcase, xor_gets_stuck);
    tcase_add_test(tcase, xor_learns);
    tcase_add_test(tcase, gradients_of_two_layers);
    tcase_add_test(tcase, gradients_of_three_layers);
    tcase_add_test(tcase, gradients_of_one_row);
    tcase_add_test(tcase, gradient_descent);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
