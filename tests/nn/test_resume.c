/* Runs that stop and resume: the file of their final state equals that of an uninterrupted run. */
#include "temp_files.h"
#include "train/net.h"

#include <stdio.h>
#include <stdlib.h>

enum { EPOCHS = 6, DONE = 3 };

typedef struct architecture {
    size_t inputs, layer_count;
    lw_layer_spec layers[3];
} architecture;

/* Enough work for several threads; and a small net. */
static const architecture layered = {40,
                                     3,
                                     {{.units = 40, .activation = LW_ACTIVATION_RELU},
                                      {.units = 20, .activation = LW_ACTIVATION_GELU},
                                      {.units = 10, .activation = LW_ACTIVATION_SOFTMAX}}};
static const architecture small_net = {3,
                                       2,
                                       {{.units = 10, .activation = LW_ACTIVATION_TANH},
                                        {.units = 2, .activation = LW_ACTIVATION_SOFTMAX}}};

typedef struct scenario {
    const char *name;
    const architecture *net;
    size_t rows, batch;
    int no_shuffle;
    lw_schedule schedule;
    float clip_norm;
    lw_precision precision;
} scenario;

enum {
    SHUFFLED,
    LAYERED_FULL_BATCH,
    SHUFFLED_BF16,
    SHUFFLED_SMALL_NET,
    SMALL_NET_FULL_BATCH,
    IN_ORDER,
    CLIPPED,
    CLIPPED_BF16,
    CLIPPED_SMALL_NET,
    SCENARIOS
};

/* Epochs end with a partial mini-batch. The mini-batches of the last case but one exceed one block
 * of the small-net kernels. */
static const scenario scenarios[] = {
    [SHUFFLED] = {.name = "layered, shuffled, cosine",
                  .net = &layered,
                  .rows = 210,
                  .batch = 64,
                  .schedule = {LW_SCHEDULE_COSINE, 0, 0.1f}},
    [LAYERED_FULL_BATCH] = {.name = "layered, full batch",
                            .net = &layered,
                            .rows = 210,
                            .batch = LW_FULL_BATCH},
    [SHUFFLED_BF16] = {.name = "layered, bf16, shuffled, cosine",
                       .net = &layered,
                       .rows = 210,
                       .batch = 64,
                       .schedule = {LW_SCHEDULE_COSINE, 0, 0.0f},
                       .precision = LW_PRECISION_BF16},
    [SHUFFLED_SMALL_NET] = {.name = "small net, shuffled, cosine",
                            .net = &small_net,
                            .rows = 210,
                            .batch = 64,
                            .schedule = {LW_SCHEDULE_COSINE, 0, 0.1f}},
    [SMALL_NET_FULL_BATCH] = {.name = "small net, full batch",
                              .net = &small_net,
                              .rows = 210,
                              .batch = LW_FULL_BATCH},
    [IN_ORDER] = {.name = "layered, in order, steps",
                  .net = &layered,
                  .rows = 210,
                  .batch = 64,
                  .no_shuffle = 1,
                  .schedule = {LW_SCHEDULE_STEP, 2, 0.5f}},
    [CLIPPED] = {.name = "layered, shuffled, clipped",
                 .net = &layered,
                 .rows = 210,
                 .batch = 64,
                 .clip_norm = 0.05f},
    [CLIPPED_BF16] = {.name = "layered, bf16, full batch, clipped",
                      .net = &layered,
                      .rows = 210,
                      .batch = LW_FULL_BATCH,
                      .clip_norm = 0.05f,
                      .precision = LW_PRECISION_BF16},
    [CLIPPED_SMALL_NET] = {.name = "small net, shuffled, clipped",
                           .net = &small_net,
                           .rows = 1300,
                           .batch = 500,
                           .clip_norm = 0.05f},
};

static const lw_optimizer optimizers[] = {
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.05f, .weight_decay = 0.01f},
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.02f, .momentum = 0.9f},
    {.kind = LW_OPTIMIZER_SGD, .learning_rate = 0.02f, .momentum = 0.9f, .nesterov = 1},
    {LW_OPTIMIZER_ADAM, 0.01f, 0.0f, 0, 0.0f, 0.9f, 0.999f, 1e-8f},
    {LW_OPTIMIZER_ADAMW, 0.01f, 0.0f, 0, 0.1f, 0.9f, 0.999f, 1e-8f},
};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

typedef struct task {
    const scenario *s;
    float *x;
    int32_t *labels;
    lw_dataset data;
    lw_fit_options options;
} task;

static task begin_task(const scenario *s, const lw_optimizer *optimizer)
{
    const size_t outputs = s->net->layers[s->net->layer_count - 1].units;
    task t = {.s = s,
              .x = uniform_floats(s->rows * s->net->inputs, -1.0f, 1.0f, 11),
              .labels = uniform_labels(s->rows, (int32_t)outputs, 13)};
    t.data = (lw_dataset){.rows = s->rows,
                          .inputs = s->net->inputs,
                          .outputs = outputs,
                          .x = t.x,
                          .target.labels = t.labels};
    t.options = (lw_fit_options){.size = sizeof(lw_fit_options),
                                 .optimizer = *optimizer,
                                 .batch_size = s->batch,
                                 .epochs = EPOCHS,
                                 .no_shuffle = s->no_shuffle,
                                 .schedule = s->schedule,
                                 .clip_norm = s->clip_norm};
    return t;
}

static void end_task(task *t)
{
    free(t->x);
    free(t->labels);
}

static lw_net *new_net(const scenario *s, uint64_t seed)
{
    lw_net *net = make_net(s->net->inputs, s->net->layers, s->net->layer_count, seed);
    ASSERT_OK(lw_net_set_precision(net, s->precision));
    return net;
}

/* Saves the state after an uninterrupted run on one thread. */
static const char *whole_run(const task *t)
{
    const char *path = temp_path("whole.safetensors");
    lw_net *net = new_net(t->s, 5);
    lw_net_set_threads(net, 1);
    ASSERT_OK(lw_fit(net, &t->data, &t->options));
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = EPOCHS}, path));
    lw_net_destroy(net);
    return path;
}

typedef struct saver {
    const lw_net *net;
    const char *path;
} saver;

static int save_and_stop(void *user, const lw_epoch_report *report)
{
    const saver *s = user;
    if (report->epoch == DONE)
        ASSERT_OK(lw_net_save_state(s->net, &(lw_position){.epochs = report->epoch}, s->path));
    return report->epoch == DONE;
}

/* Runs the first epochs and saves the state. */
static const char *interrupted_run(const task *t)
{
    saver s = {.path = temp_path("stopped.safetensors")};
    lw_net *net = new_net(t->s, 5);
    s.net = net;
    lw_fit_options options = t->options;
    lw_net_set_threads(net, 2);
    options.on_epoch = save_and_stop;
    options.user = &s;
    ASSERT_OK(lw_fit(net, &t->data, &options));
    lw_net_destroy(net);
    return s.path;
}

/* Runs the remaining epochs in a network with other previous state. */
static const char *resumed_run(const task *t, unsigned threads, const char *stopped)
{
    const char *path = temp_path("resumed.safetensors");
    const lw_optimizer before = lw_adam(0.3f);
    lw_net *net = new_net(t->s, 77);
    ASSERT_OK(lw_fit(
        net, &t->data,
        &(lw_fit_options){.size = sizeof(lw_fit_options), .optimizer = before, .epochs = 1}));
    lw_position done = {0};
    ASSERT_OK(lw_net_load_state(net, &done, stopped));
    ck_assert_uint_eq(done.epochs, DONE);
    lw_fit_options options = t->options;
    lw_net_set_threads(net, threads);
    options.start = done;
    ASSERT_OK(lw_fit(net, &t->data, &options));
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = EPOCHS}, path));
    lw_net_destroy(net);
    return path;
}

static void assert_same_files(const char *what, const char *path, const char *other)
{
    size_t size, other_size;
    unsigned char *bytes = file_bytes(path, &size), *other_bytes = file_bytes(other, &other_size);
    ck_assert_msg(size == other_size && memcmp(bytes, other_bytes, size) == 0, "%s: %s is not %s",
                  what, path, other);
    free(bytes);
    free(other_bytes);
}

START_TEST(a_resumed_run_ends_in_the_same_state)
{
    if (is_skipped(_i, OPTIMIZERS))
        return;
    static const unsigned threads[] = {1, 3};
    task t = begin_task(&scenarios[_i / OPTIMIZERS], &optimizers[_i % OPTIMIZERS]);
    char what[100];
    const char *whole = whole_run(&t), *stopped = interrupted_run(&t);
    for (size_t i = 0; i < 2; i++) {
        snprintf(what, sizeof what, "%s, optimizer %d, %u threads", t.s->name, _i % OPTIMIZERS,
                 threads[i]);
        assert_same_files(what, resumed_run(&t, threads[i], stopped), whole);
    }
    /* The remaining epochs must have changed the state. */
    lw_net *at_stop, *at_end;
    ASSERT_OK(lw_net_load(&at_stop, stopped));
    ASSERT_OK(lw_net_load(&at_end, whole));
    float *p = parameters_of(at_stop), *q = parameters_of(at_end);
    size_t moved = 0;
    for (size_t i = 0; i < lw_net_parameter_count(at_stop); i++)
        moved += p[i] != q[i];
    ck_assert_uint_gt(moved, lw_net_parameter_count(at_stop) / 2);
    free(p);
    free(q);
    lw_net_destroy(at_stop);
    lw_net_destroy(at_end);
    end_task(&t);
}
END_TEST

/* Returns the next instruction set with FMA, from number *at on, and advances *at; NULL if there is
 * none. */
static const char *next_with_fma(size_t *at)
{
    const char *name = lw_isa_available((*at)++);
    while (name && !strcmp(name, "scalar"))
        name = lw_isa_available((*at)++);
    return name;
}

/* Weights have another layout there, but the file is the same. */
START_TEST(a_run_resumes_on_another_instruction_set)
{
    size_t at = 0;
    const char *first = next_with_fma(&at), *name = first ? next_with_fma(&at) : NULL;
    if (!name || is_skipped(_i, OPTIMIZERS))
        return;
    task t = begin_task(&scenarios[_i / OPTIMIZERS], &optimizers[_i % OPTIMIZERS]);
    ASSERT_OK(lw_isa_select(first));
    const char *whole = whole_run(&t), *stopped = interrupted_run(&t);
    for (; name; name = next_with_fma(&at)) {
        char what[100];
        ASSERT_OK(lw_isa_select(name));
        snprintf(what, sizeof what, "%s, optimizer %d, from %s to %s", t.s->name, _i % OPTIMIZERS,
                 first, name);
        assert_same_files(what, resumed_run(&t, 2, stopped), whole);
    }
    end_task(&t);
}
END_TEST

/* Without callbacks, identical steps run without interruption. */
START_TEST(a_run_without_callbacks_resumes)
{
    const scenario *s = &scenarios[_i == 0 ? SMALL_NET_FULL_BATCH : LAYERED_FULL_BATCH];
    for (size_t i = 0; i < OPTIMIZERS; i++) {
        task t = begin_task(s, &optimizers[i]);
        const char *whole = whole_run(&t), *stopped = temp_path("stopped.safetensors");
        lw_net *net = new_net(s, 5);
        lw_fit_options options = t.options;
        options.epochs = DONE;
        ASSERT_OK(lw_fit(net, &t.data, &options));
        ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = DONE}, stopped));
        lw_net_destroy(net);
        assert_same_files(s->name, resumed_run(&t, 1, stopped), whole);
        end_task(&t);
    }
}
END_TEST

START_TEST(a_custom_loop_resumes)
{
    const scenario *s = &scenarios[SHUFFLED];
    task t = begin_task(s, &optimizers[3]);
    const char *path = temp_path("own.safetensors");
    lw_net *net = new_net(s, 5), *other = new_net(s, 6);
    lw_position done;
    for (size_t i = 0; i < 7; i++) {
        if (i == 4) {
            ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = 0}, path));
            ASSERT_OK(lw_net_load_state(other, &done, path));
            ck_assert_uint_eq(done.epochs, 0);
        }
        ASSERT_OK(lw_train_step(net, LW_LOSS_CROSS_ENTROPY, &t.options.optimizer, 64, t.x,
                                &t.data.target, NULL));
        if (i >= 4)
            ASSERT_OK(lw_train_step(other, LW_LOSS_CROSS_ENTROPY, &t.options.optimizer, 64, t.x,
                                    &t.data.target, NULL));
    }
    float *want = parameters_of(net), *got = parameters_of(other);
    assert_same_bits("parameters", lw_net_parameter_count(net), got, want);
    free(want);
    free(got);
    lw_net_destroy(net);
    lw_net_destroy(other);
    end_task(&t);
}
END_TEST

/* Checks reports and history of the epochs from DONE on. */
static int check_continued_report(void *user, const lw_epoch_report *report)
{
    size_t *next = user;
    ck_assert_uint_eq(report->epoch, ++*next);
    ck_assert_uint_eq(report->epochs, EPOCHS);
    return 0;
}

START_TEST(epoch_numbers_continue)
{
    task t = begin_task(&scenarios[SHUFFLED], &optimizers[3]);
    lw_net *net = new_net(t.s, 5);
    size_t next = DONE;
    lw_history history, whole;
    lw_fit_options options = t.options;
    options.history = &whole;
    ASSERT_OK(lw_fit(net, &t.data, &options));
    options.start.epochs = DONE;
    options.on_epoch = check_continued_report;
    options.user = &next;
    options.history = &history;
    ASSERT_OK(lw_fit(net, &t.data, &options));
    ck_assert_uint_eq(next, EPOCHS);
    ck_assert_uint_eq(history.count, EPOCHS - DONE);
    for (size_t i = 0; i < history.count; i++)
        ck_assert_double_eq(history.epochs[i].learning_rate, whole.epochs[DONE + i].learning_rate);
    lw_history_free(&history);
    lw_history_free(&whole);
    lw_net_destroy(net);
    end_task(&t);
}
END_TEST

START_TEST(a_complete_run_resumes_without_training)
{
    task t = begin_task(&scenarios[_i == 0 ? SHUFFLED : SMALL_NET_FULL_BATCH], &optimizers[3]);
    lw_net *net = new_net(t.s, 5);
    lw_history history = {.count = 9};
    float *before = parameters_of(net);
    lw_fit_options options = t.options;
    options.start.epochs = EPOCHS;
    ASSERT_OK(lw_fit(net, &t.data, &options));
    options.history = &history;
    ASSERT_OK(lw_fit(net, &t.data, &options));
    ck_assert_uint_eq(history.count, 0);
    ck_assert_int_eq(history.stopped, 0);
    lw_history_free(&history);
    ASSERT_FAILS(LW_ESTATE, "no backward pass", lw_net_get_gradients(net, before));

    options.start.epochs = EPOCHS + 1;
    ASSERT_FAILS(LW_EINVAL, "after epoch 7 and 0 batches, is beyond the end, epoch 6",
                 lw_fit(net, &t.data, &options));
    options.epochs = 0; /* ten */
    options.start.epochs = 11;
    ASSERT_FAILS(LW_EINVAL, "after epoch 11 and 0 batches, is beyond the end, epoch 10",
                 lw_fit(net, &t.data, &options));
    float *after = parameters_of(net);
    assert_same_bits("parameters", lw_net_parameter_count(net), after, before);
    free(before);
    free(after);
    lw_net_destroy(net);
    end_task(&t);
}
END_TEST

/* ---- A batch source -------------------------------------------------------------------------- */

typedef struct stream {
    const task *t;
    size_t next_row, epochs_begun, first_epoch;
} stream;

/* Rows in an order that depends on the epoch. */
static lw_status deliver(void *user, size_t epoch, int first, size_t max_rows, float *x,
                         float *values, int32_t *labels, size_t *rows)
{
    stream *s = user;
    (void)values;
    const lw_dataset *data = &s->t->data;
    if (first) {
        s->next_row = 0;
        ck_assert_uint_eq(epoch, s->first_epoch + s->epochs_begun++);
    }
    for (*rows = 0; *rows < max_rows && s->next_row < data->rows; ++*rows, s->next_row++) {
        const size_t row = (s->next_row * 7 + epoch) % data->rows;
        memcpy(x + *rows * data->inputs, data->x + row * data->inputs, data->inputs * sizeof *x);
        labels[*rows] = data->target.labels[row];
    }
    return LW_OK;
}

static void fit_stream(const task *t, lw_net *net, size_t first_epoch, saver *saves)
{
    stream s = {.t = t, .first_epoch = first_epoch};
    const lw_batch_source source = {sizeof source, t->data.inputs, t->data.outputs, 1, deliver, &s};
    lw_fit_options options = t->options;
    options.start.epochs = first_epoch;
    if (saves) {
        options.on_epoch = save_and_stop;
        options.user = saves;
    }
    ASSERT_OK(lw_fit_source(net, &source, &options));
    ck_assert_uint_eq(s.epochs_begun, saves ? DONE : EPOCHS - first_epoch);
}

START_TEST(a_run_on_a_source_resumes)
{
    task t = begin_task(&scenarios[SHUFFLED], &optimizers[_i]);
    const char *whole = temp_path("whole.safetensors"), *resumed = temp_path("resumed.safetensors");
    lw_net *net = new_net(t.s, 5);
    fit_stream(&t, net, 0, NULL);
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = EPOCHS}, whole));
    lw_net_destroy(net);

    saver saves = {.path = temp_path("stopped.safetensors")};
    net = new_net(t.s, 5);
    saves.net = net;
    fit_stream(&t, net, 0, &saves);
    lw_net_destroy(net);

    lw_position done;
    ASSERT_OK(lw_net_load(&net, saves.path));
    ASSERT_OK(lw_net_load_state(net, &done, saves.path));
    fit_stream(&t, net, done.epochs, NULL);
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = EPOCHS}, resumed));
    lw_net_destroy(net);
    assert_same_files("source", resumed, whole);
    end_task(&t);
}
END_TEST

/* ---- Contents of a state --------------------------------------------------------------------- */

START_TEST(a_state_contains_seed_and_optimizer)
{
    static const struct {
        size_t optimizer, moments;
    } cases[] = {{0, 0}, {1, 1}, {2, 1}, {3, 2}, {4, 2}};
    static const size_t of_kind[] = {SHUFFLED, SHUFFLED_BF16, SHUFFLED_SMALL_NET};
    const scenario *s = &scenarios[of_kind[_i]];
    const char *path = temp_path("state.safetensors");
    lw_position done = {0};
    lw_optimizer_info info = {.steps = 99};
    lw_net *fresh = new_net(s, 5), *net = new_net(s, 6);
    ck_assert_uint_eq(lw_net_seed(fresh), 5);
    ASSERT_FAILS(LW_EINVAL, "net", lw_net_optimizer_info(NULL, &info));
    ASSERT_FAILS(LW_EINVAL, "info", lw_net_optimizer_info(fresh, NULL));

    /* Before the first step, the state has no optimizer but has parameters and generator. */
    ASSERT_OK(lw_net_save_state(fresh, &(lw_position){.epochs = SIZE_MAX}, path));
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const lw_optimizer *optimizer = &optimizers[cases[k].optimizer];
        task t = begin_task(s, optimizer);
        ASSERT_OK(lw_net_load_state(net, &done, path));
        ck_assert_uint_eq(done.epochs, SIZE_MAX);
        ck_assert_uint_eq(net->random.state, fresh->random.state);
        ck_assert_uint_eq(lw_net_seed(net), 5);
        ASSERT_OK(lw_net_optimizer_info(net, &info));
        ck_assert(info.kind == LW_OPTIMIZER_DEFAULT && info.steps == 0 && info.moments == 0);
        ASSERT_OK(lw_fit(net, &t.data, &t.options));
        ASSERT_OK(lw_net_optimizer_info(net, &info));
        ck_assert_int_eq((int)info.kind, (int)optimizer->kind);
        ck_assert_uint_eq(info.steps, EPOCHS * ((s->rows + 63) / 64));
        ck_assert_uint_eq(info.moments, cases[k].moments);
        end_task(&t);
    }
    lw_net_destroy(fresh);
    lw_net_destroy(net);
}
END_TEST

START_TEST(a_state_loads_as_a_network)
{
    task t = begin_task(&scenarios[SHUFFLED_BF16], &optimizers[3]);
    const char *path = temp_path("state.safetensors");
    lw_net *net = new_net(t.s, 5), *loaded, *other = new_net(t.s, 6);
    ASSERT_OK(lw_fit(net, &t.data, &t.options));
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = EPOCHS}, path));
    ASSERT_OK(lw_net_load(&loaded, path));
    ASSERT_OK(lw_net_load_parameters(other, path));
    float *want = parameters_of(net), *got = parameters_of(loaded), *read = parameters_of(other);
    assert_same_bits("loaded", lw_net_parameter_count(net), got, want);
    assert_same_bits("parameters", lw_net_parameter_count(net), read, want);
    free(want);
    free(got);
    free(read);
    lw_net_destroy(net);
    lw_net_destroy(loaded);
    lw_net_destroy(other);
    end_task(&t);
}
END_TEST

/* A forward pass and gradients are invalid after the parameters change. */
START_TEST(loading_invalidates_the_last_pass)
{
    task t = begin_task(&scenarios[SHUFFLED], &optimizers[3]);
    const char *path = temp_path("state.safetensors");
    lw_net *net = new_net(t.s, 5);
    lw_position done;
    ASSERT_OK(lw_net_save_state(net, &(lw_position){.epochs = 0}, path));
    ASSERT_OK(lw_net_forward(net, 64, t.x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_CROSS_ENTROPY, &t.data.target, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_load_state(net, &done, path));
    ASSERT_FAILS(LW_ESTATE, "no forward pass", lw_net_backward(net, NULL, NULL));
    ASSERT_FAILS(LW_ESTATE, "no gradients", lw_net_step(net, &t.options.optimizer));
    lw_net_destroy(net);
    end_task(&t);
}
END_TEST

int main(void)
{
    TCase *resume = temp_files_case("resume");
    tcase_add_loop_test(resume, a_resumed_run_ends_in_the_same_state, 0, SCENARIOS * OPTIMIZERS);
    tcase_add_loop_test(resume, a_run_resumes_on_another_instruction_set, 0,
                        SCENARIOS * OPTIMIZERS);
    tcase_add_loop_test(resume, a_run_without_callbacks_resumes, 0, 2);
    tcase_add_test(resume, a_custom_loop_resumes);
    tcase_add_test(resume, epoch_numbers_continue);
    tcase_add_loop_test(resume, a_complete_run_resumes_without_training, 0, 2);
    tcase_add_loop_test(resume, a_run_on_a_source_resumes, 0, OPTIMIZERS);
    tcase_add_loop_test(resume, a_state_contains_seed_and_optimizer, 0, 3);
    tcase_add_test(resume, a_state_loads_as_a_network);
    tcase_add_test(resume, loading_invalidates_the_last_pass);
    return run_case("resume", resume);
}
