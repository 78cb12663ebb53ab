/* Invalid options are rejected by name before the first step, and the network is unchanged. */
#include "train/net.h"
#include "training_problem.h"

#include <math.h>
#include <stdlib.h>

static const struct {
    const char *message;
    lw_optimizer optimizer;
} optimizers[] = {
    {"unknown optimizer 9", {.kind = (lw_optimizer_kind)9}},
    {"unknown optimizer -1", {.kind = (lw_optimizer_kind)-1}},
    {"learning rate nan", {.kind = LW_OPTIMIZER_SGD, .learning_rate = NAN}},
    {"learning rate inf", {.kind = LW_OPTIMIZER_SGD, .learning_rate = INFINITY}},
    {"learning rate -1", {.kind = LW_OPTIMIZER_ADAMW, .learning_rate = -1.0f}},
    {"weight decay -0.5", {.kind = LW_OPTIMIZER_SGD, .weight_decay = -0.5f}},
    {"weight decay inf", {.kind = LW_OPTIMIZER_ADAM, .weight_decay = INFINITY}},
    {"momentum 1 is", {.kind = LW_OPTIMIZER_SGD, .momentum = 1.0f}},
    {"momentum -0.5 is", {.kind = LW_OPTIMIZER_SGD, .momentum = -0.5f}},
    {"momentum nan is", {.kind = LW_OPTIMIZER_SGD, .momentum = NAN}},
    {"Nesterov momentum needs a momentum above 0", {.kind = LW_OPTIMIZER_SGD, .nesterov = 1}},
    {"betas 1 and 0.5", {.kind = LW_OPTIMIZER_ADAM, .beta1 = 1.0f, .beta2 = 0.5f, .epsilon = 1.0f}},
    {"betas 0.5 and 1", {.kind = LW_OPTIMIZER_ADAM, .beta1 = 0.5f, .beta2 = 1.0f, .epsilon = 1.0f}},
    {"betas -0.5 and 0", {.kind = LW_OPTIMIZER_ADAMW, .beta1 = -0.5f, .epsilon = 1.0f}},
    {"betas 0 and nan", {.kind = LW_OPTIMIZER_ADAM, .beta2 = NAN, .epsilon = 1.0f}},
    {"epsilon 0 is", {.kind = LW_OPTIMIZER_ADAM, .beta1 = 0.9f, .beta2 = 0.9f}},
    {"epsilon inf is", {.kind = LW_OPTIMIZER_ADAM, .epsilon = INFINITY}},
    {"epsilon nan is", {.kind = LW_OPTIMIZER_ADAMW, .epsilon = NAN}},
};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

static const struct {
    lw_status status;
    const char *message;
    lw_fit_options options;
} cases[] = {
    {LW_EINVAL, "unknown loss 99", {.loss = (lw_loss)99}},
    {LW_EINVAL, "unknown loss -1", {.loss = (lw_loss)-1}},
    {LW_ESHAPE, "binary cross-entropy needs a sigmoid", {.loss = LW_LOSS_BINARY_CROSS_ENTROPY}},
    {LW_EINVAL, "unknown schedule 9", {.schedule = {.kind = (lw_schedule_kind)9}}},
    {LW_EINVAL, "a step schedule needs", {.schedule = {LW_SCHEDULE_STEP, 0, 0.5f}}},
    {LW_EINVAL, "schedule factor nan", {.schedule = {LW_SCHEDULE_STEP, 1, NAN}}},
    {LW_EINVAL, "schedule factor -1", {.schedule = {LW_SCHEDULE_COSINE, 0, -1.0f}}},
    {LW_EINVAL, "schedule factor inf", {.schedule = {LW_SCHEDULE_COSINE, 0, INFINITY}}},
    {LW_EINVAL, "clip_norm -1", {.clip_norm = -1.0f}},
    {LW_EINVAL, "clip_norm nan", {.clip_norm = NAN}},
    {LW_EINVAL, "clip_norm inf", {.clip_norm = INFINITY}},
    {LW_EINVAL, "start, after epoch 11", {.start = {.epochs = 11}}},
    {LW_EINVAL, "start, after epoch 10 and 2", {.start = {.epochs = 10, .batches = 2}}},
    {LW_EINVAL, "start, after epoch 3", {.epochs = 2, .start = {.epochs = 3}}},
    {LW_EINVAL, "the loss of start is nan", {.start = {.loss = (double)NAN}}},
    {LW_EINVAL, "start, after 3 batches", {.batch_size = 4, .start = {.batches = 3}}},
    {LW_EINVAL, "start, after 1 batches", {.batch_size = LW_FULL_BATCH, .start = {.batches = 1}}},
};
enum { CASES = sizeof cases / sizeof *cases };

/* Passed a data set, or a source that must not be called. */
static lw_status never(void *user, size_t epoch, int first, size_t max_rows, float *x,
                       float *values, int32_t *labels, size_t *rows)
{
    (void)user, (void)epoch, (void)first, (void)max_rows, (void)x, (void)values, (void)labels;
    (void)rows;
    ck_abort_msg("the source was called");
    return LW_OK;
}

static int never_an_epoch(void *user, const lw_epoch_report *report)
{
    (void)user, (void)report;
    ck_abort_msg("an epoch was trained");
    return 0;
}

static void expect_rejected(lw_status status, const char *message, lw_fit_options options,
                            int by_source)
{
    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
    const lw_batch_source source = {sizeof source, INPUTS, OUTPUTS, 1, never, NULL};
    lw_history history = {.count = 77};
    lw_position reached = {.epochs = 77};
    float *before = parameters_of(net);
    const uint64_t generator = net->random.state;
    options.size = sizeof options;
    options.history = &history;
    options.end_position = &reached;
    options.on_epoch = never_an_epoch;
    if (by_source)
        ASSERT_FAILS(status, message, lw_fit_source(net, &source, &options));
    else
        ASSERT_FAILS(status, message, lw_fit(net, &p.data, &options));
    float *after = parameters_of(net);
    assert_same_bits(message, lw_net_parameter_count(net), after, before);
    ck_assert_uint_eq(net->random.state, generator);
    ck_assert_int_eq((int)net->optimizer.kind, (int)LW_OPTIMIZER_DEFAULT);
    ck_assert(history.count == 77 && reached.epochs == 77);
    free(before);
    free(after);
    lw_net_destroy(net);
    free_problem(&p);
}

START_TEST(invalid_options_are_rejected)
{
    expect_rejected(cases[_i].status, cases[_i].message, cases[_i].options, 0);
    /* The number of batches of a source is unknown, so this option cannot be checked. */
    if (!strstr(cases[_i].message, "start, after 3 b") && !strstr(cases[_i].message, "1 batches"))
        expect_rejected(cases[_i].status, cases[_i].message, cases[_i].options, 1);
}
END_TEST

START_TEST(invalid_optimizers_are_rejected)
{
    const lw_optimizer *optimizer = &optimizers[_i].optimizer;
    expect_rejected(LW_EINVAL, optimizers[_i].message, (lw_fit_options){.optimizer = *optimizer},
                    0);
    expect_rejected(LW_EINVAL, optimizers[_i].message, (lw_fit_options){.optimizer = *optimizer},
                    1);

    problem p = make_problem(ROWS);
    lw_net *net = net_with_output(LW_ACTIVATION_SOFTMAX);
    double value = 5.0;
    ASSERT_FAILS(LW_EINVAL, optimizers[_i].message,
                 lw_train_step(net, LW_LOSS_DEFAULT, optimizer, ROWS, p.x, &p.data.target, &value));
    ASSERT_FAILS(LW_EINVAL, optimizers[_i].message, lw_net_step(net, optimizer));
    ck_assert_double_eq(value, 5.0);
    lw_net_destroy(net);
    free_problem(&p);
}
END_TEST

int main(void)
{
    TCase *options = tcase_create("options");
    tcase_add_loop_test(options, invalid_options_are_rejected, 0, CASES);
    tcase_add_loop_test(options, invalid_optimizers_are_rejected, 0, OPTIMIZERS);
    return run_case("options", options);
}
