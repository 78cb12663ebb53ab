#define _POSIX_C_SOURCE 200809L

#include "concurrent.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Runs ------------------------------------------------------------------------------------ */

typedef struct training_run {
    size_t inputs, units, outputs, rows, batch;
    lw_activation activation;
    lw_precision precision;
    lw_optimizer_kind optimizer;
    float clip_norm;
} training_run;

/* 64 rows of 40-80-10 are 1.6 million operations in training, twice the threshold for using
 * threads. */
static const training_run runs[RUNS] = {
    {40, 80, 10, 150, 64, LW_ACTIVATION_RELU, LW_PRECISION_FP32, LW_OPTIMIZER_ADAM, 0.0f},
    {2, 10, 3, 500, 500, LW_ACTIVATION_TANH, LW_PRECISION_FP32, LW_OPTIMIZER_SGD, 0.0f},
    {50, 64, 7, 150, 64, LW_ACTIVATION_GELU, LW_PRECISION_BF16, LW_OPTIMIZER_ADAMW, 0.0f},
    {61, 70, 10, 130, 64, LW_ACTIVATION_SILU, LW_PRECISION_FP32, LW_OPTIMIZER_SGD, 0.05f},
    {40, 90, 13, 100, 100, LW_ACTIVATION_SIGMOID, LW_PRECISION_FP32, LW_OPTIMIZER_ADAMW, 0.0f},
    {7, 16, 10, 400, 64, LW_ACTIVATION_RELU, LW_PRECISION_FP32, LW_OPTIMIZER_ADAM, 0.0f},
    {70, 64, 2, 140, 70, LW_ACTIVATION_LEAKY_RELU, LW_PRECISION_BF16, LW_OPTIMIZER_SGD, 0.0f},
    {33, 100, 10, 129, 64, LW_ACTIVATION_TANH, LW_PRECISION_FP32, LW_OPTIMIZER_SGD, 0.0f},
};

size_t run_parameters(size_t run)
{
    const training_run *r = &runs[run];
    return (r->inputs + 1) * r->units + (r->units + 1) * r->outputs;
}

/* Does not use Check, whose assertions take a lock: a child forked while it is held would wait
 * forever. */
static void must(lw_status status)
{
    if (status == LW_OK)
        return;
    fprintf(stderr, "%s: %s\n", lw_status_name(status), lw_last_error());
    abort();
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    must(memory ? LW_OK : lw_fail(LW_ENOMEM, "no memory for a run"));
    return memory;
}

float *run_training(size_t run, unsigned threads)
{
    const training_run *r = &runs[run];
    const lw_layer_spec layers[] = {{.units = r->units, .activation = r->activation},
                                    {.units = r->outputs, .activation = LW_ACTIVATION_SOFTMAX}};
    float *x = allocate(r->rows * r->inputs, sizeof *x);
    int32_t *labels = allocate(r->rows, sizeof *labels);
    float *parameters = allocate(run_parameters(run), sizeof *parameters);
    for (size_t i = 0; i < r->rows * r->inputs; i++)
        x[i] = (float)(i * i % 251) / 125.0f - 1.0f;
    for (size_t i = 0; i < r->rows; i++)
        labels[i] = (int32_t)(i * i % r->outputs);
    const lw_dataset data = {.rows = r->rows,
                             .inputs = r->inputs,
                             .outputs = r->outputs,
                             .x = x,
                             .target = {.labels = labels}};
    lw_optimizer optimizer =
        r->optimizer == LW_OPTIMIZER_SGD ? lw_sgd_momentum(0.05f, 0.9f) : lw_adam(0.01f);
    optimizer.kind = r->optimizer;
    lw_net *net = NULL;
    must(lw_net_create_mlp(&net, r->inputs, layers, 2, 3));
    must(lw_net_set_precision(net, r->precision));
    lw_net_set_threads(net, threads);
    must(lw_fit(net, &data,
                &(lw_fit_options){.size = sizeof(lw_fit_options),
                                  .optimizer = optimizer,
                                  .batch_size = r->batch,
                                  .epochs = 1,
                                  .clip_norm = r->clip_norm}));
    must(lw_net_get_parameters(net, parameters));
    lw_net_destroy(net);
    free(labels);
    free(x);
    return parameters;
}

int run_agrees(size_t run, unsigned threads, const float *want)
{
    float *got = run_training(run, threads);
    const int same = memcmp(got, want, run_parameters(run) * sizeof *got) == 0;
    free(got);
    return same;
}

void begin_runs(float *want[RUNS])
{
    for (size_t run = 0; run < RUNS; run++)
        want[run] = run_training(run, 1);
}

void end_runs(float *want[RUNS])
{
    for (size_t run = 0; run < RUNS; run++)
        free(want[run]);
}

/* ---- Repetitions ----------------------------------------------------------------------------- */

size_t repetitions(size_t usual)
{
    const char *wanted = getenv("LANEWISE_TEST_REPEAT");
    if (wanted)
        return strtoul(wanted, NULL, 10);
    return is_fast_run() ? (usual + 3) / 4 : usual;
}

static char watched[128];

static void end_of_patience(int signal)
{
    (void)signal;
    if (write(STDERR_FILENO, watched, strlen(watched)) >= 0)
        abort();
}

void watch(const char *what, size_t repetition)
{
    enum { PATIENCE = 120 };
    alarm(0);
    snprintf(watched, sizeof watched, "deadlock: %s, repetition %zu\n", what, repetition);
    signal(SIGALRM, end_of_patience);
    alarm(PATIENCE);
}

/* ---- Threads and processes ------------------------------------------------------------------- */

void run_threads(size_t count, void *(*body)(void *), void *arguments, size_t size)
{
    enum { MOST = 64 };
    pthread_t threads[MOST];
    ck_assert_uint_le(count, MOST);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, body, (unsigned char *)arguments + i * size), 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}

size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long all = 0, resident = 0;
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%lu %lu", &all, &resident), 2);
    fclose(file);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE);
}

size_t threads_alive(void)
{
    struct stat task;
    ck_assert_int_eq(stat("/proc/self/task", &task), 0);
    return (size_t)task.st_nlink - 2;
}

void join_child(pid_t child)
{
    int status = -1;
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(status == 0, "the child ended with status %#x", (unsigned)status);
}
