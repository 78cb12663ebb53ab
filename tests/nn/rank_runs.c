#include "rank_runs.h"

#include <stdlib.h>

const run_kind kinds[KINDS] = {
    {"small net, SGD", 6, lw_sgd, LW_PRECISION_FP32, 0.0f, 0, 1e-6},
    {"small net, Adam", 6, lw_adam, LW_PRECISION_FP32, 0.0f, 0, 1e-5},
    {"layered, SGD", 150, lw_sgd, LW_PRECISION_FP32, 0.0f, 0, 1e-6},
    {"layered, Adam, in order", 150, lw_adam, LW_PRECISION_FP32, 0.0f, 1, 1e-5},
    {"layered, SGD, clipped", 150, lw_sgd, LW_PRECISION_FP32, 0.5f, 0, 1e-6},
    {"bf16, SGD", 150, lw_sgd, LW_PRECISION_BF16, 0.0f, 0, 1e-2},
};

const size_t batch_sizes[BATCH_SIZES] = {BATCH, LW_FULL_BATCH, RUN_ROWS - 3};

lw_dataset shard_of(const problem *p, const lw_ranks *ranks, size_t batch_size)
{
    const lw_shard shard = lw_ranks_shard(ranks, batch_size);
    const size_t first = p->data.rows * shard.begin / shard.of,
                 end = p->data.rows * shard.end / shard.of;
    lw_dataset part = p->data;
    part.rows = end - first;
    part.x = p->x + first * INPUTS;
    part.target.labels = p->labels + first;
    return part;
}

static lw_net *net_of(const run_kind *kind)
{
    lw_net *net = net_with(kind->units, LW_ACTIVATION_SOFTMAX);
    ASSERT_OK(lw_net_set_precision(net, kind->precision));
    return net;
}

static void train_rank(void *user, const lw_ranks *ranks)
{
    run *r = user;
    const run_kind *kind = r->kind;
    lw_net *net = net_of(kind);
    lw_net_set_threads(net, r->threads);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    const lw_dataset data = shard_of(r->data, ranks, r->batch);
    const lw_dataset validation = shard_of(r->validation, ranks, LW_FULL_BATCH);
    lw_history history;
    ASSERT_OK(lw_fit(net, &data,
                     &(lw_fit_options){.size = sizeof(lw_fit_options),
                                       .optimizer = kind->optimizer(0.02f),
                                       .batch_size = r->batch,
                                       .epochs = EPOCHS,
                                       .clip_norm = kind->clip_norm,
                                       .no_shuffle = kind->no_shuffle,
                                       .validation = &validation,
                                       .history = &history}));
    outcome *o = &r->outcomes[ranks ? ranks->rank : 0];
    ck_assert_uint_eq(history.count, EPOCHS);
    for (size_t i = 0; i < EPOCHS; i++) {
        o->losses[i] = history.epochs[i].train_loss;
        o->validation_losses[i] = history.epochs[i].validation_loss;
        o->accuracies[i] = history.epochs[i].validation_accuracy;
    }
    o->parameters = parameters_of(net);
    lw_history_free(&history);
    lw_net_destroy(net);
}

void free_outcomes(run *r)
{
    for (unsigned rank = 0; rank < MAX_RANKS; rank++)
        free(r->outcomes[rank].parameters);
}

void assert_same_outcome(const char *what, size_t n, const outcome *got, const outcome *want)
{
    assert_same_bits(what, n, got->parameters, want->parameters);
    for (size_t i = 0; i < EPOCHS; i++) {
        ck_assert_double_eq(got->losses[i], want->losses[i]);
        ck_assert_double_eq(got->validation_losses[i], want->validation_losses[i]);
        ck_assert_double_eq(got->accuracies[i], want->accuracies[i]);
    }
}

run run_on(const run_kind *kind, unsigned ranks, unsigned threads, size_t batch,
           const problem *data, const problem *validation)
{
    run r = {
        .kind = kind, .threads = threads, .batch = batch, .data = data, .validation = validation};
    if (ranks == 0)
        train_rank(&r, NULL);
    else
        run_ranks(ranks, train_rank, &r);
    return r;
}

size_t parameters_of_kind(const run_kind *kind)
{
    lw_net *net = net_of(kind);
    const size_t n = lw_net_parameter_count(net);
    lw_net_destroy(net);
    return n;
}
