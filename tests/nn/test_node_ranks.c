/* Training over ranks of one host, which are threads here: a network in memory that they share. */
#include "rank_runs.h"
#include "temp_files.h"

#include <stdio.h>
#include <stdlib.h>

/* Whether the network stays one of floats whose gradients nobody stores. */
static int is_one_network(const run_kind *kind)
{
    return kind->precision == LW_FP32 && kind->clip_norm == 0.0f;
}

START_TEST(ranks_of_a_host_have_the_bits_of_one)
{
    const run_kind *kind = &kinds[_i];
    problem data = make_problem(RUN_ROWS), validation = make_problem(ROWS);
    const size_t n = parameters_of_kind(kind);
    for (size_t i = 0; i < BATCH_SIZES; i++) {
        run one = run_on(kind, 1, 1, batch_sizes[i], &data, &validation);
        for (unsigned ranks = 2; ranks <= MOST_RANKS; ranks++) {
            run got = run_at(ON_ONE_HOST, kind, ranks, ranks % 2 ? 3 : 1, batch_sizes[i], &data,
                             &validation);
            run apart = run_on(kind, ranks, 1, batch_sizes[i], &data, &validation);
            const outcome *want = is_one_network(kind) ? one.outcomes : apart.outcomes;
            for (unsigned rank = 0; rank < ranks; rank++) {
                char what[100];
                snprintf(what, sizeof what, "%s: rank %u of %u, batch %zu", kind->name, rank, ranks,
                         batch_sizes[i]);
                assert_same_bits(what, n, got.outcomes[rank].parameters, want->parameters);
                for (size_t j = 0; j < EPOCHS; j++)
                    ck_assert_msg(got.outcomes[rank].losses[j] == want->losses[j], "%s: losses",
                                  what);
            }
            free_outcomes(&got);
            free_outcomes(&apart);
        }
        free_outcomes(&one);
    }
    free_problem(&data);
    free_problem(&validation);
}
END_TEST

/* Networks of two optimizers, more rows than a tile takes, other precisions and ranks, a state that is loaded. */
enum { MANY = 2 * 700 };

typedef struct changes {
    const problem *data;
    const char *state; /* a file */
    float *parameters[MOST_RANKS];
} changes;

static void step_with(lw_net *net, const lw_ranks *ranks, const problem *p, size_t all_rows,
                      const lw_optimizer *optimizer)
{
    const size_t count = ranks ? ranks->count : 1, rows = all_rows / count,
                 first = ranks ? rows * ranks->rank : 0;
    ASSERT_OK(lw_train_step(net, LW_LOSS_DEFAULT, optimizer, rows, p->x + first * INPUTS,
                            &(lw_target){.labels = p->labels + first}, NULL));
}

static void change_rank(void *user, const lw_ranks *ranks)
{
    changes *c = user;
    const lw_optimizer sgd = lw_sgd_momentum(0.1f, 0.9f), adam = lw_adam(0.01f);
    lw_net *net = net_with(150, LW_SOFTMAX);
    step_with(net, NULL, c->data, 8, &adam); /* each alone, and alike */
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    step_with(net, ranks, c->data, 8, &adam);
    lw_position position = {0};
    if (!ranks || ranks->rank == 0)
        ASSERT_OK(lw_net_save_state(net, &position, c->state));
    step_with(net, ranks, c->data, 12, &sgd);
    ASSERT_OK(lw_net_load_state(net, &position, c->state));
    step_with(net, ranks, c->data, 16, &adam);
    float *parameters = parameters_of(net);
    ASSERT_OK(lw_net_initialize(net, 3));
    ASSERT_OK(lw_net_set_parameters(net, parameters));
    free(parameters);
    /* By the single calls, each on the same rows; moments are new. */
    const lw_target target = {.labels = c->data->labels};
    ASSERT_OK(lw_net_forward(net, 8, c->data->x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_DEFAULT, &target, NULL));
    ASSERT_OK(lw_net_backward(net, NULL));
    ASSERT_OK(lw_net_step(net, &adam));
    step_with(net, ranks, c->data, 4, &sgd);
    ASSERT_OK(lw_net_set_precision(net, LW_BF16));
    ASSERT_OK(lw_net_set_precision(net, LW_FP32));
    step_with(net, ranks, c->data, 20, &adam);
    ASSERT_OK(lw_net_set_ranks(net, NULL));
    step_with(net, NULL, c->data, 8, &adam);
    c->parameters[ranks ? ranks->rank : 0] = parameters_of(net);
    lw_net_destroy(net);
}

START_TEST(a_network_of_a_host_changes_as_another)
{
    problem data = make_problem(MANY);
    changes alone = {.data = &data, .state = temp_path("alone")};
    changes shared = {.data = &data, .state = temp_path("shared")};
    const size_t n = parameters_of_kind(&(run_kind){.units = 150});
    change_rank(&alone, NULL);
    run_ranks(2, ON_ONE_HOST, change_rank, &shared);
    for (size_t rank = 0; rank < 2; rank++) {
        assert_same_bits("parameters", n, shared.parameters[rank], alone.parameters[0]);
        free(shared.parameters[rank]);
    }
    free(alone.parameters[0]);
    free_problem(&data);
}
END_TEST

/* More rows than a tile takes: gradients are added up after all, and used once. */
static void many_rows_rank(void *user, const lw_ranks *ranks)
{
    changes *c = user;
    const lw_optimizer adam = lw_adam(0.01f);
    lw_net *net = net_with(150, LW_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    step_with(net, ranks, c->data, MANY, &adam);
    step_with(net, ranks, c->data, 20, &adam);
    step_with(net, ranks, c->data, MANY, &adam);
    c->parameters[ranks ? ranks->rank : 0] = parameters_of(net);
    lw_net_destroy(net);
}

START_TEST(a_host_takes_large_batches_apart)
{
    problem data = make_problem(MANY);
    changes alone = {.data = &data}, shared = {.data = &data};
    const size_t n = parameters_of_kind(&(run_kind){.units = 150});
    many_rows_rank(&alone, NULL);
    run_ranks(2, ON_ONE_HOST, many_rows_rank, &shared);
    assert_same_bits("ranks", n, shared.parameters[1], shared.parameters[0]);
    for (size_t i = 0; i < n; i++)
        ck_assert_float_eq_tol(shared.parameters[0][i], alone.parameters[0][i], 1e-4f);
    free(alone.parameters[0]);
    free(shared.parameters[0]);
    free(shared.parameters[1]);
    free_problem(&data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hosts");
    TCase *hosts = temp_files_case("hosts");
    tcase_set_timeout(hosts, 120);
    tcase_add_loop_test(hosts, ranks_of_a_host_have_the_bits_of_one, 0, KINDS);
    tcase_add_test(hosts, a_network_of_a_host_changes_as_another);
    tcase_add_test(hosts, a_host_takes_large_batches_apart);
    suite_add_tcase(suite, hosts);
    return run_suite(suite);
}
