/* Allocations: only the first step allocates, and ranks remain usable after a failed allocation. */
#include "../nn/allocations.h"
#include "mpi_training.h"

#include <stdlib.h>

START_TEST(steps_allocate_only_once)
{
    enum { STEPS = 50 };
    training t =
        begin_training(make_mpi(_i / 2 ? 1 : 0, _i % 2 ? LW_PRECISION_BF16 : LW_PRECISION_FP32), 1);
    const lw_optimizer adam = lw_adam(1e-3f);
    const size_t before = allocation_count();
    ASSERT_OK(WATCHED(take_step(&t, &adam, NULL)));
    const size_t after_first = allocation_count();
    ck_assert_uint_gt(after_first, before);
    for (int step = 0; step < STEPS; step++)
        ASSERT_OK(WATCHED(take_step(&t, &adam, NULL)));
    ck_assert_uint_eq(allocation_count(), after_first);
    end_training(&t);
}
END_TEST

START_TEST(creation_fails_on_all_ranks)
{
    lw_mpi *mpi = NULL;
    fail_allocation_after(0);
    ASSERT_FAILS(LW_ENOMEM, "no memory", WATCHED(lw_mpi_create(&mpi, MPI_COMM_WORLD, NULL)));
    ck_assert_ptr_null(mpi);
    if (rank > 0)
        ASSERT_FAILS(LW_ERANK, "another rank", lw_mpi_create(&mpi, MPI_COMM_WORLD, NULL));
    else {
        fail_allocation_after(0);
        ASSERT_FAILS(LW_ENOMEM, "no memory", WATCHED(lw_mpi_create(&mpi, MPI_COMM_WORLD, NULL)));
    }
    ck_assert_ptr_null(mpi);
    ASSERT_OK(WATCHED(lw_mpi_create(&mpi, MPI_COMM_WORLD, NULL)));
    lw_mpi_destroy(mpi);
}
END_TEST

enum { N = 6000 };

/* Reduces two buckets that are not adjacent. */
static lw_status reduce(const lw_ranks *ranks, float *x)
{
    for (size_t i = 0; i < 3 * N; i++)
        x[i] = 1.0f;
    lw_status status = ranks->allreduce_f32(ranks->user, N, x + 2 * N);
    if (status == LW_OK)
        status = ranks->allreduce_f32(ranks->user, N, x);
    const lw_status waited = ranks->wait(ranks->user);
    return status == LW_OK ? waited : status;
}

/* Fails each allocation of the first reductions in turn, on all ranks. */
START_TEST(reductions_recover_from_failures)
{
    float *x = malloc(3 * N * sizeof *x);
    ck_assert_ptr_nonnull(x);
    size_t failures = 0;
    for (lw_status status = LW_ENOMEM; status == LW_ENOMEM; failures++) {
        lw_mpi *mpi = make_mpi(4, _i ? LW_PRECISION_BF16 : LW_PRECISION_FP32);
        const lw_ranks *ranks = lw_mpi_ranks(mpi);
        fail_allocation_after(failures);
        status = WATCHED(reduce(ranks, x));
        ck_assert(status == LW_OK || status == LW_ENOMEM);
        fail_allocation_after(SIZE_MAX);
        ASSERT_OK(reduce(ranks, x));
        for (size_t i = 0; i < 3 * N; i++)
            if (x[i] != (i / N == 1 ? 1.0f : (float)rank_count))
                ck_abort_msg("after failure %zu: element %zu is %g", failures, i, (double)x[i]);
        lw_mpi_destroy(mpi);
    }
    /* Allocations: requests, reductions, and a buffer for each bucket. */
    ck_assert_uint_eq(failures - 1, rank_count == 1 ? 0 : (_i || rank_count >= 4 ? 4 : 2));
    free(x);
}
END_TEST

int main(int argc, char **argv)
{
    begin_suite(&argc, &argv);
    run_test("steps", steps_allocate_only_once, 4);
    run_test("creation", creation_fails_on_all_ranks, 1);
    run_test("reductions", reductions_recover_from_failures, 2);
    return end_suite();
}
