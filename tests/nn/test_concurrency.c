#define _XOPEN_SOURCE 700

/*
 * Many threads at once: networks trained in parallel, one network read by many threads, OpenMP
 * regions and tasks of the caller, signals, threads that come and go. Each test repeats
 * LANEWISE_TEST_REPEAT times; a deadlock is a failure.
 */
#include "concurrent.h"

#include <lanewise/internal/openmp.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

/* ---- Parallel training ----------------------------------------------------------------------- */

typedef struct trainee {
    size_t run;
    unsigned threads;
    const float *want;
    int agrees;
} trainee;

static void *train(void *argument)
{
    trainee *t = argument;
    t->agrees = run_agrees(t->run, t->threads, t->want);
    return NULL;
}

static void train_all(float *const want[RUNS], unsigned threads, size_t repetition)
{
    trainee all[RUNS];
    for (size_t run = 0; run < RUNS; run++)
        all[run] = (trainee){.run = run, .threads = threads, .want = want[run]};
    run_threads(RUNS, train, all, sizeof *all);
    for (size_t run = 0; run < RUNS; run++)
        ck_assert_msg(all[run].agrees, "repetition %zu: run %zu on %u threads has other bits",
                      repetition, run, threads);
}

START_TEST(eight_networks_train_on_eight_threads)
{
    float *want[RUNS];
    begin_runs(want);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("eight networks in eight threads", i);
        train_all(want, (unsigned)(i % 3), i);
    }
    end_runs(want);
}
END_TEST

/* ---- One network with many readers ----------------------------------------------------------- */

/* Prediction of this many rows by 40-128-10 has enough work for two threads. */
enum { READERS = 8, READ_ROWS = 160, READ_INPUTS = 40, READ_OUTPUTS = 10 };

typedef struct reader {
    const lw_net *net;
    const lw_dataset *data;
    float *y; /* outputs of this reader */
    int32_t *labels;
    double loss;
    size_t correct;
} reader;

static reader make_reader(const lw_net *net, const lw_dataset *data)
{
    return (reader){.net = net,
                    .data = data,
                    .y = canary_floats((size_t)READ_ROWS * READ_OUTPUTS),
                    .labels = uniform_labels(READ_ROWS, 1, 1)};
}

static void free_reader(reader *r)
{
    free(r->y);
    free(r->labels);
}

static void *read_network(void *argument)
{
    reader *r = argument;
    lw_evaluation found;
    ASSERT_OK(lw_predict(r->net, READ_ROWS, r->data->x, r->y));
    ASSERT_OK(lw_classify(r->net, READ_ROWS, r->data->x, r->labels));
    ASSERT_OK(lw_evaluate(r->net, r->data, LW_LOSS_CROSS_ENTROPY, &found));
    r->loss = found.loss;
    r->correct = found.correct;
    lw_evaluation_free(&found);
    return NULL;
}

START_TEST(many_threads_predict_with_one_network)
{
    const lw_layer_spec layers[] = {{.units = 128, .activation = LW_ACTIVATION_GELU},
                                    {.units = READ_OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX}};
    lw_net *net = make_net(READ_INPUTS, layers, 2, 3);
    float *x = uniform_floats((size_t)READ_ROWS * READ_INPUTS, -1.0f, 1.0f, 1);
    int32_t *labels = uniform_labels(READ_ROWS, READ_OUTPUTS, 2);
    const lw_dataset data = {.rows = READ_ROWS,
                             .inputs = READ_INPUTS,
                             .outputs = READ_OUTPUTS,
                             .x = x,
                             .target = {.labels = labels}};
    reader want = make_reader(net, &data), readers[READERS];
    lw_net_set_threads(net, 1);
    read_network(&want);
    for (size_t i = 0; i < READERS; i++)
        readers[i] = make_reader(net, &data);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("eight readers of one network", i);
        lw_net_set_threads(net, (unsigned)(i % 3));
        run_threads(READERS, read_network, readers, sizeof *readers);
        for (size_t r = 0; r < READERS; r++) {
            assert_same_bits("read", (size_t)READ_ROWS * READ_OUTPUTS, readers[r].y, want.y);
            ck_assert_int_eq(memcmp(readers[r].labels, want.labels, sizeof(int32_t) * READ_ROWS),
                             0);
            ck_assert(readers[r].loss == want.loss && readers[r].correct == want.correct);
        }
    }
    for (size_t i = 0; i < READERS; i++)
        free_reader(&readers[i]);
    free_reader(&want);
    free(labels);
    free(x);
    lw_net_destroy(net);
}
END_TEST

/* ---- OpenMP of the caller -------------------------------------------------------------------- */

START_TEST(training_runs_in_the_callers_regions)
{
    float *want[RUNS];
    begin_runs(want);
    omp_set_max_active_levels(2);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("training in the caller's regions", i);
        int agree = 0;
#pragma omp parallel for num_threads(4) schedule(dynamic, 1) reduction(+ : agree)
        for (size_t run = 0; run < RUNS; run++)
            agree += run_agrees(run, 2, want[run]);
        ck_assert_int_eq(agree, RUNS);

        agree = 0;
#pragma omp parallel num_threads(2) reduction(+ : agree)
#pragma omp parallel for num_threads(2) reduction(+ : agree)
        for (size_t run = 0; run < 4; run++)
            agree += run_agrees(run, 3, want[run]);
        ck_assert_msg(agree == 4 || agree == 8, "%d runs agree", agree);

        /* And in between with worker threads of the library. */
        ck_assert(run_agrees(i % RUNS, 2, want[i % RUNS]));
    }
    end_runs(want);
}
END_TEST

START_TEST(training_runs_in_tasks)
{
    float *want[RUNS];
    begin_runs(want);
    const size_t count = repetitions(20);
    for (size_t i = 0; i < count; i++) {
        watch("training in tasks", i);
        int agree = 0;
#pragma omp parallel num_threads(3)
#pragma omp single
        for (size_t run = 0; run < RUNS; run++) {
#pragma omp task shared(agree) firstprivate(run)
            {
                const int same = run_agrees(run, 2, want[run]);
#pragma omp atomic
                agree += same;
            }
        }
        ck_assert_int_eq(agree, RUNS);

        /* A task outside a parallel region may use threads. */
        agree = 0;
#pragma omp task shared(agree)
        agree = run_agrees(0, 2, want[0]);
#pragma omp taskwait
        ck_assert_int_eq(agree, 1);
    }
    end_runs(want);
}
END_TEST

/* ---- Signals --------------------------------------------------------------------------------- */

static atomic_uint signals_seen;

static void see_signal(int signal)
{
    (void)signal;
    atomic_fetch_add_explicit(&signals_seen, 1, memory_order_relaxed);
}

START_TEST(signals_do_not_disturb_training)
{
    float *want[RUNS];
    begin_runs(want);
    /* Without SA_RESTART, so that every interruptible wait returns with EINTR. */
    const struct sigaction action = {.sa_handler = see_signal};
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(sigaction(SIGPROF, &action, NULL), 0);
    const struct itimerval profile = {{0, 1000}, {0, 1000}};
    ck_assert_int_eq(setitimer(ITIMER_PROF, &profile, NULL), 0);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    const struct itimerspec millisecond = {{0, 1000000}, {0, 1000000}};
    ck_assert_int_eq(timer_settime(timer, 0, &millisecond, NULL), 0);
    const size_t count = repetitions(40);
    for (size_t i = 0; i < count || atomic_load(&signals_seen) < 50; i++) {
        watch("training under signals", i);
        ck_assert(run_agrees(i % RUNS, 2 + (unsigned)(i % 2), want[i % RUNS]));
    }
    timer_delete(timer);
    setitimer(ITIMER_PROF, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    end_runs(want);
}
END_TEST

/* ---- Messages -------------------------------------------------------------------------------- */

static void *fail_often(void *argument)
{
    const size_t number = *(size_t *)argument;
    char text[64];
    snprintf(text, sizeof text, "/nowhere/%zu.safetensors", number);
    for (int i = 0; i < 20; i++) {
        lw_net *net = NULL;
        ASSERT_FAILS(LW_EIO, text, lw_net_load(&net, text));
        ASSERT_FAILS(LW_EINVAL, "net", lw_predict(NULL, number, NULL, NULL));
        const lw_status status = lw_fail(LW_ESTATE, "of %s", text);
        ck_assert(status == LW_ESTATE && strstr(lw_last_error(), text));
    }
    return NULL;
}

START_TEST(messages_belong_to_threads)
{
    const size_t count = repetitions(50);
    size_t numbers[8];
    for (size_t i = 0; i < 8; i++)
        numbers[i] = i;
    for (size_t i = 0; i < count; i++) {
        watch("messages of eight threads", i);
        run_threads(8, fail_often, numbers, sizeof *numbers);
    }
    ck_assert_str_eq(lw_last_error(), "");
}
END_TEST

/* ---- Concurrent changes of the instruction set ----------------------------------------------- */

typedef struct changer {
    atomic_int over;
} changer;

static void *change_sets(void *argument)
{
    changer *c = argument;
    while (!atomic_load(&c->over))
        for (size_t i = 0; lw_isa_available(i); i++)
            if (strcmp(lw_isa_available(i), "scalar") != 0)
                ASSERT_OK(lw_isa_select(lw_isa_available(i)));
    return NULL;
}

START_TEST(the_instruction_set_may_change_during_training)
{
    const char *last = "scalar";
    for (size_t i = 0; lw_isa_available(i); i++)
        last = lw_isa_available(i);
    if (!strcmp(last, "scalar"))
        return;
    ASSERT_OK(lw_isa_select(last));
    float *want[RUNS];
    begin_runs(want);
    const size_t count = repetitions(20);
    changer c = {0};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, change_sets, &c), 0);
    for (size_t i = 0; i < count; i++) {
        watch("training while the instruction set changes", i);
        ck_assert(run_agrees(i % RUNS, 1 + (unsigned)(i % 2), want[i % RUNS]));
    }
    atomic_store(&c.over, 1);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    end_runs(want);
}
END_TEST

/* ---- Short-lived threads --------------------------------------------------------------------- */

static void come_and_go(size_t count, float *const want[RUNS])
{
    for (size_t i = 0; i < count; i++) {
        watch("threads that come and go", i);
        /* Two at a time, one of which uses worker threads. */
        trainee pair[2] = {{.run = i % RUNS, .threads = 1, .want = want[i % RUNS]},
                           {.run = 0, .threads = 2, .want = want[0]}};
        run_threads(2, train, pair, sizeof *pair);
        ck_assert(pair[0].agrees && pair[1].agrees);
    }
}

START_TEST(threads_leak_no_memory)
{
    float *want[RUNS];
    begin_runs(want);
    const size_t count = repetitions(200), alive = threads_alive();
    come_and_go(count / 4 + 20, want);
    const size_t before = resident_bytes();
    come_and_go(count, want);
    const size_t after = resident_bytes();
    /* A leaked buffer of 1 MB or message of 700 bytes per thread would show after 10000 threads.
     * Emulators and sanitizers (fast runs) keep memory per thread themselves, qemu 0.8 MB. */
    const size_t allowed = is_fast_run() ? SIZE_MAX / 2 : 3 << 20;
    ck_assert_msg(after < before + allowed, "%zu bytes before %zu pairs of threads, %zu after",
                  before, count, after);
    /* libgomp's threads end shortly after the thread that started them; libomp keeps a few for
     * reuse. */
    enum { KEPT = 4 };
    for (int i = 0; i < 1000 && threads_alive() > alive + KEPT; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    ck_assert_uint_le(threads_alive(), alive + KEPT);
    fprintf(stderr, "short-lived threads: %zu KB before, %zu KB after %zu\n", before >> 10,
            after >> 10, count);
    end_runs(want);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("concurrency");
    /* The watchdog limits the time. */
    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, eight_networks_train_on_eight_threads);
    tcase_add_test(tcase, many_threads_predict_with_one_network);
    tcase_add_test(tcase, training_runs_in_the_callers_regions);
    tcase_add_test(tcase, training_runs_in_tasks);
    tcase_add_test(tcase, signals_do_not_disturb_training);
    tcase_add_test(tcase, messages_belong_to_threads);
    tcase_add_test(tcase, the_instruction_set_may_change_during_training);
    tcase_add_test(tcase, threads_leak_no_memory);
    return run_case("concurrency", tcase);
}
