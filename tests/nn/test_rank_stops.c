/* How training over ranks stops: invalid data, requests of one rank, a loss that is not finite. */
#include "rank_runs.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>

typedef struct bad_data {
    const problem *data;
    unsigned bad; /* rank with invalid data */
    lw_status fitted[MAX_RANKS], evaluated[MAX_RANKS];
} bad_data;

static void fail_rank(void *user, const lw_ranks *ranks)
{
    bad_data *b = user;
    lw_net *net = net_with(6, LW_ACTIVATION_SOFTMAX);
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
    lw_net *net = net_with(6, LW_ACTIVATION_SOFTMAX);
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
                                       .end_position = &all->reached[ranks->rank]}));
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
    lw_net *net = net_with(6, LW_ACTIVATION_SOFTMAX);
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
    lw_net *net = net_with(6, LW_ACTIVATION_SOFTMAX);
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

int main(void)
{
    TCase *ranks = tcase_create("rank stops");
    tcase_set_timeout(ranks, 120);
    tcase_add_test(ranks, invalid_data_of_one_rank_are_rejected_on_all);
    tcase_add_loop_test(ranks, one_rank_can_stop_all, 0, 3);
    tcase_add_test(ranks, a_nonfinite_loss_stops_all_ranks_before_the_update);
    return run_case("rank stops", ranks);
}
