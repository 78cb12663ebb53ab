/* Changes between steps over ranks, which are threads here: optimizer, batch, state, precision. */
#include "rank_runs.h"
#include "temp_files.h"

#include <stdlib.h>

/* Rows of both ranks; more than LW_UPDATE_MAX_BATCH. */
enum { MANY = 2 * 700 };

typedef struct changes {
    const problem *data;
    const char *state; /* path of a saved state */
    float *parameters[MAX_RANKS];
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
    lw_net *net = net_with(150, LW_ACTIVATION_SOFTMAX);
    step_with(net, NULL, c->data, 8, &adam); /* each rank alone, on the same rows */
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    step_with(net, ranks, c->data, 8, &adam);
    lw_position position = {0};
    if (!ranks || ranks->rank == 0)
        ASSERT_OK(lw_net_save_state(net, &position, c->state));
    step_with(net, ranks, c->data, 12, &sgd); /* rank 1 waits for rank 0, which saves the state */
    ASSERT_OK(lw_net_load_state(net, &position, c->state));
    step_with(net, ranks, c->data, 16, &adam);
    float *parameters = parameters_of(net);
    ASSERT_OK(lw_net_initialize(net, 3));
    ASSERT_OK(lw_net_set_parameters(net, parameters));
    free(parameters);
    /* The individual calls ignore ranks: each rank uses the same rows. */
    const lw_target target = {.labels = c->data->labels};
    ASSERT_OK(lw_net_forward(net, 8, c->data->x, NULL));
    ASSERT_OK(lw_net_loss(net, LW_LOSS_DEFAULT, &target, NULL));
    ASSERT_OK(lw_net_backward(net, NULL, NULL));
    ASSERT_OK(lw_net_step(net, &adam));
    step_with(net, ranks, c->data, 4, &sgd);
    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_BF16));
    ASSERT_OK(lw_net_set_precision(net, LW_PRECISION_FP32));
    step_with(net, ranks, c->data, 20, &adam);
    ASSERT_OK(lw_net_set_ranks(net, NULL));
    step_with(net, NULL, c->data, 8, &adam);
    c->parameters[ranks ? ranks->rank : 0] = parameters_of(net);
    lw_net_destroy(net);
}

/* More rows than a fused update takes. */
static void many_rows_rank(void *user, const lw_ranks *ranks)
{
    changes *c = user;
    const lw_optimizer adam = lw_adam(0.01f);
    lw_net *net = net_with(150, LW_ACTIVATION_SOFTMAX);
    ASSERT_OK(lw_net_set_ranks(net, ranks));
    step_with(net, ranks, c->data, MANY, &adam);
    step_with(net, ranks, c->data, 20, &adam);
    step_with(net, ranks, c->data, MANY, &adam);
    c->parameters[ranks ? ranks->rank : 0] = parameters_of(net);
    lw_net_destroy(net);
}

/* The ranks have the same bits. They agree with one process up to the order of sums. */
static void check_two_ranks(rank_body body)
{
    problem data = make_problem(MANY);
    changes alone = {.data = &data, .state = temp_path("alone")};
    changes both = {.data = &data, .state = temp_path("both")};
    const size_t n = parameters_of_kind(&(run_kind){.units = 150});
    body(&alone, NULL);
    run_ranks(2, body, &both);
    assert_same_bits("ranks", n, both.parameters[1], both.parameters[0]);
    for (size_t i = 0; i < n; i++)
        ck_assert_float_eq_tol(both.parameters[0][i], alone.parameters[0][i], 1e-4f);
    free(alone.parameters[0]);
    free(both.parameters[0]);
    free(both.parameters[1]);
    free_problem(&data);
}

START_TEST(ranks_apply_every_change_of_a_network)
{
    check_two_ranks(change_rank);
}
END_TEST

START_TEST(ranks_take_batches_of_any_size)
{
    check_two_ranks(many_rows_rank);
}
END_TEST

int main(void)
{
    TCase *changes_case = temp_files_case("rank changes");
    tcase_set_timeout(changes_case, 120);
    tcase_add_test(changes_case, ranks_apply_every_change_of_a_network);
    tcase_add_test(changes_case, ranks_take_batches_of_any_size);
    return run_case("rank changes", changes_case);
}
