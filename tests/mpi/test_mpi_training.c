/* Training over ranks: equals one process up to the order of sums, and has the same bits every
 * time. */
#include "mpi_training.h"

#include <math.h>
#include <stdlib.h>

enum { STEPS = 10 };

typedef struct kind {
    const char *name;
    lw_optimizer (*optimizer)(float learning_rate);
    float rate;
    size_t bucket_bytes;
    lw_precision gradients;
    double bound; /* on differences of losses and parameters from one process */
} kind;

static const kind kinds[] = {
    {"SGD", lw_sgd, 0.2f, 0, LW_PRECISION_FP32, 1e-6},
    {"SGD, a message for each layer", lw_sgd, 0.2f, 1, LW_PRECISION_FP32, 1e-6},
    {"Adam", lw_adam, 0.01f, 0, LW_PRECISION_FP32, 1e-4},
    {"SGD, gradients in bf16", lw_sgd, 0.2f, 4096, LW_PRECISION_BF16, 1e-3},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Result of STEPS steps. */
typedef struct outcome {
    float *parameters;
    size_t n;
    double losses[STEPS];
} outcome;

static outcome train(const kind *k, lw_mpi *mpi, unsigned threads)
{
    training t = begin_training(mpi, threads);
    const lw_optimizer optimizer = k->optimizer(k->rate);
    outcome o = {.n = lw_net_parameter_count(t.net)};
    for (int step = 0; step < STEPS; step++)
        ASSERT_OK(take_step(&t, &optimizer, &o.losses[step]));
    o.parameters = parameters_of(t.net);
    end_training(&t);
    return o;
}

static outcome train_ranks(const kind *k, unsigned threads)
{
    return train(k, make_mpi(k->bucket_bytes, k->gradients), threads);
}

START_TEST(ranks_learn_what_one_process_learns)
{
    const kind *k = &kinds[_i];
    outcome alone = train(k, NULL, 1), together = train_ranks(k, 1);
    double worst = 0.0;
    for (int step = 0; step < STEPS; step++)
        worst = fmax(worst, fabs(together.losses[step] - alone.losses[step]));
    for (size_t i = 0; i < alone.n; i++)
        worst = fmax(worst, fabs((double)together.parameters[i] - (double)alone.parameters[i]));
    ck_assert_msg(worst <= k->bound, "%s: %.3g off", k->name, worst);
    /* Without this the bound would prove nothing. */
    ck_assert(alone.losses[0] - alone.losses[STEPS - 1] > 10.0 * k->bound);
    free(alone.parameters);
    free(together.parameters);
}
END_TEST

START_TEST(bits_depend_on_ranks_alone)
{
    const kind *k = &kinds[_i];
    outcome first = train_ranks(k, 1);
    const size_t bytes = first.n * sizeof *first.parameters;
    assert_same_on_all_ranks(k->name, first.parameters, bytes);
    assert_same_on_all_ranks(k->name, first.losses, sizeof first.losses);
    for (unsigned threads = 1; threads <= 3; threads++) {
        outcome again = train_ranks(k, threads);
        ck_assert_msg(memcmp(again.parameters, first.parameters, bytes) == 0 &&
                          memcmp(again.losses, first.losses, sizeof first.losses) == 0,
                      "%s: bits differ on %u threads", k->name, threads);
        free(again.parameters);
    }
    free(first.parameters);
}
END_TEST

/* A single rank exchanges and rounds nothing: it has the bits of a process without ranks. */
START_TEST(one_rank_is_like_one_process)
{
    const kind *k = &kinds[_i];
    lw_mpi *mpi = NULL;
    ASSERT_OK(lw_mpi_create(
        &mpi, MPI_COMM_SELF,
        &(lw_mpi_options){.size = sizeof(lw_mpi_options), .gradients = k->gradients}));
    ck_assert_uint_eq(lw_mpi_ranks(mpi)->count, 1);
    training t = begin_training(NULL, 1);
    ASSERT_OK(lw_net_set_ranks(t.net, lw_mpi_ranks(mpi)));
    const lw_optimizer optimizer = k->optimizer(k->rate);
    outcome alone = train(k, NULL, 1);
    for (int step = 0; step < STEPS; step++) {
        double loss;
        ASSERT_OK(take_step(&t, &optimizer, &loss));
        ck_assert_double_eq(loss, alone.losses[step]);
    }
    float *parameters = parameters_of(t.net);
    ck_assert_int_eq(memcmp(parameters, alone.parameters, alone.n * sizeof *parameters), 0);
    free(parameters);
    free(alone.parameters);
    end_training(&t);
    lw_mpi_destroy(mpi);
}
END_TEST

int main(int argc, char **argv)
{
    begin_suite(&argc, &argv);
    run_test("learning", ranks_learn_what_one_process_learns, KINDS);
    run_test("bits", bits_depend_on_ranks_alone, KINDS);
    run_test("one rank", one_rank_is_like_one_process, KINDS);
    return end_suite();
}
