/* Runs that stop between any two steps: a run that resumes from the saved position ends with the
 * same bits and the same reports as an uninterrupted one. */
#define _XOPEN_SOURCE 700
#include "temp_files.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

enum { EPOCHS = 3 };

typedef struct scenario {
    const char *name;
    size_t inputs;
    lw_layer_spec layers[2];
    size_t rows, batch;
    int no_shuffle;
    lw_schedule schedule;
    float clip_norm;
    lw_precision precision;
} scenario;

#define LAYERED                                                                                    \
    40,                                                                                            \
    {                                                                                              \
        {.units = 40, .activation = LW_ACTIVATION_GELU},                                           \
        {                                                                                          \
            .units = 3, .activation = LW_ACTIVATION_SOFTMAX                                        \
        }                                                                                          \
    }
#define SMALL_NET                                                                                  \
    4,                                                                                             \
    {                                                                                              \
        {.units = 6, .activation = LW_ACTIVATION_TANH},                                            \
        {                                                                                          \
            .units = 3, .activation = LW_ACTIVATION_SOFTMAX                                        \
        }                                                                                          \
    }
#define COSINE                                                                                     \
    {                                                                                              \
        LW_SCHEDULE_COSINE, 0, 0.1f                                                                \
    }

static const scenario scenarios[] = {
    {"layered", LAYERED, 90, 20, 0, COSINE, 0.0f, LW_PRECISION_FP32},
    {"layered, in order, clipped",
     LAYERED,
     90,
     20,
     1,
     {LW_SCHEDULE_STEP, 1, 0.5f},
     0.05f,
     LW_PRECISION_FP32},
    {"layered, bf16", LAYERED, 90, 20, 0, COSINE, 0.0f, LW_PRECISION_BF16},
    {"small net", SMALL_NET, 90, 20, 0, COSINE, 0.0f, LW_PRECISION_FP32},
    {"small net, several blocks", SMALL_NET, 900, 400, 0, {0}, 0.0f, LW_PRECISION_FP32},
    {"small net, in order", SMALL_NET, 90, 30, 1, {0}, 0.0f, LW_PRECISION_FP32},
    {"small net, full batch", SMALL_NET, 90, LW_FULL_BATCH, 0, {0}, 0.0f, LW_PRECISION_FP32},
    {"layered, full batch", LAYERED, 90, LW_FULL_BATCH, 0, {0}, 0.0f, LW_PRECISION_FP32},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

typedef struct task {
    const scenario *s;
    float *x;
    int32_t *labels;
    lw_dataset data;
    size_t steps; /* per epoch */
    int by_source;
    lw_history whole;
    const char *whole_file;
} task;

static lw_net *new_net(const scenario *s)
{
    lw_net *net = make_net(s->inputs, s->layers, 2, 5);
    ASSERT_OK(lw_net_set_precision(net, s->precision));
    return net;
}

/* ---- A source with a custom order ------------------------------------------------------------ */

typedef struct stream {
    const lw_dataset *data;
    size_t next_row;
} stream;

static lw_status deliver(void *user, size_t epoch, int first, size_t max_rows, float *x,
                         float *values, int32_t *labels, size_t *rows)
{
    stream *s = user;
    (void)values;
    if (first)
        s->next_row = 0;
    for (*rows = 0; *rows < max_rows && s->next_row < s->data->rows; ++*rows, s->next_row++) {
        const size_t row = (s->next_row * 7 + epoch) % s->data->rows;
        memcpy(x + *rows * s->data->inputs, s->data->x + row * s->data->inputs,
               s->data->inputs * sizeof *x);
        labels[*rows] = s->data->target.labels[row];
    }
    return LW_OK;
}

static lw_status fit(const task *t, lw_net *net, lw_fit_options options)
{
    const scenario *s = t->s;
    options.size = sizeof options;
    options.optimizer = lw_adam(0.01f);
    options.batch_size = s->batch;
    options.epochs = EPOCHS;
    options.no_shuffle = s->no_shuffle;
    options.schedule = s->schedule;
    options.clip_norm = s->clip_norm;
    if (!t->by_source)
        return lw_fit(net, &t->data, &options);
    stream from = {.data = &t->data};
    const lw_batch_source source = {sizeof source, s->inputs, 3, 1, deliver, &from};
    return lw_fit_source(net, &source, &options);
}

static const char *save(const lw_net *net, const lw_position *position, const char *name)
{
    const char *path = temp_path(name);
    ASSERT_OK(lw_net_save_state(net, position, path));
    return path;
}

static task begin_task(const scenario *s, int by_source)
{
    task t = {.s = s,
              .x = uniform_floats(s->rows * s->inputs, -1.0f, 1.0f, 1),
              .labels = uniform_labels(s->rows, 3, 2),
              .by_source = by_source};
    t.data = (lw_dataset){.rows = s->rows,
                          .inputs = s->inputs,
                          .outputs = 3,
                          .x = t.x,
                          .target = {.labels = t.labels}};
    t.steps = s->batch == LW_FULL_BATCH ? 1 : (s->rows + s->batch - 1) / s->batch;
    lw_net *net = new_net(s);
    lw_position end;
    ASSERT_OK(fit(&t, net, (lw_fit_options){.history = &t.whole, .end_position = &end}));
    ck_assert_uint_eq(end.epochs, EPOCHS);
    ck_assert_uint_eq(end.batches, 0);
    t.whole_file = save(net, &end, "whole.safetensors");
    lw_net_destroy(net);
    return t;
}

static void end_task(task *t)
{
    lw_history_free(&t->whole);
    free(t->x);
    free(t->labels);
}

static void assert_same_files(const char *what, size_t step, const char *path, const char *other)
{
    size_t size, other_size;
    unsigned char *bytes = file_bytes(path, &size), *other_bytes = file_bytes(other, &other_size);
    ck_assert_msg(size == other_size && memcmp(bytes, other_bytes, size) == 0,
                  "%s, step %zu: %s is not %s", what, step, path, other);
    free(bytes);
    free(other_bytes);
}

/* Resumes from the file in a new network. The final state and the remaining reports must equal
 * those of the complete run. */
static void resume_run(const task *t, size_t step, const char *stopped)
{
    lw_net *net;
    lw_position begin, end;
    lw_history rest;
    ASSERT_OK(lw_net_load(&net, stopped));
    ASSERT_OK(lw_net_set_precision(net, t->s->precision));
    ASSERT_OK(lw_net_load_state(net, &begin, stopped));
    lw_net_set_threads(net, 2);
    ASSERT_OK(
        fit(t, net, (lw_fit_options){.start = begin, .history = &rest, .end_position = &end}));
    assert_same_files(t->s->name, step, save(net, &end, "resumed.safetensors"), t->whole_file);
    ck_assert_uint_eq(rest.count, EPOCHS - begin.epochs);
    for (size_t i = 0; i < rest.count; i++) {
        const lw_epoch_report *got = &rest.epochs[i], *want = &t->whole.epochs[begin.epochs + i];
        ck_assert_uint_eq(got->epoch, want->epoch);
        ck_assert_double_eq(got->train_loss, want->train_loss);
        ck_assert_double_eq(got->learning_rate, want->learning_rate);
    }
    lw_history_free(&rest);
    lw_net_destroy(net);
}

/* ---- Stopping after a step ------------------------------------------------------------------- */

typedef struct stopper {
    size_t left; /* steps until it stops */
    sig_atomic_t stop;
    int by_callback, saves;
    const lw_net *net;
    const char *saved; /* path to which the callback saves the state, or NULL */
} stopper;

static int stop_after_steps(void *user, const lw_batch_report *report)
{
    stopper *s = user;
    if (--s->left > 0)
        return 0;
    if (s->saves)
        s->saved = save(s->net, &report->position, "in_callback.safetensors");
    s->stop = !s->by_callback;
    return s->by_callback;
}

static void stop_and_go_on(const task *t, size_t step, int by_callback)
{
    lw_net *net = new_net(t->s);
    stopper s = {.left = step, .by_callback = by_callback, .saves = step % 3 == 0, .net = net};
    lw_position reached = {.epochs = 99};
    lw_history history;
    lw_net_set_threads(net, 3);
    ASSERT_OK(fit(t, net,
                  (lw_fit_options){.on_batch = stop_after_steps,
                                   .user = &s,
                                   .stop = &s.stop,
                                   .end_position = &reached,
                                   .history = &history}));
    /* For a source, the end of an epoch is unknown until the source reports it. */
    const size_t epochs = step / t->steps, batches = step % t->steps;
    const int at_end = batches == 0 && t->by_source;
    ck_assert_uint_eq(reached.epochs, epochs - (size_t)at_end);
    ck_assert_uint_eq(reached.batches, at_end ? t->steps : batches);
    ck_assert_int_eq(history.stopped, by_callback || reached.epochs < EPOCHS);
    ck_assert_uint_eq(history.count, reached.epochs);
    ck_assert(batches == 0 ? at_end || reached.loss == 0.0 : reached.loss > 0.0);
    lw_history_free(&history);
    const char *stopped = save(net, &reached, "stopped.safetensors");
    if (s.saves)
        assert_same_files(t->s->name, step, s.saved, stopped);
    resume_run(t, step, stopped);

    /* The stopped network itself can also continue. */
    lw_net *whole;
    ASSERT_OK(lw_net_load(&whole, t->whole_file));
    ASSERT_OK(fit(t, net, (lw_fit_options){.start = reached}));
    float *got = parameters_of(net), *want = parameters_of(whole);
    assert_same_bits(t->s->name, lw_net_parameter_count(net), got, want);
    free(got);
    free(want);
    lw_net_destroy(whole);
    lw_net_destroy(net);
}

START_TEST(a_run_resumes_after_any_step)
{
    const scenario *s = &scenarios[_i / 2];
    const int by_source = _i % 2;
    if (by_source &&
        s->schedule.kind != LW_SCHEDULE_COSINE) /* sufficient, and not the full batch */
        return;
    task t = begin_task(s, by_source);
    for (size_t step = 1; step <= EPOCHS * t.steps; step++)
        stop_and_go_on(&t, step, step % 2 == 0);
    end_task(&t);
}
END_TEST

START_TEST(a_run_stopped_before_it_begins_trains_nothing)
{
    task t = begin_task(&scenarios[_i], 0);
    lw_net *net = new_net(t.s);
    const sig_atomic_t stop = 1;
    lw_position reached = {.epochs = 99};
    float *before = parameters_of(net);
    ASSERT_OK(fit(&t, net, (lw_fit_options){.stop = &stop, .end_position = &reached}));
    ck_assert(reached.epochs == 0 && reached.batches == 0);
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    resume_run(&t, 0, save(net, &reached, "stopped.safetensors"));
    free(before);
    free(after);
    lw_net_destroy(net);
    end_task(&t);
}
END_TEST

/* ---- A signal -------------------------------------------------------------------------------- */

static volatile sig_atomic_t signalled;

static void note_signal(int number)
{
    (void)number;
    signalled = 1;
}

/* Sets the flag after this many milliseconds. */
static void signal_after(long milliseconds)
{
    const struct sigaction action = {.sa_handler = note_signal};
    const struct itimerval timer = {
        .it_value = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000}};
    signalled = 0;
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* Without callbacks, a small net with a full batch takes many steps at a time. */
START_TEST(a_signal_stops_a_run_without_an_end)
{
    const scenario *s = &scenarios[_i];
    task t = begin_task(s, 0);
    lw_net *net = new_net(s), *again = new_net(s);
    lw_position reached;
    lw_fit_options options = {.size = sizeof options,
                              .optimizer = lw_sgd(0.001f),
                              .batch_size = s->batch,
                              .epochs = SIZE_MAX,
                              .stop = &signalled,
                              .end_position = &reached};
    long milliseconds = 30;
    do { /* repeats if a busy machine did not reach the first step */
        signal_after(milliseconds);
        ASSERT_OK(lw_fit(net, &t.data, &options));
        milliseconds *= 2;
    } while (reached.epochs + reached.batches == 0 && milliseconds < 10000);
    ck_assert_uint_gt(reached.epochs + reached.batches, 0);
    ck_assert_uint_lt(reached.batches, t.steps);

    /* Then completes the last epoch and takes as many epochs again without interruption. */
    options.stop = NULL;
    options.end_position = NULL;
    options.epochs = reached.epochs + (reached.batches > 0);
    ASSERT_OK(lw_fit(again, &t.data, &options));
    lw_position end;
    options.start = reached;
    options.end_position = &end;
    ASSERT_OK(lw_fit(net, &t.data, &options));
    float *got = parameters_of(net), *want = parameters_of(again);
    assert_same_bits(s->name, lw_net_parameter_count(net), got, want);
    free(got);
    free(want);
    lw_net_destroy(net);
    lw_net_destroy(again);
    end_task(&t);
}
END_TEST

/* ---- Invalid positions ----------------------------------------------------------------------- */

START_TEST(positions_beyond_the_end_are_rejected)
{
    static const struct {
        lw_position begin;
        const char *message;
    } cases[] = {
        {{EPOCHS + 1, 0, 0.0}, "after epoch 4 and 0 batches, is beyond the end, epoch 3"},
        {{EPOCHS, 1, 0.0}, "after epoch 3 and 1 batches, is beyond the end, epoch 3"},
        {{0, 5, 0.0}, "after 5 batches, is beyond the end of an epoch of 5"},
        {{0, SIZE_MAX, 0.0}, "is beyond the end of an epoch of 5"},
        {{0, 1, (double)NAN}, "loss of start"},
        {{0, 1, (double)INFINITY}, "loss of start"},
    };
    task t = begin_task(&scenarios[0], 0);
    lw_net *net = new_net(t.s);
    lw_position reached = {.epochs = 99};
    float *before = parameters_of(net);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ASSERT_FAILS(
            LW_EINVAL, cases[i].message,
            fit(&t, net, (lw_fit_options){.start = cases[i].begin, .end_position = &reached}));
    t.by_source = 1;
    ASSERT_FAILS(LW_EDATA, "epoch 1 has 5 batches, but the run resumes after 6",
                 fit(&t, net, (lw_fit_options){.start = {0, 6, 0.0}, .end_position = &reached}));
    ck_assert_uint_eq(reached.epochs, 99);
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);

    const char *path = temp_path("never.safetensors");
    const lw_position infinite = {.loss = (double)INFINITY};
    ASSERT_FAILS(LW_EINVAL, "loss of the position", lw_net_save_state(net, &infinite, path));
    ASSERT_FAILS(LW_EINVAL, "position", lw_net_save_state(net, NULL, path));
    free(before);
    free(after);
    lw_net_destroy(net);
    end_task(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("positions");
    TCase *positions = temp_files_case("positions");
    tcase_add_loop_test(positions, a_run_resumes_after_any_step, 0, 2 * SCENARIOS);
    tcase_add_loop_test(positions, a_run_stopped_before_it_begins_trains_nothing, 0, SCENARIOS);
    tcase_add_test(positions, positions_beyond_the_end_are_rejected);
    suite_add_tcase(suite, positions);
    TCase *signals = temp_files_case("signals");
    tcase_set_timeout(signals, 60);
    tcase_add_loop_test(signals, a_signal_stops_a_run_without_an_end, 0, SCENARIOS);
    suite_add_tcase(suite, signals);
    return run_suite(suite);
}
