/* Training over ranks on batches from a callback, of which each rank delivers its shard. */
#include "rank_runs.h"

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
    lw_net *net = net_with(150, LW_ACTIVATION_SOFTMAX);
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
    run_kind kind = {"in order", 150, lw_sgd, LW_PRECISION_FP32, 0.0f, 1, 1e-6};
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
    TCase *ranks = tcase_create("rank sources");
    tcase_set_timeout(ranks, 120);
    tcase_add_test(ranks, sources_deliver_shards);
    tcase_add_test(ranks, a_failing_source_stops_all_ranks);
    return run_case("rank sources", ranks);
}
