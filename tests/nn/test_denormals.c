/* Numbers below 2^-126 are flushed to zero in the arithmetic of training, and not elsewhere. */
#include "fixture.h"

#include "threads/denormals.h"

#include <lanewise/internal/openmp.h>
#include <stdlib.h>

/* Enough rows for a second thread, in a step and in a prediction. */
enum { ROWS = 10000, PREDICTED_ROWS = 4 * ROWS, INPUTS = 20, OUTPUTS = 2 };

static lw_net *linear_net(int is_small_net, unsigned threads)
{
    const lw_layer_spec layers[] = {{.units = OUTPUTS, .init = LW_INIT_ZEROS}};
    lw_net *net = make_net(INPUTS, layers, 1, 1);
    if (!is_small_net)
        use_general_kernels(net);
    lw_net_set_threads(net, threads);
    return net;
}

static float *filled(size_t n, float value)
{
    float *floats = malloc(n * sizeof *floats);
    ck_assert_ptr_nonnull(floats);
    for (size_t i = 0; i < n; i++)
        floats[i] = value;
    return floats;
}

static void train(lw_net *net, int custom_loop, size_t rows, const float *x, const float *values)
{
    const lw_optimizer optimizer = lw_sgd(1.0f);
    const lw_target target = {.values = values};
    if (!custom_loop) {
        ASSERT_OK(lw_train_step(net, LW_LOSS_SSE, &optimizer, rows, x, &target, NULL));
        return;
    }
    ASSERT_OK(lw_net_forward(net, rows, x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_SSE, &target, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_step(net, &optimizer));
}

/* dW of x = 2^-80 and dz of about 2^-50 is far below 2^-126. Tests general kernels and small nets,
 * one and several threads, one and many blocks of rows. */
START_TEST(denormal_gradients_are_flushed)
{
    const int is_small_net = _i & 1, custom_loop = _i >> 1 & 1;
    const unsigned threads = _i & 4 ? 3 : 1;
    const size_t rows = _i & 8 ? ROWS : 300;
    float *x = filled(ROWS * INPUTS, 0x1p-80f), *values = filled(ROWS * OUTPUTS, 0x1p-50f);
    lw_net *net = linear_net(is_small_net, threads);
    float w[INPUTS * OUTPUTS], b[OUTPUTS];
    train(net, custom_loop, rows, x, values);
    ASSERT_OK(lw_net_get_layer(net, 0, w, b));
    for (size_t i = 0; i < INPUTS * OUTPUTS; i++)
        ck_assert_msg(w[i] == 0.0f,
                      "small net %d, custom loop %d, %u threads, %zu rows: W[%zu] is %a",
                      is_small_net, custom_loop, threads, rows, i, (double)w[i]);
    ck_assert(b[0] != 0.0f); /* proves that the step happened */
    lw_net_destroy(net);
    free(x);
    free(values);
}
END_TEST

START_TEST(only_training_flushes_denormal_weights)
{
    lw_net *net = linear_net(0, 1);
    const float w[INPUTS * OUTPUTS] = {0x1p-130f, 1.0f};
    float x[INPUTS] = {1.0f}, predicted[OUTPUTS], forward[OUTPUTS];
    ASSERT_OK(lw_net_set_layer(net, 0, w, NULL));
    ASSERT_OK(lw_predict(net, 1, x, predicted));
    ASSERT_OK(lw_net_forward(net, 1, x, forward));
    ck_assert(predicted[0] == 0x1p-130f && predicted[1] == 1.0f);
    ck_assert(forward[0] == 0.0f && forward[1] == 1.0f);
    lw_net_destroy(net);
}
END_TEST

/* ---- Floating-point mode of the caller ------------------------------------------------------- */

/* The control bits of the floating-point environment; the sticky exception flags may change. */
static unsigned long rules(void)
{
#if defined(__SSE__)
    return lw_read_float_mode() & 0xffc0ul;
#else
    return lw_read_float_mode();
#endif
}

static unsigned long callers_rules;

static int look_at_epoch(void *user, const lw_epoch_report *report)
{
    (void)report;
    ck_assert_uint_eq(rules(), callers_rules);
    ++*(int *)user;
    return 0;
}

static int look_at_batch(void *user, const lw_batch_report *report)
{
    (void)report;
    ck_assert_uint_eq(rules(), callers_rules);
    ++*(int *)user;
    return 0;
}

START_TEST(the_callers_mode_is_restored)
{
    float *x = uniform_floats(ROWS * INPUTS, 0.0f, 1.0f, 1),
          *values = uniform_floats(ROWS * OUTPUTS, 0.0f, 1.0f, 2);
    float y[OUTPUTS];
    const lw_dataset data = {
        .rows = ROWS, .inputs = INPUTS, .outputs = OUTPUTS, .x = x, .target = {.values = values}};
    const unsigned long mode = lw_read_float_mode();
    for (int flushed = 0; flushed <= 1; flushed++) {
        if (flushed)
            lw_begin_denormals(LW_FLUSH_DENORMALS);
        callers_rules = rules();
        for (int is_small_net = 0; is_small_net <= 1; is_small_net++) {
            int calls = 0;
            lw_net *net = linear_net(is_small_net, 3);
            const lw_fit_options options = {.size = sizeof options,
                                            .batch_size = ROWS / 4,
                                            .epochs = 2,
                                            .on_epoch = look_at_epoch,
                                            .on_batch = look_at_batch,
                                            .user = &calls};
            ASSERT_OK(lw_fit(net, &data, &options));
            ck_assert_int_eq(calls, 2 + 8);
            ck_assert_uint_eq(rules(), callers_rules);
            ASSERT_OK(lw_predict(net, 1, x, y));
            ck_assert_uint_eq(rules(), callers_rules);
            ASSERT_OK(lw_net_forward(net, ROWS, x, NULL));
            ASSERT_OK(lw_net_loss(net, LW_LOSS_MSE, &data.target, NULL));
            ASSERT_OK(lw_net_backward(net, NULL, NULL));
            ck_assert_uint_eq(rules(), callers_rules);
            lw_net_destroy(net);
        }
    }
    lw_write_float_mode(mode);
    free(x);
    free(values);
}
END_TEST

/* ---- Other threads --------------------------------------------------------------------------- */

/* A step of a small net with several blocks of rows, on two threads. */
static void take_two_thread_step(int custom_loop)
{
    float *x = uniform_floats(ROWS * INPUTS, 0.0f, 1.0f, 1),
          *values = uniform_floats(ROWS * OUTPUTS, 0.0f, 1.0f, 2);
    lw_net *net = linear_net(1, 2);
    train(net, custom_loop, ROWS, x, values);
    lw_net_destroy(net);
    free(x);
    free(values);
}

/* OpenMP threads inherit the floating-point mode of the thread that starts them. */
START_TEST(application_regions_keep_their_mode)
{
    take_two_thread_step(_i);
    callers_rules = rules();
    unsigned long other = 0;
    int threads = 0;
#pragma omp parallel num_threads(2)
    if (omp_get_thread_num() == 1) {
        other = rules();
        threads = omp_get_num_threads();
    }
    if (threads == 2)
        ck_assert_uint_eq(other, callers_rules);
}
END_TEST

/* Outputs of 2^-130, in a batch large enough for two threads. */
START_TEST(predictions_keep_denormals_on_every_thread)
{
    const int flushed = _i & 1, after_step = _i >> 1;
    float *x = filled(PREDICTED_ROWS * INPUTS, 1.0f), *y = filled(PREDICTED_ROWS * OUTPUTS, 0.0f);
    const float w[INPUTS * OUTPUTS] = {0x1p-130f, 1.0f};
    if (after_step)
        take_two_thread_step(0);
    const unsigned long mode = lw_read_float_mode();
    if (flushed)
        lw_begin_denormals(LW_FLUSH_DENORMALS);
    callers_rules = rules();
    for (unsigned threads = 1; threads <= 2; threads++) {
        lw_net *net = linear_net(0, threads);
        ASSERT_OK(lw_net_set_layer(net, 0, w, NULL));
        ASSERT_OK(lw_predict(net, PREDICTED_ROWS, x, y));
        ck_assert_uint_eq(rules(), callers_rules);
        lw_write_float_mode(mode);
        for (size_t i = 0; i < PREDICTED_ROWS; i++)
            ck_assert_msg(y[i * OUTPUTS] == 0x1p-130f, "%u threads, row %zu: %a", threads, i,
                          (double)y[i * OUTPUTS]);
        if (flushed)
            lw_begin_denormals(LW_FLUSH_DENORMALS);
        lw_net_destroy(net);
    }
    lw_write_float_mode(mode);
    free(x);
    free(y);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("denormals");
    tcase_add_loop_test(cases, denormal_gradients_are_flushed, 0, 16);
    tcase_add_test(cases, only_training_flushes_denormal_weights);
    tcase_add_test(cases, the_callers_mode_is_restored);
    tcase_add_loop_test(cases, application_regions_keep_their_mode, 0, 2);
    tcase_add_loop_test(cases, predictions_keep_denormals_on_every_thread, 0, 4);
    return run_case("denormals", cases);
}
