/* Training over ranks, which are threads here: steps, runs, and how they end. */
#include "rank_runs.h"
#include "temp_files.h"

#include <math.h>
#include <signal.h>
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
        for (size_t place = 0; place < batch; place++) {
            const size_t first = p->data.rows * place / batch + number;
            if (first >= p->data.rows * (place + 1) / batch)
                continue;
            memcpy(d.x + row * INPUTS, p->x + first * INPUTS, INPUTS * sizeof *d.x);
            d.labels[row++] = p->labels[first];
        }
    return d;
}

/* One rank sums nothing, and steps that store gradients have the bits of fused steps. */
START_TEST(one_rank_equals_a_process_on_partitioned_rows)
{
    const run_kind kind = {"in order", 150, lw_adam, LW_FP32, 0.0f, 1, 0.0};
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
    lw_net *net = net_with(6, LW_SOFTMAX);
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
    row_counts places = {.rows = {4, 4, 4}, .batch = 2}, rows = {.batch = 2};
    run_ranks(3, count_rank, &places);
    run_ranks(3, count_rank, &rows);
    for (size_t rank = 0; rank < 3; rank++) {
        ck_assert_int_eq(places.status[rank], LW_EINVAL);
        ck_assert_int_eq(rows.status[rank], LW_EDATA);
    }
}
END_TEST

typedef struct bad_data {
    const problem *data;
    unsigned bad; /* rank with invalid data */
    lw_status fitted[MAX_RANKS], evaluated[MAX_RANKS];
} bad_data;

static void fail_rank(void *user, const lw_ranks *ranks)
{
    bad_data *b = user;
    lw_net *net = net_with(6, LW_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    lw_dataset data = b->data->data;
    data.inputs = ranks->rank == b->bad ? INPUTS - 1 : INPUTS;
    lw_evaluation unused;
    b->fitted[ranks->rank] = lw_fit(net, &data, NULL);
    ck_assert(ranks->rank == b->bad || strstr(lw_last_error(), "another rank") != NULL);
    b->evaluated[ranks->rank] = lw_evaluate(net, &data, LW_LOSS_DEFAULT, &unused);
    lw_net_destroy(net);
}

START_TEST(invalid_data_of_one_rank_are_rejected_on_all)
{
    problem data = make_problem(ROWS);
    bad_data b = {.data = &data, .bad = 1};
    run_ranks(3, fail_rank, &b);
    for (unsigned rank = 0; rank < 3; rank++) {
        ck_assert_int_eq(b.fitted[rank], rank == b.bad ? LW_ESHAPE : LW_ERANK);
        ck_assert_int_eq(b.evaluated[rank], rank == b.bad ? LW_ESHAPE : LW_ERANK);
    }
    free_problem(&data);
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
    lw_net *net = net_with(6, LW_SOFTMAX);
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

/* ---- A step ---------------------------------------------------------------------------------- */

typedef struct step_call {
    const problem *data;
    size_t units[2], pieces; /* of two hidden layers; number of pieces that contain all gradients */
    float *parameters[MAX_RANKS];
    double loss[MAX_RANKS];
} step_call;

static lw_net *net_of_two(const size_t units[2])
{
    const lw_layer_spec layers[] = {{.units = units[0], .activation = LW_GELU},
                                    {.units = units[1], .activation = LW_RELU},
                                    {.units = OUTPUTS, .activation = LW_SOFTMAX}};
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

/* ---- Ends ------------------------------------------------------------------------------------ */

typedef struct ending {
    const problem *data;
    volatile sig_atomic_t stop[MAX_RANKS];
    size_t stopper;
    enum { STOP_FLAG, STOP_BATCH, STOP_EPOCH } by;
    lw_position reached[MAX_RANKS];
} ending;

typedef struct ending_rank {
    ending *all;
    size_t rank, batches;
} ending_rank;

static int end_batch(void *user, const lw_batch_report *report)
{
    (void)report;
    ending_rank *r = user;
    const int is_time = ++r->batches == 7 && r->rank == r->all->stopper;
    if (is_time && r->all->by == STOP_FLAG)
        r->all->stop[r->rank] = 1;
    return is_time && r->all->by == STOP_BATCH;
}

static int end_epoch(void *user, const lw_epoch_report *report)
{
    const ending_rank *r = user;
    return r->all->by == STOP_EPOCH && r->rank == r->all->stopper && report->epoch == 2;
}

static void stop_rank(void *user, const lw_ranks *ranks)
{
    ending *all = user;
    ending_rank r = {.all = all, .rank = ranks->rank};
    lw_net *net = net_with(6, LW_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    const lw_dataset data = shard_of(all->data, ranks, BATCH);
    ASSERT_OK(lw_fit(net, &data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .batch_size = BATCH,
                                       .epochs = 100,
                                       .on_batch = end_batch,
                                       .on_epoch = end_epoch,
                                       .user = &r,
                                       .stop = &all->stop[ranks->rank],
                                       .reached = &all->reached[ranks->rank]}));
    lw_net_destroy(net);
}

START_TEST(one_rank_can_stop_all)
{
    problem data = make_problem(RUN_ROWS); /* five batches per epoch */
    for (size_t stopper = 0; stopper < 3; stopper++) {
        ending all = {.data = &data, .stopper = stopper, .by = (unsigned)_i};
        run_ranks(3, stop_rank, &all);
        for (size_t rank = 0; rank < 3; rank++) {
            const size_t epochs = all.by == STOP_EPOCH ? 2 : 1,
                         batches = all.by == STOP_EPOCH ? 0 : 3;
            ck_assert_uint_eq(all.reached[rank].epochs, epochs);
            ck_assert_uint_eq(all.reached[rank].batches, batches);
        }
    }
    free_problem(&data);
}
END_TEST

typedef struct diverging {
    problem *data;
    size_t bad; /* row */
    lw_status status[MAX_RANKS];
    float *parameters[MAX_RANKS];
} diverging;

static void diverge_rank(void *user, const lw_ranks *ranks)
{
    diverging *d = user;
    lw_net *net = net_with(6, LW_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    d->status[ranks->rank] =
        lw_train_step(net, LW_LOSS_DEFAULT, &(lw_optimizer){.learning_rate = 0.1f}, 3,
                      d->data->x + 3 * ranks->rank * INPUTS,
                      &(lw_target){.labels = d->data->labels + 3 * ranks->rank}, NULL);
    ck_assert_ptr_nonnull(strstr(lw_last_error(), "the loss is not finite"));
    d->parameters[ranks->rank] = parameters_of(net);
    lw_net_destroy(net);
}

START_TEST(a_nonfinite_loss_stops_all_ranks_before_the_update)
{
    problem data = make_problem(ROWS);
    lw_net *net = net_with(6, LW_SOFTMAX);
    float *initial = parameters_of(net);
    data.x[4 * INPUTS] = NAN; /* a row of the second rank */
    diverging d = {.data = &data};
    run_ranks(3, diverge_rank, &d);
    for (size_t rank = 0; rank < 3; rank++) {
        ck_assert_int_eq(d.status[rank], LW_EDIVERGED);
        assert_same_bits("parameters", lw_net_parameter_count(net), d.parameters[rank], initial);
        free(d.parameters[rank]);
    }
    free(initial);
    lw_net_destroy(net);
    free_problem(&data);
}
END_TEST

/* ---- Sources --------------------------------------------------------------------------------- */

typedef struct shard_source {
    const problem *data;
    const lw_ranks *ranks;
    size_t next;  /* row */
    size_t fails; /* number of this rank's batch that fails, from 1; 0: none */
    size_t batches;
} shard_source;

/* Batches of BATCH consecutive rows, of which each rank gets those it requests. */
static lw_status next_shard(void *user, size_t epoch, int begins, size_t rows, float *x,
                            float *values, int32_t *labels, size_t *delivered)
{
    (void)epoch;
    (void)values;
    shard_source *s = user;
    if (begins)
        s->next = 0;
    if (++s->batches == s->fails)
        return lw_fail(LW_EIO, "no more");
    const size_t left = s->data->data.rows - s->next, all = left < BATCH ? left : BATCH;
    size_t before = 0, count = s->ranks->count, mine = 0;
    for (size_t rank = 0; rank <= s->ranks->rank; rank++) {
        before += mine;
        mine = all * (rank + 1) / count - all * rank / count;
    }
    ck_assert_uint_le(mine, rows);
    const size_t first = s->next + before;
    memcpy(x, s->data->x + first * INPUTS, mine * INPUTS * sizeof *x);
    memcpy(labels, s->data->labels + first, mine * sizeof *labels);
    s->next += all;
    *delivered = mine;
    return LW_OK;
}

typedef struct source_run {
    const problem *data;
    size_t failing; /* rank + 1 */
    double losses[MAX_RANKS][EPOCHS];
    lw_status status[MAX_RANKS];
} source_run;

static void source_rank(void *user, const lw_ranks *ranks)
{
    source_run *r = user;
    shard_source source = {
        .data = r->data, .ranks = ranks, .fails = r->failing == ranks->rank + 1 ? 4 : 0};
    lw_net *net = net_with(150, LW_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    lw_history history = {0};
    r->status[ranks->rank] = lw_fit_source(net,
                                           &(lw_batch_source){.size = sizeof(lw_batch_source),
                                                              .inputs = INPUTS,
                                                              .outputs = OUTPUTS,
                                                              .has_labels = 1,
                                                              .next = next_shard,
                                                              .user = &source},
                                           &(lw_fit_options){.size = sizeof(lw_fit_options),
                                                             .optimizer = lw_sgd(0.02f),
                                                             .batch_size = BATCH,
                                                             .epochs = EPOCHS,
                                                             .history = &history});
    for (size_t i = 0; i < history.count; i++)
        r->losses[ranks->rank][i] = history.epochs[i].train_loss;
    lw_history_free(&history);
    lw_net_destroy(net);
}

START_TEST(sources_deliver_shards)
{
    problem data = make_problem(RUN_ROWS);
    run_kind kind = {"in order", 150, lw_sgd, LW_FP32, 0.0f, 1, 1e-6};
    run alone = run_on(&kind, 0, 1, BATCH, &data, &data);
    for (unsigned ranks = 1; ranks <= MAX_RANKS; ranks++) {
        source_run r = {.data = &data};
        run_ranks(ranks, source_rank, &r);
        for (unsigned rank = 0; rank < ranks; rank++) {
            ck_assert_int_eq(r.status[rank], LW_OK);
            for (size_t i = 0; i < EPOCHS; i++)
                ck_assert_double_eq_tol(r.losses[rank][i], alone.outcomes->losses[i], kind.bound);
        }
    }
    free_outcomes(&alone);
    free_problem(&data);
}
END_TEST

START_TEST(a_failing_source_stops_all_ranks)
{
    problem data = make_problem(RUN_ROWS);
    source_run r = {.data = &data, .failing = 2};
    run_ranks(3, source_rank, &r);
    ck_assert_int_eq(r.status[0], LW_ERANK);
    ck_assert_int_eq(r.status[1], LW_EIO);
    ck_assert_int_eq(r.status[2], LW_ERANK);
    free_problem(&data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ranks");
    TCase *ranks = temp_files_case("ranks");
    tcase_set_timeout(ranks, 120);
    tcase_add_loop_test(ranks, ranks_agree_with_one_rank, 0, KINDS);
    tcase_add_test(ranks, one_rank_equals_a_process_on_partitioned_rows);
    tcase_add_loop_test(ranks, every_row_is_used_once_per_epoch, 0,
                        sizeof counted / sizeof *counted);
    tcase_add_test(ranks, an_error_of_one_rank_ends_all);
    tcase_add_test(ranks, invalid_data_of_one_rank_are_rejected_on_all);
    tcase_add_test(ranks, evaluation_uses_the_rows_of_all_ranks);
    tcase_add_loop_test(ranks, a_step_uses_the_rows_of_all_ranks, 0, sizeof steps / sizeof *steps);
    tcase_add_loop_test(ranks, one_rank_can_stop_all, 0, 3);
    tcase_add_test(ranks, a_nonfinite_loss_stops_all_ranks_before_the_update);
    tcase_add_test(ranks, sources_deliver_shards);
    tcase_add_test(ranks, a_failing_source_stops_all_ranks);
    suite_add_tcase(suite, ranks);
    return run_suite(suite);
}
