/* Training over ranks, which are threads here: runs, rows, evaluation and steps. */
#include "rank_runs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Runs ------------------------------------------------------------------------------------ */

static void compare_ranks(const run_kind *kind, size_t batch)
{
    problem data = make_problem(RUN_ROWS), validation = make_problem(ROWS);
    const size_t n = parameters_of_kind(kind);
    run one = run_on(kind, 1, 1, batch, &data, &validation);
    for (unsigned ranks = 2; ranks <= MAX_RANKS; ranks++) {
        run got = run_on(kind, ranks, 1, batch, &data, &validation);
        run other = run_on(kind, ranks, 3, batch, &data, &validation);
        for (unsigned rank = 0; rank < ranks; rank++) {
            char what[100];
            snprintf(what, sizeof what, "%s: rank %u of %u", kind->name, rank, ranks);
            assert_same_outcome(what, n, &got.outcomes[rank], &got.outcomes[0]);
            assert_same_outcome(what, n, &other.outcomes[rank], &got.outcomes[0]);
        }
        for (size_t i = 0; i < EPOCHS; i++) {
            ck_assert_msg(fabs(got.outcomes->losses[i] - one.outcomes->losses[i]) < kind->bound,
                          "%s, %u ranks, epoch %zu: loss %.9g, not %.9g", kind->name, ranks, i,
                          got.outcomes->losses[i], one.outcomes->losses[i]);
            ck_assert_double_eq_tol(got.outcomes->validation_losses[i],
                                    one.outcomes->validation_losses[i], kind->bound);
            ck_assert_double_eq(got.outcomes->accuracies[i], one.outcomes->accuracies[i]);
        }
        free_outcomes(&got);
        free_outcomes(&other);
    }
    free_outcomes(&one);
    free_problem(&data);
    free_problem(&validation);
}

START_TEST(ranks_agree_with_one_rank)
{
    for (size_t i = 0; i < BATCH_SIZES; i++)
        compare_ranks(&kinds[_i], batch_sizes[i]);
}
END_TEST

/* Copies the rows of p in the order in which the batch partition assigns them to slots, with one
 * contiguous shard per slot. */
static problem in_slot_order(const problem *p, size_t batch)
{
    problem d = make_problem(p->data.rows);
    size_t row = 0;
    for (size_t number = 0; row < p->data.rows; number++)
        for (size_t slot = 0; slot < batch; slot++) {
            const size_t first = p->data.rows * slot / batch + number;
            if (first >= p->data.rows * (slot + 1) / batch)
                continue;
            memcpy(d.x + row * INPUTS, p->x + first * INPUTS, INPUTS * sizeof *d.x);
            d.labels[row++] = p->labels[first];
        }
    return d;
}

/* One rank sums nothing, and steps that store gradients have the bits of fused steps. */
START_TEST(one_rank_equals_a_process_on_partitioned_rows)
{
    const run_kind kind = {"in order", 150, lw_adam, LW_PRECISION_FP32, 0.0f, 1, 0.0};
    problem data = make_problem(RUN_ROWS), validation = make_problem(ROWS);
    problem in_order = in_slot_order(&data, BATCH);
    run one = run_on(&kind, 1, 1, BATCH, &data, &validation);
    run alone = run_on(&kind, 0, 1, BATCH, &in_order, &validation);
    assert_same_outcome("one rank", parameters_of_kind(&kind), one.outcomes, alone.outcomes);
    free_outcomes(&one);
    free_outcomes(&alone);
    free_problem(&data);
    free_problem(&validation);
    free_problem(&in_order);
}
END_TEST

/* ---- Rows ------------------------------------------------------------------------------------ */

/* Identifies rows in one epoch: x is the row number, and each rank sees its own batches. */
typedef struct row_counts {
    size_t rows[MAX_RANKS]; /* per rank */
    size_t batch;
    size_t rows_done[MAX_RANKS][64], batches[MAX_RANKS];
    lw_status status[MAX_RANKS];
} row_counts;

typedef struct counting_rank {
    row_counts *all;
    unsigned rank;
} counting_rank;

static int count_batch(void *user, const lw_batch_report *report)
{
    const counting_rank *c = user;
    c->all->rows_done[c->rank][c->all->batches[c->rank]++] = report->rows_done;
    return 0;
}

static void count_rank(void *user, const lw_ranks *ranks)
{
    row_counts *all = user;
    counting_rank c = {all, ranks->rank};
    problem p = make_problem(all->rows[ranks->rank] + 1);
    p.data.rows = all->rows[ranks->rank];
    lw_net *net = net_with(6, LW_ACTIVATION_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    all->status[ranks->rank] = lw_fit(net, &p.data,
                                      &(lw_fit_options){.size = sizeof(lw_fit_options),
                                                        .batch_size = all->batch,
                                                        .epochs = 1,
                                                        .on_batch = count_batch,
                                                        .user = &c});
    lw_net_destroy(net);
    free_problem(&p);
}

static const struct {
    size_t rows[3], batch, count, rows_done[8];
} counted[] = {
    {{10, 10, 10}, 6, 5, {6, 12, 18, 24, 30}},
    {{10, 10, 10}, 7, 5, {7, 14, 21, 26, 30}}, /* 2, 2 and 3 slots */
    {{5, 0, 1}, 3, 5, {2, 3, 4, 5, 6}},
    {{5, 0, 1}, 6, 1, {6}},
    {{5, 0, 1}, LW_FULL_BATCH, 1, {6}},
    {{1, 1, 1}, 3, 1, {3}},
};

START_TEST(every_row_is_used_once_per_epoch)
{
    row_counts all = {.batch = counted[_i].batch};
    memcpy(all.rows, counted[_i].rows, sizeof counted[_i].rows);
    run_ranks(3, count_rank, &all);
    for (size_t rank = 0; rank < 3; rank++) {
        ck_assert_int_eq(all.status[rank], LW_OK);
        ck_assert_uint_eq(all.batches[rank], counted[_i].count);
        for (size_t i = 0; i < counted[_i].count; i++)
            ck_assert_uint_eq(all.rows_done[rank][i], counted[_i].rows_done[i]);
    }
}
END_TEST

START_TEST(an_error_of_one_rank_ends_all)
{
    row_counts slots = {.rows = {4, 4, 4}, .batch = 2}, rows = {.batch = 2};
    run_ranks(3, count_rank, &slots);
    run_ranks(3, count_rank, &rows);
    for (size_t rank = 0; rank < 3; rank++) {
        ck_assert_int_eq(slots.status[rank], LW_EINVAL);
        ck_assert_int_eq(rows.status[rank], LW_EDATA);
    }
}
END_TEST

/* ---- Evaluation ------------------------------------------------------------------------------ */

typedef struct evaluated {
    const problem *data;
    lw_evaluation results[MAX_RANKS];
} evaluated;

static void evaluate_rank(void *user, const lw_ranks *ranks)
{
    evaluated *e = user;
    const unsigned rank = ranks ? ranks->rank : 0;
    const lw_dataset data = shard_of(e->data, ranks, LW_FULL_BATCH);
    lw_net *net = net_with(6, LW_ACTIVATION_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_DEFAULT, &e->results[rank]));
    lw_net_destroy(net);
}

START_TEST(evaluation_uses_the_rows_of_all_ranks)
{
    for (size_t rows = 2; rows < 40; rows += 11) { /* begins with fewer rows than ranks */
        problem data = make_problem(rows);
        evaluated alone = {.data = &data}, shared = {.data = &data};
        evaluate_rank(&alone, NULL);
        run_ranks(3, evaluate_rank, &shared);
        const lw_evaluation *want = alone.results;
        size_t wrong = 0;
        for (size_t rank = 0; rank < 3; rank++) {
            lw_evaluation *got = &shared.results[rank];
            ck_assert_double_eq_tol(got->loss, want->loss, 1e-7);
            ck_assert_double_eq(got->accuracy, want->accuracy);
            ck_assert_uint_eq(got->rows, rows);
            ck_assert_uint_eq(got->correct, want->correct);
            for (size_t i = 0; i < (size_t)OUTPUTS * OUTPUTS; i++)
                ck_assert_uint_eq(got->confusion[i], want->confusion[i]);
            for (size_t i = 0; i < got->misclassified_count; i++)
                ck_assert_uint_eq(got->misclassified[i] + rows * rank / 3,
                                  want->misclassified[wrong++]);
            lw_evaluation_free(got);
        }
        ck_assert_uint_eq(wrong, want->misclassified_count);
        lw_evaluation_free(&alone.results[0]);
        free_problem(&data);
    }
}
END_TEST

/* The same as a regression. */
static void evaluate_values(void *user, const lw_ranks *ranks)
{
    evaluated *e = user;
    const unsigned rank = ranks ? ranks->rank : 0;
    lw_dataset data = shard_of(e->data, ranks, LW_FULL_BATCH);
    lw_net *net = net_with(6, LW_ACTIVATION_LINEAR);
    data.target = (lw_target){.values = e->data->values + (data.x - e->data->x) / INPUTS * OUTPUTS};
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    ASSERT_OK(lw_evaluate(net, &data, LW_LOSS_DEFAULT, &e->results[rank]));
    lw_net_destroy(net);
}

START_TEST(errors_are_of_the_rows_of_all_ranks)
{
    for (size_t rows = 2; rows < 40; rows += 11) {
        problem data = make_problem(rows);
        evaluated alone = {.data = &data}, shared = {.data = &data};
        evaluate_values(&alone, NULL);
        run_ranks(3, evaluate_values, &shared);
        for (size_t rank = 0; rank < 3; rank++) {
            for (size_t j = 0; j < OUTPUTS; j++) {
                const lw_output_errors *got = &shared.results[rank].errors[j],
                                       *want = &alone.results[0].errors[j];
                ck_assert_double_eq_tol(got->rmse, want->rmse, 1e-9);
                ck_assert_double_eq_tol(got->mae, want->mae, 1e-9);
                ck_assert_double_eq_tol(got->r2, want->r2, 1e-9);
            }
            lw_evaluation_free(&shared.results[rank]);
        }
        lw_evaluation_free(&alone.results[0]);
        free_problem(&data);
    }
}
END_TEST

/* Targets of rank r are r and r + 1. */
static void train_tanh(void *user, const lw_ranks *ranks)
{
    float *thresholds = user;
    const float x[] = {1.0f, 2.0f}, first = (float)ranks->rank, values[] = {first, first + 1.0f};
    const lw_dataset data = {
        .rows = 2, .inputs = 1, .outputs = 1, .x = x, .target = {.values = values}};
    const lw_layer_spec layer = {.units = 1, .activation = LW_ACTIVATION_TANH};
    const lw_fit_options options = {
        .size = sizeof options, .epochs = 1, .batch_size = LW_FULL_BATCH};
    lw_net *net = make_net(1, &layer, 1, 1);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    ASSERT_OK(lw_fit(net, &data, &options));
    thresholds[ranks->rank] = lw_net_threshold(net);
    lw_net_destroy(net);
}

START_TEST(threshold_is_the_middle_of_the_targets_of_all_ranks)
{
    float thresholds[3];
    run_ranks(3, train_tanh, thresholds);
    for (size_t rank = 0; rank < 3; rank++)
        ck_assert_float_eq(thresholds[rank], 1.5f);
}
END_TEST

/* ---- A step ---------------------------------------------------------------------------------- */

typedef struct step_call {
    const problem *data;
    size_t units[2], pieces; /* of two hidden layers; number of pieces that contain all gradients */
    float *parameters[MAX_RANKS];
    double loss[MAX_RANKS];
} step_call;

static lw_net *net_of_two(const size_t units[2])
{
    const lw_layer_spec layers[] = {{.units = units[0], .activation = LW_ACTIVATION_GELU},
                                    {.units = units[1], .activation = LW_ACTIVATION_RELU},
                                    {.units = OUTPUTS, .activation = LW_ACTIVATION_SOFTMAX}};
    return make_net(INPUTS, layers, 3, 7);
}

static void step_rank(void *user, const lw_ranks *ranks)
{
    step_call *call = user;
    lw_net *net = net_of_two(call->units);
    const unsigned rank = ranks ? ranks->rank : 0;
    const size_t rows = ROWS / (ranks ? ranks->count : 1), first = rows * rank;
    const lw_optimizer sgd = lw_sgd(0.1f);
    const problem *p = call->data;
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    ASSERT_OK(lw_train_step(net, LW_LOSS_DEFAULT, &sgd, rows, p->x + first * INPUTS,
                            &(lw_target){.labels = p->labels + first}, &call->loss[rank]));
    call->parameters[rank] = parameters_of(net);
    if (ranks) {
        /* The loss, then the gradients from the last layer on: each piece is stored before the
         * previous one. */
        const pending_sum *sums;
        ck_assert_uint_eq(last_pending_sums(ranks, &sums), 1 + call->pieces);
        ck_assert(sums[0].doubles != NULL);
        size_t n = sums[1].n;
        for (size_t i = 2; i <= call->pieces; i++) {
            ck_assert_ptr_eq(sums[i].floats + sums[i].n, sums[i - 1].floats);
            n += sums[i].n;
        }
        ck_assert_uint_ge(sums[1].n, (call->units[1] + 1) * OUTPUTS);
        ck_assert_uint_ge(n, lw_net_parameter_count(net));
    }
    lw_net_destroy(net);
}

/* Layers small enough for one piece, and one with 360000 weights, which are split. */
static const step_call steps[] = {{.units = {150, 20}, .pieces = 3},
                                  {.units = {600, 600}, .pieces = 4}};

START_TEST(a_step_uses_the_rows_of_all_ranks)
{
    problem p = make_problem(ROWS);
    step_call alone = steps[_i], call = steps[_i];
    alone.data = call.data = &p;
    step_rank(&alone, NULL);
    run_ranks(2, step_rank, &call);
    lw_net *net = net_of_two(call.units);
    const size_t n = lw_net_parameter_count(net);
    lw_net_destroy(net);
    for (size_t rank = 0; rank < 2; rank++) {
        ck_assert_double_eq_tol(call.loss[rank], alone.loss[0], 1e-7);
        for (size_t i = 0; i < n; i++)
            ck_assert_float_eq_tol(call.parameters[rank][i], alone.parameters[0][i], 1e-7f);
        free(call.parameters[rank]);
    }
    free(alone.parameters[0]);
    free_problem(&p);
}
END_TEST

int main(void)
{
    TCase *ranks = tcase_create("ranks");
    tcase_set_timeout(ranks, 120);
    tcase_add_loop_test(ranks, ranks_agree_with_one_rank, 0, KINDS);
    tcase_add_test(ranks, one_rank_equals_a_process_on_partitioned_rows);
    tcase_add_loop_test(ranks, every_row_is_used_once_per_epoch, 0,
                        sizeof counted / sizeof *counted);
    tcase_add_test(ranks, an_error_of_one_rank_ends_all);
    tcase_add_test(ranks, evaluation_uses_the_rows_of_all_ranks);
    tcase_add_test(ranks, errors_are_of_the_rows_of_all_ranks);
    tcase_add_test(ranks, threshold_is_the_middle_of_the_targets_of_all_ranks);
    tcase_add_loop_test(ranks, a_step_uses_the_rows_of_all_ranks, 0, sizeof steps / sizeof *steps);
    return run_case("ranks", ranks);
}
