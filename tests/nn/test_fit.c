/* lw_fit: batches, callbacks and invalid arguments. */
#include "training_problem.h"

#include <math.h>
#include <stdlib.h>

START_TEST(unshuffled_fit_equals_a_loop_of_steps)
{
    problem p = make_problem(ROWS);
    const lw_optimizer adam = lw_adam(0.01f);
    lw_net *fitted = net_with_output(LW_ACTIVATION_SOFTMAX),
           *looped = net_with_output(LW_ACTIVATION_SOFTMAX);
    observer seen = {0};
    lw_history history;
    ASSERT_OK(lw_fit(fitted, &p.data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .optimizer = adam,
                                       .batch_size = 4,
                                       .epochs = 3,
                                       .no_shuffle = 1,
                                       .on_epoch = see_epoch,
                                       .on_batch = see_batch,
                                       .user = &seen,
                                       .history = &history}));
    for (size_t epoch = 0; epoch < 3; epoch++) {
        double mean = 0.0;
        for (size_t at = 0; at < ROWS; at += 4) {
            const size_t rows = at + 4 < ROWS ? 4 : ROWS - at;
            double loss;
            ASSERT_OK(lw_train_step(looped, LW_LOSS_CROSS_ENTROPY, &adam, rows, p.x + at * INPUTS,
                                    &(lw_target){.labels = p.labels + at}, &loss));
            mean += loss * (double)rows;
        }
        const lw_epoch_report *report = &history.epochs[epoch];
        ck_assert_double_eq(report->train_loss, mean / ROWS);
        ck_assert_uint_eq(report->epoch, epoch + 1);
        ck_assert_uint_eq(report->epochs, 3);
        ck_assert(isnan(report->validation_loss) && isnan(report->validation_accuracy));
        ck_assert(report->seconds > 0.0 && report->samples_per_second > 0.0);
    }
    float *of_fitted = parameters_of(fitted), *of_looped = parameters_of(looped);
    assert_same_bits("parameters", lw_net_parameter_count(fitted), of_fitted, of_looped);
    ck_assert_uint_eq(history.count, 3);
    ck_assert_int_eq(history.stopped, 0);
    ck_assert_uint_eq(seen.epochs, 3);
    ck_assert_uint_eq(seen.batches, 9);
    ck_assert(seen.rows_done[0] == 4 && seen.rows_done[1] == 8 && seen.rows_done[2] == ROWS);
    lw_history_free(&history);
    ck_assert_ptr_null(history.epochs);
    free(of_fitted);
    free(of_looped);
    lw_net_destroy(fitted);
    lw_net_destroy(looped);
    free_problem(&p);
}
END_TEST

/* A step on one row with input i changes w by i times as much as b, so the parameters identify the
 * row and its target. */
typedef struct row_watcher {
    lw_net *net;
    float targets[8];
    float w, b;    /* before the step */
    unsigned seen; /* bit i: row i was in a batch of this epoch */
    size_t orders[4];
} row_watcher;

static const double watched_rate = 0x1p-13;

static int watch_row(void *user, const lw_batch_report *report)
{
    row_watcher *watcher = user;
    float w, b;
    ASSERT_OK(lw_net_get_layer(watcher->net, 0, &w, &b));
    const double moved_w = (double)w - (double)watcher->w, moved_b = (double)b - (double)watcher->b;
    const unsigned row = (unsigned)lround(moved_w / moved_b);
    ck_assert_double_eq_tol(moved_w / moved_b, (double)row, 0.02);
    ck_assert_uint_lt(row, 8);
    const double y = (double)watcher->w * row + (double)watcher->b;
    const double moves = watched_rate * ((double)watcher->targets[row] - y);
    ck_assert_double_eq_tol(moved_b, moves, 0.01 * moves);
    watcher->w = w;
    watcher->b = b;
    ck_assert_msg(!(watcher->seen & 1u << row), "row %u was used twice", row);
    watcher->seen |= 1u << row;
    watcher->orders[report->epoch - 1] = watcher->orders[report->epoch - 1] * 8 + row;
    if (watcher->seen == 255)
        watcher->seen = 0;
    return 0;
}

static void watch_orders(uint64_t seed, int general, const lw_target *target, size_t orders[4])
{
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_LINEAR};
    static const float x[] = {0, 1, 2, 3, 4, 5, 6, 7}, w = 0.0f, b = -1.0f;
    const lw_dataset data = {.rows = 8, .inputs = 1, .outputs = 1, .x = x, .target = *target};
    row_watcher watcher = {.net = make_net(1, &layer, 1, seed), .w = w, .b = b};
    for (size_t i = 0; i < 8; i++)
        watcher.targets[i] = target->labels ? (float)target->labels[i] : target->values[i];
    if (general)
        use_general_kernels(watcher.net);
    ASSERT_OK(lw_net_set_layer(watcher.net, 0, &w, &b));
    ASSERT_OK(lw_fit(watcher.net, &data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .loss = LW_LOSS_HALF_MSE,
                                       .optimizer = lw_sgd((float)watched_rate),
                                       .batch_size = 1,
                                       .epochs = 4,
                                       .on_batch = watch_row,
                                       .user = &watcher}));
    ck_assert_uint_eq(watcher.seen, 0);
    memcpy(orders, watcher.orders, sizeof watcher.orders);
    lw_net_destroy(watcher.net);
}

START_TEST(shuffling_uses_each_row_once_in_a_new_order)
{
    static const float values[] = {0.0f, 3.0f, 1.5f, 4.0f, 0.5f, 2.0f, 5.0f, 1.0f};
    static const int32_t labels[] = {0, 1, 1, 0, 1, 0, 0, 1};
    const lw_target target = {.values = _i & 1 ? NULL : values, .labels = _i & 1 ? labels : NULL};
    size_t a[4], again[4], b[4];
    watch_orders(1, _i / 2, &target, a);
    watch_orders(1, _i / 2, &target, again);
    watch_orders(2, _i / 2, &target, b);
    ck_assert_mem_eq(a, again, sizeof a);
    ck_assert_mem_ne(a, b, sizeof a);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(a[i], a[j]);
}
END_TEST

START_TEST(full_batch_equals_a_single_step)
{
    problem p = make_problem(ROWS);
    static const size_t sizes[] = {LW_FULL_BATCH, ROWS, ROWS + 1};
    const lw_optimizer sgd = lw_sgd(0.1f);
    lw_net *stepped = net_with_output(LW_ACTIVATION_SOFTMAX);
    for (size_t i = 0; i < 2; i++)
        ASSERT_OK(lw_train_step(stepped, LW_LOSS_DEFAULT, &sgd, ROWS, p.x, &p.data.target, NULL));
    float *want = parameters_of(stepped);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
        ASSERT_OK(lw_fit(net, &p.data,
                         &(lw_fit_options){.size = sizeof(lw_fit_options),
                                           .optimizer = sgd,
                                           .batch_size = sizes[i],
                                           .epochs = 2}));
        float *got = parameters_of(net);
        assert_same_bits("parameters", lw_net_parameter_count(net), got, want);
        free(got);
        lw_net_destroy(net);
    }
    free(want);
    lw_net_destroy(stepped);
    free_problem(&p);
}
END_TEST

START_TEST(clipping_bounds_the_step)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
    const size_t n = lw_net_parameter_count(net);
    float *before = parameters_of(net);
    ASSERT_OK(lw_fit(net, &p.data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .optimizer = lw_sgd(1.0f),
                                       .batch_size = LW_FULL_BATCH,
                                       .epochs = 1,
                                       .clip_norm = 0.01f}));
    float *after = parameters_of(net);
    double squares = 0.0;
    for (size_t i = 0; i < n; i++)
        squares += pow((double)after[i] - (double)before[i], 2.0);
    ck_assert_double_eq_tol(sqrt(squares), 0.01, 1e-6);
    free(before);
    free(after);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

START_TEST(callbacks_stop_the_run)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
    lw_history history;
    observer seen = {.stop_after_epochs = 2};
    lw_fit_options options = {.size = sizeof options,
                              .batch_size = 4,
                              .on_epoch = see_epoch,
                              .on_batch = see_batch,
                              .user = &seen,
                              .history = &history};
    ASSERT_OK(lw_fit(net, &p.data, &options));
    ck_assert_uint_eq(seen.epochs, 2);
    ck_assert_uint_eq(history.count, 2);
    ck_assert_int_eq(history.stopped, 1);
    lw_history_free(&history);

    seen = (observer){.stop_after_batches = 5};
    ASSERT_OK(lw_fit(net, &p.data, &options));
    ck_assert_uint_eq(seen.batches, 5);
    ck_assert_uint_eq(seen.epochs, 1);
    ck_assert_uint_eq(history.count, 1);
    ck_assert_int_eq(history.stopped, 1);
    lw_history_free(&history);

    /* The default is ten epochs. */
    seen = (observer){0};
    ASSERT_OK(lw_fit(net, &p.data, &options));
    ck_assert_uint_eq(history.count, 10);
    ck_assert_int_eq(history.stopped, 0);
    lw_history_free(&history);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

START_TEST(validation_equals_an_evaluation)
{
    problem p = make_problem(100);
    const lw_dataset first = {
        .rows = 60, .inputs = INPUTS, .outputs = OUTPUTS, .x = p.x, .target = {.labels = p.labels}};
    const lw_dataset second = {.rows = 40,
                               .inputs = INPUTS,
                               .outputs = OUTPUTS,
                               .x = p.x + 60 * INPUTS,
                               .target = {.labels = p.labels + 60}};
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
    lw_history history;
    ASSERT_OK(lw_fit(net, &first,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .epochs = 2,
                                       .validation = &second,
                                       .history = &history}));
    lw_evaluation e;
    ASSERT_OK(lw_evaluate(net, &second, LW_LOSS_DEFAULT, &e));
    ck_assert_double_eq(history.epochs[1].validation_loss, e.loss);
    ck_assert_double_eq(history.epochs[1].validation_accuracy, e.accuracy);
    ck_assert_double_ne(history.epochs[0].validation_loss, e.loss);
    lw_evaluation_free(&e);
    lw_history_free(&history);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

/* Weights of 0, 1 and 2 are as good as omitting, keeping and repeating rows: with the rows in order
 * and all in one batch, the steps differ by rounding only. */
START_TEST(weights_are_numbers_of_rows)
{
    enum { COUNT = 30, EPOCHS = 20 };
    problem p = make_problem(COUNT);
    size_t index[2 * COUNT], count = 0;
    float weights[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        weights[i] = (float)(i % 3);
        for (size_t k = 0; k < i % 3; k++)
            index[count++] = i;
    }
    lw_dataset repeated, weighted = p.data;
    ASSERT_OK(lw_dataset_select(&p.data, count, index, &repeated));
    weighted.target.weights = weights;
    for (size_t kind = 0; kind < 3; kind++) { /* a softmax; a regression; a small network */
        if (kind == 1) {
            lw_dataset_free(&repeated);
            p.data.target = (lw_target){.values = p.values};
            ASSERT_OK(lw_dataset_select(&p.data, count, index, &repeated));
            weighted.target = (lw_target){.values = p.values, .weights = weights};
        }
        const lw_activation output = kind == 0 ? LW_ACTIVATION_SOFTMAX : LW_ACTIVATION_LINEAR;
        lw_net *a = net_with(kind == 2 ? 4 : 70, output), *b = NULL;
        ASSERT_OK(lw_net_clone(&b, a));
        lw_history got, want;
        lw_fit_options options = {.size = sizeof options,
                                  .epochs = EPOCHS,
                                  .batch_size = LW_FULL_BATCH,
                                  .validation = &weighted,
                                  .history = &got};
        ASSERT_OK(lw_fit(a, &weighted, &options));
        options.validation = &repeated;
        options.history = &want;
        ASSERT_OK(lw_fit(b, &repeated, &options));
        for (size_t i = 0; i < EPOCHS; i++) {
            ck_assert_double_eq_tol(got.epochs[i].train_loss, want.epochs[i].train_loss, 1e-4);
            ck_assert_double_eq_tol(got.epochs[i].validation_loss, want.epochs[i].validation_loss,
                                    1e-4);
        }
        lw_evaluation ours, theirs;
        ASSERT_OK(lw_evaluate(b, &weighted, LW_LOSS_DEFAULT, &ours));
        ASSERT_OK(lw_evaluate(b, &repeated, LW_LOSS_DEFAULT, &theirs));
        ck_assert_double_eq_tol(ours.loss, theirs.loss, 1e-6);
        if (kind == 0)
            ck_assert_double_eq_tol(ours.accuracy, theirs.accuracy, 1e-12);
        for (size_t j = 0; kind > 0 && j < OUTPUTS; j++) {
            ck_assert_double_eq_tol(ours.errors[j].rmse, theirs.errors[j].rmse, 1e-6);
            ck_assert_double_eq_tol(ours.errors[j].mae, theirs.errors[j].mae, 1e-6);
            ck_assert_double_eq_tol(ours.errors[j].r2, theirs.errors[j].r2, 1e-6);
        }
        lw_evaluation_free(&ours);
        lw_evaluation_free(&theirs);
        lw_history_free(&got);
        lw_history_free(&want);
        lw_net_destroy(a);
        lw_net_destroy(b);
    }
    lw_dataset_free(&repeated);
    free_problem(&p);
}
END_TEST

/* Shuffled mini-batches with equal weights take the steps of a run without weights, whatever the
 * weight: they are divided by their mean. */
START_TEST(equal_weights_change_nothing)
{
    problem p = make_problem(50);
    float weights[50];
    for (size_t i = 0; i < 50; i++)
        weights[i] = 4.0f;
    const lw_fit_options options = {.size = sizeof options, .epochs = 3, .batch_size = 8};
    lw_net *a = net_with(70, LW_ACTIVATION_SOFTMAX), *b = NULL;
    ASSERT_OK(lw_net_clone(&b, a));
    ASSERT_OK(lw_fit(a, &p.data, &options));
    p.data.target.weights = weights;
    ASSERT_OK(lw_fit(b, &p.data, &options));
    float *got = parameters_of(a), *want = parameters_of(b);
    ck_assert_mem_eq(got, want, lw_net_parameter_count(a) * sizeof *got);
    free(got);
    free(want);

    weights[7] = -1.0f;
    ASSERT_FAILS(LW_EDATA, "the weight in row 7 is -1", lw_fit(b, &p.data, &options));
    for (size_t i = 0; i < 50; i++)
        weights[i] = 0.0f;
    ASSERT_FAILS(LW_EDATA, "the weights of all rows are 0", lw_fit(b, &p.data, &options));
    lw_evaluation e;
    ASSERT_FAILS(LW_EDATA, "the weights of all rows are 0",
                 lw_evaluate(b, &p.data, LW_LOSS_DEFAULT, &e));
    lw_net_destroy(a);
    lw_net_destroy(b);
    free_problem(&p);
}
END_TEST

/* A rate that is too high after a few epochs: the run ends, with the parameters of the best epoch,
 * which are those of a run of that many epochs. */
START_TEST(patience_restores_the_best_parameters)
{
    problem training = make_problem(60), validation = make_problem(20);
    lw_net *stopped = net_with_output(LW_ACTIVATION_SOFTMAX);
    lw_net *shorter = net_with_output(LW_ACTIVATION_SOFTMAX);
    lw_history history;
    for (size_t i = 0; i < 20; i++) /* nothing that can be learnt */
        validation.labels[i] = (validation.labels[i] + 1) % OUTPUTS;
    lw_fit_options options = {.size = sizeof options,
                              .optimizer = lw_adam(0.01f),
                              .batch_size = 10,
                              .epochs = 300,
                              .validation = &validation.data,
                              .history = &history,
                              .patience = 4};
    ASSERT_OK(lw_fit(stopped, &training.data, &options));
    ck_assert(history.stopped && history.count < 300);
    ck_assert_uint_eq(history.count, history.best_epoch + 4);
    for (size_t i = 0; i < history.count; i++)
        ck_assert(history.epochs[i].validation_loss >=
                  history.epochs[history.best_epoch - 1].validation_loss);
    options.epochs = history.best_epoch;
    options.patience = 0;
    lw_history_free(&history);
    ASSERT_OK(lw_fit(shorter, &training.data, &options));
    ck_assert_uint_eq(history.best_epoch, 0);
    lw_history_free(&history);
    float *got = parameters_of(stopped), *want = parameters_of(shorter);
    ck_assert_mem_eq(got, want, lw_net_parameter_count(stopped) * sizeof *got);
    free(got);
    free(want);

    options.history = NULL;
    options.patience = 1;
    options.epochs = 2;
    options.start.epochs = 1;
    ASSERT_FAILS(LW_EINVAL, "patience needs a run from the start",
                 lw_fit(stopped, &training.data, &options));
    options.start.epochs = 0;
    options.validation = NULL;
    ASSERT_FAILS(LW_EINVAL, "patience needs validation data",
                 lw_fit(stopped, &training.data, &options));
    lw_net_destroy(stopped);
    lw_net_destroy(shorter);
    free_problem(&training);
    free_problem(&validation);
}
END_TEST

START_TEST(invalid_fits_are_rejected_and_change_nothing)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
    float *before = parameters_of(net);
    lw_history history = {.count = 77};
    const lw_fit_options with_history = {.size = sizeof with_history, .history = &history};

    ASSERT_FAILS(LW_EINVAL, "net", lw_fit(NULL, &p.data, NULL));
    ASSERT_FAILS(LW_EINVAL, "data", lw_fit(net, NULL, &with_history));
    struct {
        lw_fit_options options;
        const char *message;
    } cases[] = {
        {{.loss = (lw_loss)99}, "loss"},
        {{.optimizer = {.kind = LW_OPTIMIZER_SGD, .learning_rate = NAN}}, "learning rate"},
        {{.schedule = {.kind = (lw_schedule_kind)9}}, "schedule"},
        {{.schedule = {.kind = LW_SCHEDULE_STEP, .factor = 0.5f}}, "step schedule"},
        {{.schedule = {.kind = LW_SCHEDULE_COSINE, .factor = NAN}}, "factor"},
        {{.clip_norm = -1.0f}, "clip_norm"},
    };
    const size_t wrong_sizes[] = {0, sizeof with_history - 1, SIZE_MAX};
    for (size_t i = 0; i < sizeof wrong_sizes / sizeof *wrong_sizes; i++) {
        lw_fit_options options = with_history;
        options.size = wrong_sizes[i];
        ASSERT_FAILS(LW_EINVAL, "size of lw_fit_options", lw_fit(net, &p.data, &options));
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cases[i].options.size = sizeof cases[i].options;
        ASSERT_FAILS(LW_EINVAL, cases[i].message, lw_fit(net, &p.data, &cases[i].options));
    }

    lw_dataset data = p.data;
    data.rows = 0;
    ASSERT_FAILS(LW_EDATA, "rows", lw_fit(net, &data, &with_history));
    data = p.data;
    data.inputs = INPUTS - 1;
    ASSERT_FAILS(LW_ESHAPE, "inputs", lw_fit(net, &data, &with_history));
    data = p.data;
    data.target = (lw_target){0};
    ASSERT_FAILS(LW_EINVAL, "target", lw_fit(net, &data, &with_history));
    data.target = (lw_target){.values = p.values};
    data.outputs = OUTPUTS - 1;
    ASSERT_FAILS(LW_ESHAPE, "outputs", lw_fit(net, &data, &with_history));
    ASSERT_FAILS(LW_ESHAPE, "outputs",
                 lw_fit(net, &p.data,
                        &(lw_fit_options){.size = sizeof(lw_fit_options), .validation = &data}));

    p.labels[6] = OUTPUTS;
    ASSERT_FAILS(LW_EDATA, "row 6", lw_fit(net, &p.data, &with_history));
    p.labels[6] = 0;
    p.x[3 * INPUTS + 2] = NAN;
    ASSERT_FAILS(LW_EDATA, "row 3, column 2", lw_fit(net, &p.data, &with_history));
    p.x[3 * INPUTS + 2] = -INFINITY;
    ASSERT_FAILS(LW_EDATA, "row 3, column 2", lw_fit(net, &p.data, &with_history));

    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    ck_assert_uint_eq(history.count, 77);
    free(before);
    free(after);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

int main(void)
{
    TCase *fit = tcase_create("fit");
    tcase_set_timeout(fit, 60);
    tcase_add_test(fit, unshuffled_fit_equals_a_loop_of_steps);
    tcase_add_loop_test(fit, shuffling_uses_each_row_once_in_a_new_order, 0, 4);
    tcase_add_test(fit, full_batch_equals_a_single_step);
    tcase_add_test(fit, clipping_bounds_the_step);
    tcase_add_test(fit, callbacks_stop_the_run);
    tcase_add_test(fit, validation_equals_an_evaluation);
    tcase_add_test(fit, weights_are_numbers_of_rows);
    tcase_add_test(fit, equal_weights_change_nothing);
    tcase_add_test(fit, patience_restores_the_best_parameters);
    tcase_add_test(fit, invalid_fits_are_rejected_and_change_nothing);
    return run_case("fit", fit);
}
